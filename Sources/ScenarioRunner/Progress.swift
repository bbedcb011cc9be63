import CucumberMessages
import Diagnostics
import ScenarioWorlds
import StepDefinitions
import Verdicts

/// Which step of a scenario is running, and what the ones before it came to.
actor Progress {
    private let recorder: AttemptRecorder
    private let interruption: Interruption
    private let clock: any Clock<Duration>
    private var ahead: ArraySlice<TestStep>
    private var running: (step: TestStep, elapsed: @Sendable () -> Duration)?
    /// The first error of a step, or its wish not to be run.
    private(set) var failure: (any Error)?
    /// The errors that let the scenario go on.
    private(set) var softFailures: [any Error] = []

    init(steps: [TestStep], recorder: AttemptRecorder, interruption: Interruption, clock: any Clock<Duration>) {
        ahead = steps[...]
        self.recorder = recorder
        self.interruption = interruption
        self.clock = clock
    }

    /// Whether the world is still being made.
    private(set) var isSettingUp = true

    var goesOn: Bool { failure == nil && interruption.error == nil && !Task.isCancelled }

    /// Whether everything passed so far.
    var hasPassed: Bool { goesOn && softFailures.isEmpty }

    /// Whether the attempt is in the record.
    private(set) var isOpen = false

    /// Begins the attempt with its set-up.
    func open() {
        isOpen = true
        recorder.open()
        begin()
    }

    func begin() {
        guard let step = ahead.popFirst() else { return }
        running = (step, stopwatch(clock))
        recorder.begin(step: step.id)
    }

    func end(_ status: TestStepStatus, message: String? = nil, exception: MessageException? = nil) {
        guard let (step, elapsed) = running else { return }
        running = nil
        isSettingUp = false
        let duration = MessageDuration(elapsed())
        recorder.end(
            step: step.id,
            with: TestStepResult(duration: duration, message: message, status: status, exception: exception)
        )
    }

    /// Ends a step that does not want to be run; what comes afterwards anyway changes nothing of the scenario by that.
    func end(_ signal: StepSignal, isAfterwards: Bool = false) {
        if !isAfterwards || signal.status == .pending { failure = failure ?? signal }
        end(signal.status, message: signal.reason)
    }

    /// Ends a step that can't be run as it is written.
    func end(_ gap: DefinitionGap) {
        failure = failure ?? gap
        end(gap.status)
    }

    func fail(_ error: any Error, besides soft: [any Error] = []) {
        // A step that skips the rest hides nothing that goes wrong afterwards.
        if failure == nil || failure is StepSignal { failure = error }
        softFailures += soft
        let text = ([describe(error)] + soft.map { "Besides: \(describe($0))" }).joined(separator: "\n")
        end(.failed, message: text, exception: MessageException(type: "\(type(of: error))", message: text))
    }

    /// Ends a step that went on though things were not as expected; so does the scenario, unless the step says otherwise.
    func failSoftly(_ errors: [any Error], signal: StepSignal? = nil) {
        softFailures += errors
        failure = failure ?? signal
        let text = describe(SoftFailures(errors))
        end(.failed, message: text, exception: MessageException(type: "\(type(of: errors[0]))", message: text))
    }

    /// Notes what keeps the scenario from passing, between steps.
    func note(_ error: any Error) { softFailures.append(error) }

    /// Gives the next step a result without running it.
    ///
    /// What interrupted the scenario between two steps shows at the one that could not begin any more. A step that
    /// could not be run anyway says so, unless the scenario itself did not want to go on.
    func skip(_ gap: DefinitionGap? = nil) {
        begin()
        if failure == nil, let error = interruption.error {
            fail(error)
        } else if failure == nil, Task.isCancelled {
            failure = RunnerError.cancelled
            end(.skipped, message: describe(RunnerError.cancelled))
        } else if let gap, !wantsToSkip {
            end(gap.status)
        } else {
            end(.skipped)
        }
    }

    private var wantsToSkip: Bool { if case .skipped? = failure as? StepSignal { true } else { false } }

    /// Gives a result to every step that has none yet: the world broke before or after them.
    func close(worldFailure: (any Error)?, conditions: [ConditionReport]) {
        let bad = conditions.filter { $0.state == .broken || $0.state == .unproven }
        if running == nil, ahead.isEmpty { return }
        if running == nil { begin() }
        // When the world could not be made, the set-up is what is still running, and everything else was skipped.
        if let error = worldFailure ?? (failure == nil && bad.isEmpty ? interruption.error : nil) {
            fail(error)
        } else if bad.isEmpty {
            end(.passed)
        } else {
            let text = bad.map(\.text).joined(separator: "\n")
            end(bad.contains { $0.state == .broken } ? .failed : .unknown, message: text)
        }
        while !ahead.isEmpty {
            begin()
            end(.skipped)
        }
    }
}

/// The full text of an error.
func describe(_ error: any Error) -> String {
    let error = error is CancellationError ? RunnerError.cancelled : error
    return (error as? any ExplainedError)?.description ?? "\(error)"
}

/// Measures the time from now on.
func stopwatch(_ clock: any Clock<Duration>) -> @Sendable () -> Duration { started(clock) }

private func started<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
}

extension StepSignal {
    fileprivate var status: TestStepStatus {
        switch self {
        case .pending: .pending
        case .skipped: .skipped
        }
    }

    fileprivate var reason: String {
        switch self {
        case .pending(let reason), .skipped(let reason): reason
        }
    }
}
