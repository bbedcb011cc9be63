import Foundation
import LeakPolicy
import LeakSelfTest
import Testing

@Suite("The self-test of the leak judge")
struct LeakSelfTestTests {
    @Test("every trial's leak fires its check first, and its neighbour nothing")
    func trials() throws {
        for result in try LeakSelfTest.run().results {
            #expect(result.firedOnLeak.first == result.check, "\(result.leak)")
            #expect(result.firedOnNeighbour.isEmpty, "\(result.check.rawValue): \(result.neighbour)")
        }
    }

    @Test("every check has a trial")
    func complete() throws {
        let report = try LeakSelfTest.run()
        #expect(report.untried == [])
        #expect(report.passed)
    }

    @Test("the table of checks in the documentation is the one that the self-test prints")
    func documented() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/leak-checks.md")
        let renewal: Comment = "Renew it: assay leaks --self-test --format markdown >docs/leak-checks.md"
        #expect(try String(contentsOf: file, encoding: .utf8) == (try LeakSelfTest.run().markdown), renewal)
    }

    @Test("a missing trial, a blind check and one that is too keen fail the self-test")
    func failures() throws {
        let trials = LeakTrial.all
        #expect(try !LeakSelfTest.run([]).passed)
        #expect(try !LeakSelfTest.run(trials.filter { $0.check != .padding }).passed)
        let trial = try #require(trials.first)
        let blind = LeakTrial(trial.check, leak: trial.neighbour, neighbour: trial.neighbour)
        #expect(try LeakSelfTest.run([blind]).results.map(\.passed) == [false])
        let keen = LeakTrial(trial.check, leak: trial.leak, neighbour: trial.leak)
        #expect(try LeakSelfTest.run([keen]).results.map(\.passed) == [false])
    }
}
