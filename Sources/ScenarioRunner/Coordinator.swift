import CheckpointStore
package import CucumberMessages
package import Forecasts
import Foundation
package import MemoryAdmission
import ScenarioWorlds
package import Verdicts

/// Runs a plan: hands scenarios to workers, sees to it that the checkpoints that they need are there, and writes down
/// what the workers say.
package struct Coordinator<Worker: ScenarioWorker>: Sendable {
    /// How a plan is run.
    package struct Options: Sendable {
        /// How many scenarios run side by side.
        package var parallel = 1
        /// How many scenarios are prepared before their turn.
        package var standby = 0
        /// After how many scenarios that did not pass no further one starts.
        package var maximumFailures = Int.max
        /// What runs once before and after all scenarios.
        package var hooks = RunHookRunner()
        /// Says something to the person who waits.
        package var tell: @Sendable (String) -> Void = { _ in }

        /// Creates options with the defaults.
        package init() {}
    }

    /// What a run came to.
    package struct Outcome: Sendable {
        /// The verdicts of the scenarios in the order of the plan; `nil` for those that never started.
        package var scenarios: [Verdict?]
        /// The verdicts of the checkpoints that had to be made.
        package var checkpoints: [Verdict] = []
        /// The verdicts of the hooks around all scenarios that failed.
        package var hooks: [Verdict] = []
        /// What the workers did and waited for.
        package var times: WorkerTimes

        /// All verdicts there are.
        package var verdicts: [Verdict] { scenarios.compactMap(\.self) + checkpoints + hooks }
    }

    private let plan: Plan
    private let shelf: CheckpointShelf?
    private let options: Options
    private let attempts: AttemptRunner<Worker>
    private let memoryRequest: @Sendable (Plan.Entry) -> MemoryAdmission.Request

    /// Creates a coordinator.
    ///
    /// - Parameters:
    ///   - plan: What is to run.
    ///   - shelf: The plan's checkpoints; a plan that needs some can't be run without.
    ///   - directory: Where evidence is kept.
    ///   - worker: Runs the scenarios.
    ///   - settings: What the worker's worlds are made of.
    ///   - memory: Which scenarios fit into the memory of the host beside the others.
    ///   - memoryRequest: What a scenario's memory is accounted under, and how much its machine is configured with.
    ///   - options: How the plan is run.
    ///   - record: Takes every message of the run, in order.
    package init(
        plan: Plan,
        shelf: CheckpointShelf? = nil,
        directory: RunDirectory,
        worker: Worker,
        settings: Worker.Settings,
        memory: MemoryBook = MemoryBook(),
        memoryRequest: @escaping @Sendable (Plan.Entry) -> MemoryAdmission.Request = { _ in
            MemoryAdmission.Request(kind: "", configured: 0)
        },
        options: Options = Options(),
        record: @escaping @Sendable (Envelope) async throws -> Void
    ) {
        self.plan = plan
        self.shelf = shelf
        self.options = options
        self.memoryRequest = memoryRequest
        attempts = AttemptRunner(
            directory: directory,
            worker: worker,
            settings: settings,
            memory: memory,
            record: record
        )
    }

    /// Runs every scenario of the plan.
    ///
    /// - Throws: A ``RecordError``, or a ``RunDirectoryError`` when there is no room for evidence.
    package func run(_ meta: Meta) async throws -> Outcome {
        let run = runId
        try await attempts.write(.meta(meta))
        for envelope in plan.preamble { try await attempts.write(envelope) }
        try await attempts.write(.testRunStarted(TestRunStarted(timestamp: .now, id: run)))
        let hookFailures = try await options.hooks.runBefore(run: run) { try await attempts.write($0) }
        for entry in plan.entries { try await attempts.write(.testCase(entry.testCase.of(run: run))) }

        var outcome = hookFailures.isEmpty ? try await work() : noOutcome
        outcome.hooks = hookFailures
        outcome.hooks += try await options.hooks.runAfter(run: run) { try await attempts.write($0) }

        let passed = !outcome.scenarios.contains { $0 == nil } && ExitCode(verdicts: outcome.verdicts) == .passed
        let message = Task.isCancelled ? "The run was stopped before its end." : nil
        try await attach(outcome.times)
        try await attempts.write(
            .testRunFinished(
                TestRunFinished(message: message, success: passed, timestamp: .now, testRunStartedId: run)
            )
        )
        attempts.directory.finish()
        return outcome
    }

    private func attach(_ times: WorkerTimes) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await attempts.write(
            .attachment(
                Attachment(
                    body: String(decoding: try encoder.encode(times), as: UTF8.self),
                    contentEncoding: .identity,
                    mediaType: WorkerTimes.mediaType,
                    timestamp: .now
                )
            )
        )
    }

    // MARK: - The order of work

    /// Something that ended.
    private enum Ended: Sendable {
        case scenario(Int, Verdict)
        /// A scenario was prepared, and is not to begin.
        case notBegun(Int)
        /// What something starts from is not there, against expectation.
        case startMissing(Schedule.Work, checkpoint: String)
        /// A checkpoint is there, or its scenario came to something else; recorded if its scenario ran.
        case checkpoint(String, Schedule.State, recorded: Verdict?)
        /// It is time to look at the memory again.
        case pause
    }

    private var runId: String { "run-\(plan.digest.prefix(12))" }

    /// What a run comes to in which nothing was begun.
    private var noOutcome: Outcome {
        Outcome(
            scenarios: Array(repeating: nil, count: plan.entries.count),
            times: WorkerTimes(workers: max(1, options.parallel))
        )
    }

    private func work() async throws -> Outcome {
        var floor = Floor(
            plan: plan,
            schedule: Schedule(plan, there: try await present(), workers: options.parallel),
            parallel: options.parallel,
            standby: options.standby,
            memory: attempts.memory,
            memoryRequest: memoryRequest
        )
        var outcome = noOutcome
        var failures = 0
        try await withThrowingTaskGroup(of: Ended.self) { group in
            while true {
                floor.isClosing = failures >= options.maximumFailures || Task.isCancelled
                for start in floor.advance() {
                    switch start.work {
                    case .scenario(let number):
                        let state = plan.entries[number].start.map { floor.schedule.state(of: $0) }
                        group.addTask { try await runScenario(number, from: state, gate: start.gate) }
                    case .checkpoint(let id):
                        group.addTask { try await makeCheckpoint(id) }
                    }
                }
                if floor.waitsForMemory, !floor.isPausing {
                    group.addTask {
                        try? await ContinuousClock().sleep(for: .seconds(1))
                        return .pause
                    }
                    floor.isPausing = true
                }
                guard let ended = try await group.next() else { break }
                switch ended {
                case .scenario(let number, let verdict):
                    outcome.scenarios[number] = verdict
                    if ![.passed, .skipped, .flaky].contains(verdict.outcome) { failures += 1 }
                    floor.end(.scenario(number), isComplete: verdict.outcome == .passed)
                    floor.schedule.finish(scenario: number)
                case .notBegun(let number):
                    floor.end(.scenario(number), isComplete: false)
                    floor.schedule.putBack(scenario: number)
                case .startMissing(let work, let start):
                    floor.end(work, isComplete: false)
                    floor.schedule.lose(start)
                    switch work {
                    case .scenario(let number): floor.schedule.putBack(scenario: number)
                    case .checkpoint(let id): floor.schedule.finish(checkpoint: id, .missing)
                    }
                case .checkpoint(let id, let state, let verdict):
                    if case .failed(let failure) = state {
                        // Also one whose scenario passed, or never ran: it could not be kept.
                        outcome.checkpoints.append(failure)
                        if verdict != failure { options.tell("\(title(of: id)): \(failure.reason ?? "not kept")") }
                    } else if let verdict {
                        outcome.checkpoints.append(verdict)
                    }
                    floor.end(.checkpoint(id), isComplete: verdict?.outcome == .passed)
                    floor.schedule.finish(checkpoint: id, state)
                case .pause: floor.isPausing = false
                }
                for id in floor.schedule.expendable { await drop(id, &floor.schedule) }
            }
        }
        outcome.times = floor.closedTimes()
        return outcome
    }

    // MARK: - Scenarios

    private func runScenario(_ number: Int, from state: Schedule.State?, gate: StartGate) async throws -> Ended {
        let entry = plan.entries[number]
        let order = AttemptRunner<Worker>.Order(entry: entry, id: AttemptIdentity.first(of: entry))
        guard let start = entry.start else {
            return try await attempts.run(order, gate: gate).map { .scenario(number, $0) } ?? .notBegun(number)
        }
        if case .failed(let verdict)? = state {
            return .scenario(number, try await attempts.settle(order, verdict.inherited(from: title(of: start))))
        }
        return try await withCheckpoint(start) { point in
            guard let point else { return .startMissing(.scenario(number), checkpoint: start) }
            var order = order
            order.start = point
            return try await attempts.run(order, gate: gate).map { .scenario(number, $0) } ?? .notBegun(number)
        }
    }

    private func title(of checkpoint: String) -> String { plan.checkpoint(checkpoint)?.title ?? checkpoint }

    // MARK: - Checkpoints

    /// What a checkpoint takes besides the guest's memory, in bytes.
    private static var roomForDevices: Int64 { 64 << 20 }

    /// The checkpoints that are in the store already.
    private func present() async throws -> Set<String> {
        var there: Set<String> = []
        for checkpoint in plan.checkpoints {
            let isThere = try await withCheckpoint(checkpoint.id) { $0 != nil }
            if isThere { there.insert(checkpoint.id) }
        }
        return there
    }

    /// Keeps a checkpoint from being evicted while `body` runs; there may be none.
    private func withCheckpoint<Value: Sendable>(
        _ id: String,
        _ body: (StartingPoint?) async throws -> Value
    ) async throws -> Value {
        guard let shelf, let key = shelf.key(of: id) else { return try await body(nil) }
        let title = title(of: id)
        return try await shelf.store.withCheckpoint(
            key,
            notice: { options.tell("\(title): \($0)") },
            body: { kept in
                try await body(
                    kept.map { StartingPoint(title: title, key: key.description, folder: $0.folder.string) }
                )
            }
        )
    }

    /// Nothing was made, since there is nothing to make it from.
    private struct ParentMissing: Error {
        let parent: String
    }

    /// Makes a checkpoint by running its scenario, unless another run has made it meanwhile.
    private func makeCheckpoint(_ id: String) async throws -> Ended {
        guard let checkpoint = plan.checkpoint(id), let shelf, let key = shelf.key(of: id) else {
            let error = CheckpointError.noStore(title(of: id))
            return .checkpoint(id, .failed(Verdict(ofHarness: error)), recorded: nil)
        }
        var recorded: Verdict?
        do {
            let result = try await shelf.store.make(
                key,
                waiting: {
                    options.tell(
                        "Another run is making the checkpoint \(checkpoint.title.debugDescription); waiting for it."
                    )
                },
                notice: { options.tell("\(checkpoint.title): \($0)") },
                fill: { folder in
                    // All of the guest's memory may come to lie there.
                    let needed = Int64(memoryRequest(checkpoint.entry).configured) + Self.roomForDevices
                    try await shelf.store.requireRoom(for: needed, sparing: shelf.keys)
                    let (verdict, cost) = try await makeState(of: checkpoint, in: folder.string)
                    recorded = verdict
                    guard verdict?.outcome == .passed else { return nil }
                    return CheckpointFacts(
                        title: checkpoint.title,
                        ingredients: shelf.ingredients(of: id),
                        parent: checkpoint.parent.flatMap { shelf.key(of: $0) },
                        cost: cost
                    )
                }
            )
            if case .notKept = result {
                return .checkpoint(id, recorded.map { .failed($0) } ?? .missing, recorded: recorded)
            }
            return .checkpoint(id, .there, recorded: recorded)
        } catch let error as ParentMissing {
            return .startMissing(.checkpoint(id), checkpoint: error.parent)
        } catch let error as RecordError {
            throw error
        } catch {
            // The store is broken, not the scenario: whatever needs the checkpoint is inconclusive.
            return .checkpoint(id, .failed(Verdict(ofHarness: error)), recorded: recorded)
        }
    }

    private func makeState(of checkpoint: Plan.Checkpoint, in folder: String) async throws -> (Verdict?, Duration) {
        var order = AttemptRunner<Worker>.Order(
            entry: checkpoint.entry,
            id: AttemptIdentity.first(of: checkpoint.entry)
        )
        order.stateFolder = folder
        let began = ContinuousClock.now
        guard let parent = checkpoint.parent else {
            return (try await record(checkpoint, order), ContinuousClock.now - began)
        }
        return try await withCheckpoint(parent) { point in
            guard let point else { throw ParentMissing(parent: parent) }
            var order = order
            order.start = point
            return (try await record(checkpoint, order), ContinuousClock.now - began)
        }
    }

    private func record(_ checkpoint: Plan.Checkpoint, _ order: AttemptRunner<Worker>.Order) async throws -> Verdict? {
        for envelope in checkpoint.preamble { try await attempts.write(envelope) }
        try await attempts.write(.testCase(checkpoint.entry.testCase.of(run: runId)))
        return try await attempts.run(order, gate: StartGate(isOpen: true))
    }

    /// Drops a temporary checkpoint; one that others use stays until it is evicted.
    private func drop(_ id: String, _ schedule: inout Schedule) async {
        schedule.finish(checkpoint: id, .missing)
        guard let shelf, let key = shelf.key(of: id) else { return }
        try? await shelf.store.remove(key)
    }
}

extension TestCase {
    /// The test case as part of a run.
    fileprivate func of(run: String) -> TestCase {
        var testCase = self
        testCase.testRunStartedId = run
        return testCase
    }
}
