import Gherkin
import Reports
import ScenarioRunner
import StrictYAML
import TestSupport
import Testing
import Verdicts

@Suite("Quarantine")
struct QuarantineTests {
    private static func list(_ keys: String...) -> String {
        "version: 1\nscenarios:\n  - feature: a\n    scenario: b\n" + keys.map { "    \($0)\n" }.joined()
    }

    private static let entry = [
        "- feature: shop.feature", "  scenario: Sale", "  owner: kim", "  reason: The till sticks.",
        "  expires: 2026-03-31",
    ]

    private func text(_ lines: [String] = entry) -> String {
        "version: 1\nscenarios:\n" + lines.map { "  \($0)\n" }.joined()
    }

    private func rules(_ text: String, today: String = "2026-03-31", exists: Bool = true) throws -> PlanRules {
        var rules = PlanRules()
        rules.quarantine = try QuarantineList(text, file: "q.yaml")
        rules.today = try #require(Day(today))
        rules.exists = { _ in exists }
        return rules
    }

    private static let scenarios = [("", "Sale", "9 bread are sold for 1 each"), ("", "Other", "the till holds 0")]

    @Test("a scenario in the quarantine runs, fails, and holds nothing up, until its last day has passed")
    func excused() async throws {
        try await withTemporaryFolder { folder in
            let plan = try shopPlan(Self.scenarios, rules: rules(text()))
            let run = try await ShopRun(plan, in: folder)
            #expect(run.outcomes == [.failed, .passed])
            #expect(ExitCode(verdicts: run.outcome.verdicts) == .passed)
            #expect(run.claimsSuccess == true)
            #expect(RunSummary(ShopRun.read(run.record)).outcome == .passed)
            let expected = Quarantine(owner: "kim", reason: "The till sticks.", expires: "2026-03-31")
            #expect(run.verdicts.map(\.quarantine) == [expected, nil])
        }
        let error = #expect(throws: PlanError.self) {
            try shopPlan(Self.scenarios, rules: rules(text(), today: "2026-04-01"))
        }
        #expect(
            error?.context == [
                #"q.yaml:3:5: the quarantine of "Sale" ended on 2026-03-31; kim has to mend the scenario, or to give it another day"#
            ]
        )
        #expect(error?.blame == .testAuthor)
    }

    @Test("a leak holds everything up, in the quarantine too")
    func leak() async throws {
        try await withTemporaryFolder { folder in
            var worker = ShopWorker()
            worker.provider = { _, _ in ShopProvider(conditions: [.till(.broken)]) }
            let plan = try shopPlan([("", "Sale", "the till holds 0")], rules: rules(text()))
            let run = try await ShopRun(plan, in: folder, worker: worker)
            #expect(ExitCode(verdicts: run.outcome.verdicts) == .failed)
        }
    }

    @Test("failures in the quarantine are not counted for --max-failures")
    func notCounted() async throws {
        try await withTemporaryFolder { folder in
            let plan = try shopPlan(Self.scenarios, rules: rules(text()))
            let run = try await ShopRun(plan, in: folder, { $0.maximumFailures = 1 })
            #expect(run.outcomes == [.failed, .passed])
        }
    }

    @Test("an entry that names no scenario is an error, unless its file was not asked for")
    func unknown() throws {
        func problems(_ lines: [String], exists: Bool = true) throws -> [String] {
            let error = #expect(throws: PlanError.self) {
                try shopPlan(Self.scenarios, rules: rules(text(lines), exists: exists))
            }
            return error?.context ?? []
        }
        let renamed = Self.entry.map { $0.replacing("Sale", with: "Sail") }
        #expect(try problems(renamed) == [#"q.yaml:3:5: shop.feature has no scenario "Sail""#])
        let moved = Self.entry.map { $0.replacing("shop.feature", with: "gone.feature") }
        #expect(try problems(moved, exists: false) == ["q.yaml:3:5: there is no feature file gone.feature"])
        #expect(throws: Never.self) { try shopPlan(Self.scenarios, rules: rules(text(moved))) }
    }

    @Test(
        "a list is read strictly",
        arguments: [
            ("version: 2\nscenarios: []\n", "q.yaml:1:10"),
            ("version: 1\n", "q.yaml:1:1"),
            (list("owner: c", "reason: d"), "q.yaml:3:5"),
            (list("owner: ' '", "reason: d", "expires: 2026-01-01"), "q.yaml:5:12"),
            (list("owner: c", "reason: d", "expires: 2026-02-29"), "q.yaml:7:14"),
            (list("owner: c", "reason: d", "expires: soon"), "q.yaml:7:14"),
            (list("owner: c", "reason: d", "expires: 2026-01-01", "till: x"), "q.yaml:8:5"),
        ]
    )
    func strict(_ text: String, _ place: String) {
        let error = #expect(throws: YAMLError.self) { try QuarantineList(text, file: "q.yaml") }
        #expect(error?.summary.hasPrefix("\(place): ") == true, "\(error as Any)")
    }

    @Test("a scenario that is in the list twice is refused")
    func twice() {
        #expect(throws: YAMLError.self) { try QuarantineList(text(Self.entry + Self.entry), file: "q.yaml") }
    }

    @Test(
        "days are those of the calendar",
        arguments: [
            (0, "1970-01-01"), (951_782_399, "2000-02-28"), (951_782_400, "2000-02-29"), (951_868_800, "2000-03-01"),
            (1_774_915_200, "2026-03-31"), (4_107_542_400, "2100-03-01"), (-86_400, "1969-12-31"),
        ]
    )
    func days(_ seconds: Int, _ text: String) {
        #expect(Day(seconds: seconds).description == text)
        #expect(Day(text) == Day(seconds: seconds))
    }

    @Test(
        "what is no day is none",
        arguments: ["", "2026-2-01", "2026-13-01", "2026-04-31", "2100-02-29", "+026-01-01"]
    )
    func noDay(_ text: String) { #expect(Day(text) == nil) }
}
