package import CucumberMessages
import Foundation
import ScenarioWorlds
import Synchronization

/// Turns what happens in one attempt into messages that name the attempt and the step.
final class AttemptRecorder: Sendable {
    /// The media type of lines that a step logs.
    static let logMediaType = "text/x.cucumber.log+plain"

    private let testCaseStartedId: String
    private let emit: @Sendable (WorkerEvent) -> Void
    private let currentStep = Mutex<String?>(nil)
    /// What the world told of before the scenario began: nothing may stand in the record before its beginning.
    private let early = Mutex<[ScenarioContext.Event]?>([])

    init(testCaseStartedId: String, emit: @escaping @Sendable (WorkerEvent) -> Void) {
        self.testCaseStartedId = testCaseStartedId
        self.emit = emit
    }

    func begin(step id: String) {
        currentStep.withLock { $0 = id }
        let started = TestStepStarted(testCaseStartedId: testCaseStartedId, testStepId: id, timestamp: .now)
        emit(.envelope(.testStepStarted(started)))
    }

    func end(step id: String, with result: TestStepResult) {
        currentStep.withLock { $0 = nil }
        let finished = TestStepFinished(
            testCaseStartedId: testCaseStartedId,
            testStepId: id,
            testStepResult: result,
            timestamp: .now
        )
        emit(.envelope(.testStepFinished(finished)))
    }

    /// Lets events into the record from now on; those that came before are told now.
    func open() {
        let events = early.withLock { early in
            defer { early = nil }
            return early ?? []
        }
        for event in events { tell(event) }
    }

    func receive(_ event: ScenarioContext.Event) {
        let isEarly = early.withLock { early in
            early?.append(event)
            return early != nil
        }
        if !isEarly { tell(event) }
    }

    private func tell(_ event: ScenarioContext.Event) {
        switch event {
        case .phase(let text): attach(Data(text.utf8), mediaType: Self.logMediaType, name: nil)
        case .file(let name, let mediaType):
            emit(.file(EvidenceFile(name: name, mediaType: mediaType, testStepId: currentStep.withLock { $0 })))
        case .attachment(let data, let mediaType, let name): attach(data, mediaType: mediaType, name: name)
        }
    }

    private func attach(_ data: Data, mediaType: String, name: String?) {
        var attachment = Attachment(data, mediaType: mediaType, name: name)
        attachment.testCaseStartedId = testCaseStartedId
        attachment.testStepId = currentStep.withLock { $0 }
        attachment.timestamp = .now
        emit(.envelope(.attachment(attachment)))
    }
}

extension Attachment {
    /// Keeps data in the record; text stays readable, everything else is written in Base64.
    init(_ data: Data, mediaType: String, name: String?) {
        let isText = mediaType.hasPrefix("text/") || mediaType.hasSuffix("json")
        let text = isText ? String(data: data, encoding: .utf8) : nil
        self.init(
            body: text ?? data.base64EncodedString(),
            contentEncoding: text == nil ? .base64 : .identity,
            fileName: name,
            mediaType: mediaType
        )
    }
}

extension Timestamp {
    /// The wall clock's time.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: time.tv_sec, nanos: time.tv_nsec)
    }
}
