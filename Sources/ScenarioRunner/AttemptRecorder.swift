package import CucumberMessages
import Foundation
import ScenarioWorlds
import Synchronization

/// Turns what happens in one attempt into messages that name the attempt and the step.
///
/// What is large goes into a file beside the record, so that every line of the record stays fit to be read.
final class AttemptRecorder: Sendable {
    /// The media type of lines that a step logs.
    static let logMediaType = "text/x.cucumber.log+plain"

    /// What is larger stands in a file of its own; a screenshot does, what a command printed rarely.
    static let largestBody = 64 << 10

    private let testCaseStartedId: String
    private let evidenceFolder: String
    private let emit: @Sendable (WorkerEvent) -> Void
    private let currentStep = Mutex<String?>(nil)
    /// What the world told of before the scenario began: nothing may stand in the record before its beginning.
    private let early = Mutex<[ScenarioContext.Event]?>([])

    init(testCaseStartedId: String, evidenceFolder: String, emit: @escaping @Sendable (WorkerEvent) -> Void) {
        self.testCaseStartedId = testCaseStartedId
        self.evidenceFolder = evidenceFolder
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
        case .phase(let text): attach(text, mediaType: Self.logMediaType, name: nil)
        case .screen(let socket): emit(.screen(socket))
        case .file(let name, let mediaType):
            emit(.file(EvidenceFile(name: name, mediaType: mediaType, testStepId: currentStep.withLock { $0 })))
        case .attachment(let data, let mediaType, let name):
            guard !keepBeside(data, mediaType: mediaType, name: name) else { return }
            attach(Attachment(data, mediaType: mediaType, name: name))
        case .text(let text, let mediaType, let name): attach(text, mediaType: mediaType, name: name)
        }
    }

    private func attach(_ text: String, mediaType: String, name: String?) {
        guard !keepBeside(Data(text.utf8), mediaType: mediaType, name: name) else { return }
        attach(Attachment(body: text, contentEncoding: .identity, fileName: name, mediaType: mediaType))
    }

    private func attach(_ attachment: Attachment) {
        var attachment = attachment
        attachment.testCaseStartedId = testCaseStartedId
        attachment.testStepId = currentStep.withLock { $0 }
        attachment.timestamp = .now
        emit(.envelope(.attachment(attachment)))
    }

    /// Leaves what is large in a file of the evidence folder; `false` where it has to go into the record after all.
    private func keepBeside(_ data: Data, mediaType: String, name: String?) -> Bool {
        guard data.count > Self.largestBody else { return false }
        let suffix = FileSuffix.of(mediaType: mediaType, name: name)
        let file = "\(UUID().uuidString)\(suffix)"
        do {
            try data.write(to: URL(filePath: evidenceFolder).appending(path: file), options: .withoutOverwriting)
        } catch {
            return false
        }
        let type = name.map { "\(mediaType); name=\"\($0.filter { $0 != "\"" && !$0.isNewline })\"" } ?? mediaType
        emit(.file(EvidenceFile(name: file, mediaType: type, testStepId: currentStep.withLock { $0 })))
        return true
    }
}

/// The ending of a file's name, by which programs know what to open it with.
private enum FileSuffix {
    static func of(mediaType: String, name: String?) -> String {
        let own = name.map { ($0 as NSString).pathExtension } ?? ""
        if !own.isEmpty, own.utf8.count <= 16, own.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
            return ".\(own)"
        }
        let known = [
            "image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg", "text/plain": ".txt",
            "text/html": ".html", "application/json": ".json", "application/pdf": ".pdf", "application/xml": ".xml",
        ]
        let type = mediaType.split(separator: ";").first.map { $0.lowercased() } ?? ""
        return known[type] ?? (type.hasPrefix("text/") ? ".txt" : "")
    }
}

extension Attachment {
    /// Writes data in Base64, whatever they are said to be.
    init(_ data: Data, mediaType: String, name: String?) {
        self.init(body: data.base64EncodedString(), contentEncoding: .base64, fileName: name, mediaType: mediaType)
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
