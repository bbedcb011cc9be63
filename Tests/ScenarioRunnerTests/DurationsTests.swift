import Foundation
import PastRuns
import Reports
import ScenarioRunner
import TestSupport
import Testing

@Suite("Durations")
struct DurationsTests {
    private static let feature = """
        Feature: Shop
          Scenario: Sale
            * the till holds 0

          Scenario Outline: Many
            * the till holds <count>

            Examples:
              | count |
              | 0     |
              | 0     |
        """

    @Test("what a run has measured is written down, and known again where lines were added")
    func roundTrip() async throws {
        try await withTemporaryFolder { folder in
            let plan = try shop()
            let run = try await ShopRun(plan, in: folder)
            var measured = MeasuredTimes()
            measured.learn(ShopRun.read(run.record))
            let written = Durations(of: plan, measured: measured)
            #expect(written.scenarios.map(\.name) == ["Many", "Many", "Sale"])
            #expect(written.scenarios.map(\.example) == [1, 2, nil])
            let file = try Durations(Data(written.text().utf8), file: "d.json")
            #expect(file.scenarios == written.scenarios)

            let moved = try shop(Self.feature.replacing("  Scenario: Sale", with: "\n  # New\n  Scenario: Sale"))
            let durations = file.durations(of: moved)
            #expect(Set(durations.keys) == Set(moved.entries.map(\.testCase.id)))
            let renamed = try shop(Self.feature.replacing("Sale", with: "Sales"))
            #expect(file.durations(of: renamed).count == 2)
        }
    }

    private func shop(_ text: String = feature) throws -> Plan { try plan(["a.feature": text]) }

    @Test("nothing is written of what nobody has measured")
    func guesses() throws {
        #expect(Durations(of: try shop(), measured: MeasuredTimes()).scenarios.isEmpty)
    }

    @Test(
        "a file that says nothing sensible is refused, with how to write it anew",
        arguments: [
            "", "[]", "{\"version\":1}", "{\"version\":2,\"scenarios\":[]}",
            "{\"version\":1,\"scenarios\":[{\"uri\":\"a\",\"name\":\"b\",\"seconds\":-1}]}",
            "{\"version\":1,\"scenarios\":[{\"uri\":\"a\",\"name\":\"b\",\"seconds\":1e9}]}",
        ]
    )
    func refused(_ text: String) {
        let error = #expect(throws: DurationsError.self) { try Durations(Data(text.utf8), file: "d.json") }
        #expect(error?.hint == "Write it anew with: assay plan --write-durations d.json")
        #expect(error?.blame == .testAuthor)
    }
}
