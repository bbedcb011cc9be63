package import CucumberMessages
import Forecasts

/// What became of one hook or step of an attempt.
package struct StepResult: Sendable {
    /// The test step.
    package let id: String
    /// The keyword as written, without the blank behind it; absent for a hook.
    package let keyword: String?
    /// The step's text, or the hook's name.
    package let text: String
    /// The line in the feature file.
    package let line: Int?
    /// What stands below the step.
    package let argument: PickleStepArgument?
    /// The title of the checkpoint that the step starts from, if it is such a step.
    package let checkpoint: String?
    /// Whether it keeps the state in which a checkpoint's scenario ends.
    package let keepsState: Bool
    /// How it ended; absent while it goes on, and when it never began.
    package private(set) var status: TestStepStatus?
    /// When it began; absent when it never did.
    package private(set) var startedAt: Timestamp?
    /// How long it took.
    package private(set) var duration: Duration?
    /// Why it did not pass.
    package private(set) var message: String?
    /// What it kept.
    package private(set) var attachments: [KeptAttachment] = []
    /// What it logged.
    package private(set) var log = LogLines()

    init(_ step: TestStep, of pickleStep: PickleStep, written: SuiteOutline.WrittenStep?) {
        id = step.id
        keyword = written?.keyword ?? "*"
        text = pickleStep.text
        line = written?.line
        argument = pickleStep.argument
        checkpoint = step.stepDefinitionIds?.lazy.compactMap(CheckpointMarks.title).first
        keepsState = false
    }

    init(hook step: TestStep, _ hook: Hook?) {
        id = step.id
        keyword = nil
        text = hook?.name ?? "hook"
        line = nil
        argument = nil
        checkpoint = nil
        keepsState = step.hookId == CheckpointMarks.keepHook
    }

    /// Whether it sets up or tears down, and is not a step of the scenario.
    package var isHook: Bool { keyword == nil }

    /// Whether it has begun and not ended.
    package var isRunning: Bool { startedAt != nil && status == nil }

    /// The step as written, or the hook's name.
    package var title: String { keyword.map { "\($0) \(text)" } ?? text }

    mutating func begin(at timestamp: Timestamp) { startedAt = timestamp }

    mutating func finish(with result: TestStepResult) {
        status = result.status
        duration = result.duration.duration
        message = result.message ?? result.exception?.message
    }

    mutating func add(_ attachment: KeptAttachment, limit: Int) {
        if attachments.count < limit { attachments.append(attachment) }
    }

    mutating func add(logLine line: String?) { log.add(line) }
}
