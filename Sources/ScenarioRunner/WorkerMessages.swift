package import CucumberMessages
package import ScenarioWorlds
package import Verdicts

/// One attempt to run a scenario, as the coordinator orders it from a worker: one JSON line.
package struct WorkerJob<Settings: Codable & Sendable>: Codable, Sendable {
    /// The scenario.
    package let pickle: Pickle
    /// The scenario joined with hooks and step definitions.
    package let testCase: TestCase
    /// The identity of the attempt in the record.
    package let testCaseStartedId: String
    /// The folder in which the worker leaves files that are to be kept.
    package let evidenceFolder: String
    /// The checkpoint that the scenario starts from, if it does.
    package var start: StartingPoint?
    /// The folder in which the scenario's end state is left, if it is to be a checkpoint.
    package var stateFolder: String?
    /// Whether the worker makes everything ready, says so, and waits until it is told to begin.
    package var waitsToBegin = false
    /// How long the scenario may take altogether, before the worker's scale; absent when it does not say.
    package var deadline: Duration?
    /// What the world is to be made of; the runner does not look into it.
    package let settings: Settings

    /// Creates an order.
    package init(
        pickle: Pickle,
        testCase: TestCase,
        testCaseStartedId: String,
        evidenceFolder: String,
        settings: Settings
    ) {
        self.pickle = pickle
        self.testCase = testCase
        self.testCaseStartedId = testCaseStartedId
        self.evidenceFolder = evidenceFolder
        self.settings = settings
    }
}

/// What a worker tells the coordinator while it runs a scenario: one JSON line each.
package enum WorkerEvent: Codable, Sendable {
    /// A message for the record.
    case envelope(Envelope)
    /// A file that is to be kept.
    case file(EvidenceFile)
    /// A machine's screen can be watched at this socket.
    case screen(String)
    /// What a person at the prompt is told.
    case prompt(PromptEvent)
    /// Everything is ready for the scenario to begin.
    case ready
    /// How much memory the worker and all that belongs to it use, in bytes, shared pages in shares (Pss, proc(5)).
    case memory(Int64)
    /// The scenario has ended; nothing follows.
    case finished(Verdict)
}

/// A file in the evidence folder that is complete and may be moved into the record.
package struct EvidenceFile: Codable, Hashable, Sendable {
    /// The file's name in the evidence folder; never a path.
    package let name: String
    /// What the file is.
    package let mediaType: String
    /// The step during which it was made, if it was one.
    package let testStepId: String?

    /// Names a file.
    package init(name: String, mediaType: String, testStepId: String? = nil) {
        self.name = name
        self.mediaType = mediaType
        self.testStepId = testStepId
    }
}

/// What a person at the prompt of a scenario that stands still is told.
package enum PromptEvent: Codable, Sendable {
    /// The scenario stands still; lines to be shown, and an answer to be asked for.
    case opened([String])
    /// What became of the last answer, and another one to be asked for.
    case answered([String])
    /// The scenario goes on; lines to be shown.
    case closed([String])
}

/// What a worker is told besides its job: one line each.
package enum WorkerSignal: Hashable, Sendable {
    /// The scenario that waits begins.
    case begin
    /// What a person typed at the prompt.
    case answer(String)

    private static let answerPrefix = "answer "

    /// The line, without its end.
    package var line: String {
        switch self {
        case .begin: "begin"
        case .answer(let text): Self.answerPrefix + text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
    }

    /// Reads a line; `nil` when it is none that a worker knows.
    package init?(line: String) {
        if line == Self.begin.line {
            self = .begin
        } else if line.hasPrefix(Self.answerPrefix) {
            self = .answer(String(line.dropFirst(Self.answerPrefix.count)))
        } else {
            return nil
        }
    }
}
