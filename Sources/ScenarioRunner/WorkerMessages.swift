package import CucumberMessages
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
