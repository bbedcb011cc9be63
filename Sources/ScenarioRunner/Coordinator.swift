package import CucumberMessages
package import Forecasts
import Foundation
package import MemoryAdmission
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
        /// Whether a scenario that passed only when it was tried again counts as one that did not pass.
        package var failOnFlaky = false
        /// How many processors all guests together may have; absent when nobody counts.
        package var processors: Int?
        /// How many processors one guest has.
        package var processorsOfGuest = 1
        /// What the run had come to when it was stopped; absent for one that begins.
        package var earlier: EarlierAttempts?
        /// What runs once before and after all scenarios.
        package var hooks = RunHookRunner()
        /// Says something to the person who waits.
        package var tell: @Sendable (String) -> Void = { _ in }

        /// Creates options with the defaults.
        package init() {}
    }

    /// What a run came to.
    package struct Outcome: Sendable {
        /// The verdicts of the scenarios in the order of the plan, of all attempts together; `nil` for those that never
        /// started.
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
    private let options: Options
    private let attempts: AttemptRunner<Worker>
    private let checkpoints: CheckpointMaker<Worker>

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
        self.options = options
        attempts = AttemptRunner(
            directory: directory,
            worker: worker,
            settings: settings,
            memory: memory,
            record: record
        )
        checkpoints = CheckpointMaker(
            plan: plan,
            run: Self.id(of: plan),
            shelf: shelf,
            attempts: attempts,
            memoryRequest: memoryRequest,
            tell: options.tell
        )
    }

    /// Runs every scenario of the plan, or, when it was stopped before, those that have not come to their end.
    ///
    /// - Throws: A ``RecordError``, or a ``RunDirectoryError`` when there is no room for evidence.
    package func run(_ meta: Meta) async throws -> Outcome {
        let run = Self.id(of: plan)
        if let earlier = options.earlier {
            // One that was killed is still going on, as far as its record knows.
            if earlier.hasEnded { try await attempts.write(.testRunStarted(TestRunStarted(timestamp: .now, id: run))) }
            for attempt in earlier.open { try await attempts.keepRemains(of: attempt) }
        } else {
            try await attempts.write(.meta(meta))
            for envelope in plan.preamble { try await attempts.write(envelope) }
            try await attempts.write(.testRunStarted(TestRunStarted(timestamp: .now, id: run)))
        }
        let executions = options.earlier == nil ? run : "\(run)-\(UUID().uuidString.prefix(8))"
        // Also when the run goes on: what they had made ready is gone with the process that was killed.
        let hookFailures = try await options.hooks.runBefore(run: run, executions: executions) {
            try await attempts.write($0)
        }
        if options.earlier == nil {
            for entry in plan.entries { try await attempts.write(.testCase(entry.testCase.of(run: run))) }
        }

        var outcome = hookFailures.isEmpty ? try await work() : noOutcome
        outcome.hooks = hookFailures
        outcome.hooks += try await options.hooks.runAfter(run: run, executions: executions) {
            try await attempts.write($0)
        }

        let code = ExitCode(verdicts: outcome.verdicts, failOnFlaky: options.failOnFlaky)
        let passed = !outcome.scenarios.contains { $0 == nil } && code == .passed
        let message = Task.isCancelled ? "The run was stopped before its end." : nil
        try await attach(outcome.times, WorkerTimes.mediaType)
        if options.failOnFlaky { try await attach(ExitRule(failOnFlaky: true), ExitRule.mediaType) }
        try await attempts.write(
            .testRunFinished(
                TestRunFinished(message: message, success: passed, timestamp: .now, testRunStartedId: run)
            )
        )
        attempts.directory.finish()
        return outcome
    }

    private func attach(_ value: some Encodable, _ mediaType: String) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await attempts.write(
            .attachment(
                Attachment(
                    body: String(decoding: try encoder.encode(value), as: UTF8.self),
                    contentEncoding: .identity,
                    mediaType: mediaType,
                    timestamp: .now
                )
            )
        )
    }

    // MARK: - The order of work

    /// Something that ended.
    private enum Ended: Sendable {
        case scenario(Int, AttemptRunner<Worker>.Result)
        /// A scenario was prepared, and is not to begin.
        case notBegun(Int)
        /// What something starts from is not there, against expectation.
        case startMissing(Schedule.Work, checkpoint: String)
        case checkpoint(String, Schedule.State, AttemptRunner<Worker>.Result?)
        /// It is time to look at the memory again.
        case pause
    }

    /// The identity of a run in its record.
    private static func id(of plan: Plan) -> String { "run-\(plan.digest.prefix(12))" }

    /// What a run comes to in which nothing more was begun.
    private var noOutcome: Outcome {
        Outcome(
            scenarios: plan.entries.map { Verdict(joining: options.earlier?.verdicts[$0.testCase.id] ?? []) },
            times: WorkerTimes(workers: max(1, options.parallel))
        )
    }

    private func work() async throws -> Outcome {
        var floor = try await floor()
        var tally = Tally(plan: plan, book: floor.book, earlier: options.earlier, failOnFlaky: options.failOnFlaky)
        try await withThrowingTaskGroup(of: Ended.self) { group in
            while true {
                floor.course =
                    Task.isCancelled ? .stopped : tally.failures >= options.maximumFailures ? .closing : .open
                for start in floor.advance() {
                    let isLast = floor.retriesLeft(after: start) == 0
                    switch start.work {
                    case .scenario(let number):
                        let state = plan.entries[number].start.map { floor.schedule.state(of: $0) }
                        group.addTask { try await runScenario(number, start, from: state, mayBeRetried: !isLast) }
                    case .checkpoint(let id):
                        group.addTask { try await makeCheckpoint(id, start.attempt, mayBeRetried: !isLast) }
                    }
                }
                if let reason = floor.untoldReason() { options.tell(reason) }
                if floor.waitsForMemory, !floor.isPausing {
                    group.addTask {
                        try? await ContinuousClock().sleep(for: .seconds(1))
                        return .pause
                    }
                    floor.isPausing = true
                }
                guard let ended = try await group.next() else { break }
                note(ended, on: &floor, in: &tally)
                for id in floor.schedule.expendable {
                    floor.schedule.finish(checkpoint: id, .missing)
                    await checkpoints.drop(id)
                }
            }
        }
        return tally.outcome(floor.closedTimes())
    }

    private func floor() async throws -> Floor {
        let settled = options.earlier?.settled ?? []
        let ended = plan.entries.indices.filter { settled.contains(plan.entries[$0].testCase.id) }
        let book = AttemptBook(options.earlier)
        var schedule = Schedule(
            plan,
            there: try await checkpoints.present(),
            workers: options.parallel,
            ended: Set(ended)
        )
        for checkpoint in plan.checkpoints where settled.contains(checkpoint.entry.testCase.id) {
            guard let verdict = book.verdict(on: checkpoint.entry), verdict.outcome == .failed else { continue }
            schedule.finish(checkpoint: checkpoint.id, .failed(verdict))
        }
        return Floor(
            plan: plan,
            schedule: schedule,
            book: book,
            parallel: options.parallel,
            standby: options.standby,
            budget: Floor.Budget(
                memory: attempts.memory,
                memoryRequest: checkpoints.memoryRequest,
                processors: options.processors,
                processorsOfGuest: options.processorsOfGuest
            )
        )
    }

    private func note(_ ended: Ended, on floor: inout Floor, in tally: inout Tally) {
        switch ended {
        case .scenario(let number, let result):
            floor.end(.scenario(number), isComplete: result.verdict.outcome == .passed)
            floor.book.note(result.verdict, of: plan.entries[number])
            if result.willBeRetried {
                floor.schedule.promise(scenario: number)
            } else {
                floor.schedule.finish(scenario: number)
            }
            tally.note(scenario: number, result.verdict, willBeRetried: result.willBeRetried)
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
        case .checkpoint(let id, let state, let result):
            floor.end(.checkpoint(id), isComplete: result?.verdict.outcome == .passed)
            if let result, let entry = plan.checkpoint(id)?.entry { floor.book.note(result.verdict, of: entry) }
            floor.schedule.finish(checkpoint: id, state)
            // Also one whose scenario passed, or never ran: it could not be kept.
            if case .failed(let failure) = state, failure != result?.verdict {
                options.tell("\(plan.title(of: id)): \(failure.reason ?? "not kept")")
            }
            tally.note(checkpoint: id, state, result?.verdict)
        case .pause: floor.isPausing = false
        }
    }

    // MARK: - What is run

    private func runScenario(
        _ number: Int,
        _ start: Floor.Start,
        from state: Schedule.State?,
        mayBeRetried: Bool
    ) async throws -> Ended {
        let entry = plan.entries[number]
        let order = AttemptRunner<Worker>.Order(entry: entry, attempt: start.attempt, mayBeRetried: mayBeRetried)
        guard let checkpoint = entry.start else {
            return try await attempts.run(order, gate: start.gate).map { .scenario(number, $0) } ?? .notBegun(number)
        }
        if case .failed(let verdict)? = state {
            // Another attempt would find nothing to start from either.
            let last = AttemptRunner<Worker>.Order(entry: entry, attempt: start.attempt, mayBeRetried: false)
            let inherited = verdict.inherited(from: plan.title(of: checkpoint))
            return .scenario(number, try await attempts.settle(last, inherited))
        }
        return try await checkpoints.withCheckpoint(checkpoint) { point in
            guard let point else { return .startMissing(.scenario(number), checkpoint: checkpoint) }
            var order = order
            order.start = point
            return try await attempts.run(order, gate: start.gate).map { .scenario(number, $0) } ?? .notBegun(number)
        }
    }

    private func makeCheckpoint(_ id: String, _ attempt: AttemptIdentity, mayBeRetried: Bool) async throws -> Ended {
        let testCase = plan.checkpoint(id)?.entry.testCase.id ?? ""
        let isRecorded = attempt.number > 0 || options.earlier?.recorded.contains(testCase) == true
        let making = try await checkpoints.make(id, attempt, mayBeRetried: mayBeRetried, isRecorded: isRecorded)
        return switch making {
        case .ended(let state, let result): .checkpoint(id, state, result)
        case .parentMissing(let parent): .startMissing(.checkpoint(id), checkpoint: parent)
        }
    }
}

extension TestCase {
    /// The test case as part of a run.
    func of(run: String) -> TestCase {
        var testCase = self
        testCase.testRunStartedId = run
        return testCase
    }
}
