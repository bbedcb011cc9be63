import CheckpointStore
import CucumberMessages
import Foundation
import Gherkin
import PastRuns
import Reports
import ScenarioRunner
import StepDefinitions
import SystemPackage
import TestSupport
import Testing
import Verdicts

@Suite("Merging shards", .timeLimit(.minutes(5)))
struct MergeTests {
    private static let states =
        "Feature: States\n  Scenario: the shop is full\n    Given there are 3 bread in the shop\n"

    private func plan(_ last: String = "the till holds 0") throws -> Plan {
        var ids = IdSequence()
        let full = "the shop is full"
        let steps = [full, "9 bread are sold for 1 each", full, "the till holds 0", full, last]
        let text = steps.enumerated().map { "  Scenario: S\($0)\n    * \($1)\n" }.joined()
        let suite = Suite(sources: [("a.feature", "Feature: Shop\n" + text)], ids: &ids)
        let states = Suite(sources: [("states.feature", Self.states)], ids: &ids)
        return try Plan(
            suite,
            checkpoints: states,
            selection: FeatureSelection(["a.feature"]),
            library: shopSteps(),
            ids: &ids
        )
    }

    /// Runs one shard on a host of its own, and returns its run directory.
    private func run(
        _ index: Int,
        of count: Int,
        _ plan: Plan,
        in folder: String,
        name: String? = nil,
        hooks: RunHookRunner = RunHookRunner(),
        goesOnAfterFailure: Bool = false,
        change: (inout PlanDocument) -> Void = { _ in }
    ) async throws -> String {
        let shard = try #require(Shard(index: index, count: count))
        let part = plan.part(shard, of: ShardPartition(plan, count: count))
        let home = "\(folder)/\(name ?? "host-\(index)")"
        let store = CheckpointStore(folder: FilePath("\(home)/store"), limit: 1 << 30)
        let directory = try RunDirectory.create(in: FilePath("\(home)/runs"))
        let shelf = await CheckpointShelf(part, in: store) { _ in [CheckpointKey.Ingredient("image", "i")] }
        var run = try await ShopRun(
            part,
            in: home,
            {
                $0.hooks = hooks
                if goesOnAfterFailure { $0.maximumFailures = 1 }
            },
            shelf: shelf,
            directory: directory
        )
        if goesOnAfterFailure {
            let soFar = directory.messages.string
            try Data(run.record.map(MessagesReport.line).joined().utf8).write(to: URL(filePath: soFar))
            let earlier = try StoppedRun(record: soFar, plan: part).earlier
            run = try await ShopRun(
                part,
                in: home,
                {
                    $0.hooks = hooks
                    $0.earlier = earlier
                },
                before: run.record,
                shelf: shelf,
                directory: directory
            )
        }
        let evidence = directory.path.appending("attachments").appending("same.txt").string
        try Data("the same everywhere".utf8).write(to: URL(filePath: evidence))
        let text = try run.record.map(MessagesReport.line).joined()
        try Data(text.utf8).write(to: URL(filePath: directory.messages.string))
        var document = PlanDocument(part)
        document.images = [ImageIdentity(name: "minimal", path: "/\(index)", sha256: "abc")]
        change(&document)
        try JSONEncoder().encode(document).write(to: URL(filePath: directory.path.appending("plan.json").string))
        return directory.path.string
    }

    @Test("the runs of all shards become one, as if one host had run them, however they are given")
    func merge() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            var shards: [String] = []
            for index in 1...3 { shards.append(try await run(index, of: 3, plan, in: folder)) }
            let output = "\(folder)/joined"
            try MergedRun(ShardSet(shards.reversed())).write(to: output)
            let first = try contents(of: output)
            try MergedRun(ShardSet(shards)).write(to: output)
            #expect(try contents(of: output) == first)
            #expect(Set(first.keys) == ["messages.ndjson", "plan.json", "attachments/same.txt"])

            let read = try RunRecord(readFrom: "\(output)/messages.ndjson")
            #expect(read.problems.isEmpty)
            let scenarios = read.scenarios.filter { !$0.makesCheckpoint }
            #expect(scenarios.map(\.name) == (0..<6).map { "S\($0)" })
            #expect(scenarios.map(\.outcome) == [.passed, .failed, .passed, .passed, .passed, .passed])
            #expect(scenarios.allSatisfy { $0.attempts.count == 1 })
            // Each host made the checkpoint that its scenarios start from.
            let makings = read.scenarios.filter(\.makesCheckpoint)
            let hosts = ShardPartition(plan, count: 3).shards.count { $0.contains { plan.entries[$0].start != nil } }
            #expect(makings.count == hosts)
            #expect(makings.allSatisfy { $0.outcome == .passed && $0.attempts.count == 1 && $0.steps.count == 6 })
            #expect(hosts > 1)
            #expect(Set(read.scenarios.flatMap(\.attempts).map(\.id)).count == 6 + hosts)
            #expect(read.claimsSuccess == false)
            let times = try #require(read.workerTimes)
            #expect(times.workers.count == 3)
            let attempts = Set(read.scenarios.flatMap(\.attempts).map(\.id))
            #expect(times.workers.joined().compactMap(\.attempt).allSatisfy(attempts.contains))
            // What stands in a record once, stands in it once.
            let lines = String(decoding: first["messages.ndjson"] ?? Data(), as: UTF8.self).split(separator: "\n")
            for kind in ["meta", "testRunStarted", "testRunFinished"] {
                #expect(lines.count { $0.hasPrefix("{\"\(kind)\":") } == 1)
            }
            #expect(Set(lines.filter { $0.hasPrefix("{\"pickle\":") }).count == 7)
            #expect(lines.count { $0.hasPrefix("{\"pickle\":") } == 7)
        }
    }

    @Test("hooks around all scenarios run in each shard, and keep names of their own in the joined record")
    func runHooks() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            var shards: [String] = []
            for index in 1...3 {
                let hooks = RunHookRunner(
                    StepLibrary<Shop> {
                        BeforeRun { StepContext.current.attach("the market opens") }
                        AfterRun("Close the market") { if index == 2 { throw ShopError.powerCut } }
                    },
                    deadline: .seconds(60)
                )
                shards.append(try await run(index, of: 3, plan, in: folder, hooks: hooks))
            }
            try MergedRun(ShardSet(shards)).write(to: "\(folder)/joined")
            let record = try messages(of: "\(folder)/joined")
            var begun: [String] = []
            var ended: [String] = []
            var kept: [String] = []
            for envelope in record {
                switch envelope {
                case .testRunHookStarted(let started): begun.append(started.id)
                case .testRunHookFinished(let finished):
                    #expect(begun.contains(finished.testRunHookStartedId))
                    ended.append(finished.testRunHookStartedId)
                case .attachment(let attachment):
                    if let hook = attachment.testRunHookStartedId {
                        // It stands where it was made, and not behind the hook's end.
                        #expect(begun.contains(hook) && !ended.contains(hook))
                        kept.append(hook)
                    }
                default: break
                }
            }
            #expect(begun.count == 6 && Set(begun).count == 6 && Set(ended) == Set(begun) && ended.count == 6)
            #expect(kept.count == 3 && Set(kept).count == 3)
            let read = try RunRecord(readFrom: "\(folder)/joined/messages.ndjson")
            #expect(read.problems.isEmpty)
            // The scenarios stand as if nobody had shared them out, as they do without hooks.
            #expect(read.scenarios.filter { !$0.makesCheckpoint }.map(\.name) == (0..<6).map { "S\($0)" })
            #expect(read.brokenHooks.count == 1)
            // One scenario fails, and one hook.
            #expect(RunSummary(read).failed == 2)
            #expect(!read.failsOnFlaky)
            try MergedRun(ShardSet(shards), failOnFlaky: true).write(to: "\(folder)/joined")
            #expect(try RunRecord(readFrom: "\(folder)/joined/messages.ndjson").failsOnFlaky)
        }
    }

    @Test("of a shard that went on, the joined run has what its workers did in both stretches")
    func wentOn() async throws {
        try await withTemporaryFolder { folder in
            let shards = [try await run(1, of: 1, plan(), in: folder, goesOnAfterFailure: true)]
            try MergedRun(ShardSet(shards)).write(to: "\(folder)/joined")
            for directory in shards + ["\(folder)/joined"] {
                let read = try RunRecord(readFrom: "\(directory)/messages.ndjson")
                let attempts = read.scenarios.flatMap(\.attempts).sorted { $0.startedAt < $1.startedAt }
                #expect(read.scenarios.allSatisfy { $0.attempts.count == 1 })
                let spans = try #require(read.workerTimes?.workers.first)
                #expect(spans.compactMap(\.attempt) == attempts.map(\.id))
                #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.to <= $1.from + 0.001 })
            }
        }
    }

    private func messages(of directory: String) throws -> [Envelope] {
        var lines = try MessageLines(path: "\(directory)/messages.ndjson")
        var messages: [Envelope] = []
        while let line = try lines.next() {
            if case .envelope(let envelope) = line { messages.append(envelope) }
        }
        return messages
    }

    @Test("a set with a shard that is missing, double or foreign is refused")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            let first = try await run(1, of: 2, plan, in: folder)
            let second = try await run(2, of: 2, plan, in: folder)
            let again = try await run(2, of: 2, plan, in: folder, name: "again")
            #expect(throws: Never.self) { try ShardSet([first, second]) }
            #expect(throws: MergeError.nothing) { try ShardSet([]) }
            #expect(throws: MergeError.missing([2], of: 2)) { try ShardSet([first]) }
            #expect(throws: MergeError.double(2, second, again)) { try ShardSet([first, second, again]) }
            #expect(throws: MergeError.noPlan(folder)) { try ShardSet([first, folder]) }

            let other = try await run(2, of: 2, self.plan("it is Sunday"), in: folder, name: "other")
            #expect(throws: MergeError.foreign(other, "the plan", first)) { try ShardSet([first, other]) }
            let third = try await run(2, of: 3, plan, in: folder, name: "third")
            #expect(throws: MergeError.foreign(third, "the number of shards", first)) { try ShardSet([first, third]) }
            let image = try await run(2, of: 2, plan, in: folder, name: "image") {
                $0.images = [ImageIdentity(name: "minimal", path: "/", sha256: "other")]
            }
            #expect(throws: MergeError.foreign(image, "the image minimal", first)) { try ShardSet([first, image]) }
            let version = try await run(2, of: 2, plan, in: folder, name: "version") { $0.versions = ["assay": "9"] }
            #expect(throws: MergeError.foreign(version, "the version of the program", first)) {
                try ShardSet([first, version])
            }
        }
    }

    @Test("a record that does not belong to its plan, or is damaged, is refused, and leaves nothing")
    func damaged() async throws {
        try await withTemporaryFolder { folder in
            let first = try await run(1, of: 2, plan(), in: folder)
            let second = try await run(2, of: 2, plan(), in: folder)
            let path = "\(second)/messages.ndjson"
            let good = try String(contentsOfFile: path, encoding: .utf8)
            func merge(_ text: String) throws {
                try Data(text.utf8).write(to: URL(filePath: path))
                try MergedRun(ShardSet([first, second])).write(to: "\(folder)/joined")
            }
            #expect(throws: MergeError.notBegun(second)) { try merge("") }
            #expect(throws: MergeError.foreign(path, "the plan", "\(second)/plan.json")) {
                try merge(good.replacing("\"run-", with: "\"run-0"))
            }
            let error = #expect(throws: MergeError.self) {
                try merge(good.replacing("{\"pickle\"", with: "{\"pickel\""))
            }
            guard case .damaged(path, _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["host-1", "host-2"])
        }
    }

    @Test("a shard that was killed leaves the joined run without an end")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            let first = try await run(1, of: 2, plan(), in: folder)
            let second = try await run(2, of: 2, plan(), in: folder)
            let path = "\(second)/messages.ndjson"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try Data(text.utf8.dropLast(40)).write(to: URL(filePath: path))
            try MergedRun(ShardSet([first, second])).write(to: "\(folder)/joined")
            let read = try RunRecord(readFrom: "\(folder)/joined/messages.ndjson")
            #expect(read.finishedAt == nil)
            #expect(read.problems.isEmpty)
        }
    }

    @Test("only an earlier merge of the same run is replaced")
    func occupied() async throws {
        try await withTemporaryFolder { folder in
            let shards = [
                try await run(1, of: 2, plan(), in: folder), try await run(2, of: 2, plan(), in: folder),
            ]
            #expect(throws: MergeError.occupied(shards[0])) { try MergedRun(ShardSet(shards)).write(to: shards[0]) }
            try FileManager.default.createDirectory(atPath: "\(folder)/empty", withIntermediateDirectories: false)
            #expect(throws: Never.self) { try MergedRun(ShardSet(shards)).write(to: "\(folder)/empty") }
        }
    }

    private func contents(of folder: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
            if !isFolder.boolValue { contents[name] = FileManager.default.contents(atPath: "\(folder)/\(name)") }
        }
        return contents
    }
}
