import CucumberMessages
import Diagnostics
import Foundation
package import StepDefinitions
import Synchronization
import Verdicts

/// Runs the hooks around all scenarios, in the process that hands the scenarios out.
///
/// Every hook runs, also after one that failed: what one has opened another may have to close.
package struct RunHookRunner: Sendable {
    private let before: [RunHook]
    private let after: [RunHook]
    private let deadline: Duration
    private let clock: any Clock<Duration>

    /// Creates a runner without hooks.
    package init() {
        before = []
        after = []
        deadline = .zero
        clock = ContinuousClock()
    }

    /// Creates a runner for the hooks of a library.
    ///
    /// - Parameters:
    ///   - library: The definitions that the plan was made with.
    ///   - deadline: How long any hook may take.
    ///   - clock: What the deadline goes by.
    package init<World>(
        _ library: StepLibrary<World>,
        deadline: Duration,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        before = library.runHooks(.beforeTestRun)
        after = library.runHooks(.afterTestRun)
        self.deadline = deadline
        self.clock = clock
    }

    /// Runs the hooks before all scenarios.
    ///
    /// - Parameters:
    ///   - run: The identity of the run in the record.
    ///   - executions: What the identities of the executions begin with; one that goes on has others.
    ///   - record: Takes every message.
    /// - Returns: The verdicts of those that failed; when there are any, no scenario may be run.
    /// - Throws: The error of `record`.
    func runBefore(
        run: String,
        executions: String,
        _ record: (Envelope) async throws -> Void
    ) async throws -> [Verdict] {
        try await runAll(before, run, executions, record)
    }

    /// Runs the hooks after all scenarios, also when the run was stopped.
    func runAfter(
        run: String,
        executions: String,
        _ record: @escaping @Sendable (Envelope) async throws -> Void
    ) async throws -> [Verdict] {
        // Shielded from cancellation: what the hooks before have opened has to be closed.
        try await Task { try await runAll(after, run, executions, record) }.value
    }

    private func runAll(
        _ hooks: [RunHook],
        _ run: String,
        _ executions: String,
        _ record: (Envelope) async throws -> Void
    ) async throws -> [Verdict] {
        var failures: [Verdict] = []
        for hook in hooks {
            let execution = "\(executions)-\(hook.id)"
            try await record(
                .testRunHookStarted(
                    TestRunHookStarted(id: execution, testRunStartedId: run, hookId: hook.id, timestamp: .now)
                )
            )
            let elapsed = stopwatch(clock)
            let kept = Mutex<[StepOutput]>([])
            let soft = Mutex<[any Error]>([])
            var services = StepServices()
            services.keep = { output in kept.withLock { $0.append(output) } }
            services.failSoftly = { error in soft.withLock { $0.append(error) } }
            var failure: (any Error)?
            do {
                try await StepContext(scenario: ScenarioDescription(), services: services).run {
                    try await withDeadline(hook.name ?? "\(hook.place)") { try await hook.body() }
                }
            } catch {
                failure = error
            }
            for output in kept.withLock({ $0 }) {
                try await record(.attachment(Attachment(output, testRunHookStartedId: execution)))
            }
            let verdict = Verdict(
                stepFailure: failure,
                softFailures: soft.withLock { $0 },
                interruption: nil,
                worldFailure: nil,
                conditions: []
            )
            let result = TestStepResult(verdict, failure, duration: MessageDuration(elapsed()))
            try await record(
                .testRunHookFinished(
                    TestRunHookFinished(testRunHookStartedId: execution, result: result, timestamp: .now)
                )
            )
            if result.status == .failed { failures.append(verdict) }
        }
        return failures
    }

    private func withDeadline(_ name: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask { [clock, deadline] in
                try await clock.sleep(for: deadline)
                throw RunnerError.hookTooSlow(name, limit: deadline)
            }
            try await group.next()
        }
    }
}

extension TestStepResult {
    fileprivate init(_ verdict: Verdict, _ failure: (any Error)?, duration: MessageDuration) {
        let status: TestStepStatus =
            switch verdict.outcome {
            case .passed: .passed
            case .skipped: .skipped
            default: .failed
            }
        let exception =
            status == .failed ? failure.map { MessageException(type: "\(type(of: $0))", message: verdict.reason) } : nil
        self.init(duration: duration, message: verdict.reason, status: status, exception: exception)
    }
}

extension Attachment {
    /// What a hook hands to the report; a file is read at once, since it belongs to no scenario's evidence.
    fileprivate init(_ output: StepOutput, testRunHookStartedId: String) {
        var attachment: Attachment
        switch output {
        case .text(let text, let mediaType, let name):
            attachment = Attachment(body: text, contentEncoding: .identity, fileName: name, mediaType: mediaType)
        case .log(let line):
            attachment = Attachment(body: line, contentEncoding: .identity, mediaType: AttemptRecorder.logMediaType)
        case .data(let data, let mediaType, let name):
            attachment = Attachment(data, mediaType: mediaType, name: name)
        case .file(let url, let mediaType, let name):
            if let data = try? Data(contentsOf: url) {
                attachment = Attachment(data, mediaType: mediaType, name: name)
            } else {
                let text = "\(name) could not be kept."
                attachment = Attachment(body: text, contentEncoding: .identity, mediaType: AttemptRecorder.logMediaType)
            }
        }
        attachment.testRunHookStartedId = testRunHookStartedId
        attachment.timestamp = .now
        self = attachment
    }
}
