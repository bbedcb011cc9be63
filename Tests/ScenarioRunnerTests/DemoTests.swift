import CheckpointStore
import Foundation
import FoundationXML
import Gherkin
import PastRuns
import Reports
import ScenarioRunner
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Verdicts

/// The engine knows nothing of virtual machines: a suite about programs of this host goes the whole way with it, from files
/// through plan, run and record to reports.
@Suite("A suite without virtual machines", .timeLimit(.minutes(5)))
struct DemoTests {
    private static let checkpoints = """
        Feature: States
          Scenario: a list of fruit is there
            Given a file "fruit" with
              \"\"\"
              pear
              apple
              fig
              \"\"\"
        """

    private static let feature = """
        Feature: Programs that everybody knows

          Scenario: sort puts lines in order
            Given a list of fruit is there
            When "sort fruit" is run
            Then it ends with 0
            And it prints
              \"\"\"
              apple
              fig
              pear
              \"\"\"

          Scenario Outline: wc counts <lines> lines
            Given a file "long" of <lines> lines
            When "wc -l < long" is run
            Then it prints "<lines>"

            Examples:
              | lines |
              | 0     |
              | 3000  |

          @exclusive
          Scenario: tar gives back what it was given
            Given a list of fruit is there
            And a folder "other"
            When "tar cf t.tar fruit && tar xf t.tar -C other && cp other/fruit copy && rm -r t.tar other" is run
            Then it ends with 0
            And there is no file "t.tar"
            And the folder holds
              | copy | fruit |
            And the file "copy" holds
              \"\"\"
              pear
              apple
              fig
              \"\"\"

          Scenario: grep finds what is not there
            Given a list of fruit is there
            When "grep plum fruit" is run
            Then it ends with 0

          Scenario: everything is open to everybody
            Given a file "secret" of 1 lines
            When "chmod 666 secret" is run
            Then it ends with 0

          @timeout:1h
          Scenario: sleep takes its time
            When "exec sleep 0" is run
            Then it ends with 0
        """

    @Test("it goes from files through plan, run and record to reports", arguments: [1, 3])
    func wholeWay(_ parallel: Int) async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan(in: folder)
            let directory = try RunDirectory.create(in: FilePath("\(folder)/runs"))
            let shown = Mutex("")
            let reports = Mutex(
                try makeReports(
                    RunPlace(directory: directory.path.string).standingFormats + [ReportFormat(.tap)],
                    place: RunPlace(directory: directory.path.string),
                    record: .new,
                    standardOutput: ReportSink { text in shown.withLock { $0 += text } }
                )
            )
            let store = CheckpointStore(folder: FilePath("\(folder)/store"), limit: 1 << 30)
            var options = Coordinator<WorkbenchWorker>.Options()
            options.parallel = parallel
            options.standby = 1
            let coordinator = Coordinator(
                plan: plan,
                shelf: await CheckpointShelf(plan, in: store) { _ in [CheckpointKey.Ingredient("image", "none")] },
                directory: directory,
                worker: WorkbenchWorker(),
                settings: "",
                options: options
            ) { envelope in try reports.withLock { try $0.receive(envelope) } }
            let outcome = try await coordinator.run(ShopRun.meta)
            let summary = try reports.withLock { try $0.finish() }

            #expect(
                outcome.scenarios.map { $0?.outcome } == [
                    .passed, .passed, .passed, .passed, .failed, .failed, .passed,
                ]
            )
            #expect(outcome.checkpoints.map(\.outcome) == [.passed])
            #expect(outcome.scenarios[4]?.reason == #"Expected "0", saw "1"."#)
            #expect(outcome.scenarios[5]?.hasLeaked == true)
            #expect(ExitCode(verdicts: outcome.verdicts) == .failed)
            #expect(summary.closingLine == "6 passed, 2 failed")

            let run = directory.path.string
            let rerun = try String(contentsOfFile: "\(run)/rerun.txt", encoding: .utf8)
            #expect(rerun.split(separator: "\n").count == 2)
            let again = try FeatureSelection(["@\(run)/rerun.txt"])
            #expect(again.places.map(\.line) == [40, 45])
            let junit = try XMLDocument(contentsOf: URL(filePath: "\(run)/junit.xml"), options: [])
            #expect(junit.rootElement()?.attribute(forName: "failures")?.stringValue == "2")
            #expect(try String(contentsOfFile: "\(run)/report.html", encoding: .utf8).contains("Everybody may write"))
            #expect(shown.withLock { $0.contains("1..8") })
            // Made again from the record, the report is the same.
            try regenerate(fromRun: run, formats: [ReportFormat(.rerun, path: "\(folder)/rerun.txt")])
            #expect(try String(contentsOfFile: "\(folder)/rerun.txt", encoding: .utf8) == rerun)
            #expect(try RunRecord(readFrom: "\(run)/messages.ndjson").unpassed.count == 2)
        }
    }

    private func plan(in folder: String) throws -> Plan {
        for (name, text) in [("features/programs.feature", Self.feature), ("states/all.feature", Self.checkpoints)] {
            let file = URL(filePath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        var ids = IdSequence()
        let selection = try FeatureSelection(["\(folder)/features"])
        return try Plan(
            Suite(selection, ids: &ids),
            checkpoints: Suite(FeatureSelection(["\(folder)/states"]), ids: &ids),
            selection: selection,
            library: workbenchSteps,
            ids: &ids
        )
    }
}
