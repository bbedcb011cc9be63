import CaptureFiles
package import LeakPolicy
package import PacketDecoding

/// Judges a capture file as its frames were judged when they were captured.
///
///     feed(_:) … ──▶ finish() ──▶ OfflineVerdict
///
/// Memory is bounded by the chunks, the longest frame, and what the judge keeps; not by the file.
package struct OfflineJudge: Sendable {
    private var reader = CaptureReader()
    private var seen: SeenFrames
    /// Whether the file can't be read any further.
    private var isBroken = false

    /// Creates a judge of one capture.
    package init(
        capture: String,
        policy: ResolvedLeakPolicy,
        guest: GuestFacts,
        direction: GuestDirection,
        phase: Phase? = nil,
        earlierConnections: [(guest: Endpoint, other: Endpoint)] = []
    ) {
        var judge = LeakJudge(policy: policy, guest: guest)
        for connection in earlierConnections { judge.carryOver(from: connection.guest, to: connection.other) }
        if let phase { judge.enter(phase) }
        seen = SeenFrames(capture: capture, direction: direction, judge: judge)
    }

    /// Judges the frames that the next bytes of the file complete.
    ///
    /// - Throws: An ``OfflineError`` when the file is no capture, or does not tell what the guest sent.
    package mutating func feed(_ chunk: some Sequence<UInt8>) throws(OfflineError) {
        guard !isBroken else { return }
        reader.feed(chunk)
        while let record = try nextRecord() {
            try seen.judge(record, of: reader)
        }
    }

    /// Says that there are no more bytes, and returns the verdict.
    ///
    /// - Throws: An ``OfflineError`` when the file is no capture.
    package mutating func finish() throws(OfflineError) -> OfflineVerdict {
        if !isBroken {
            do throws(CaptureFileError) { try reader.finish() } catch { try note(error) }
        }
        if reader.lostFrames > 0 {
            seen.doubt("\(reader.lostFrames) frames were not captured, as the file itself says.")
        }
        return seen.verdict()
    }

    private mutating func nextRecord() throws(OfflineError) -> CaptureRecord? {
        do throws(CaptureFileError) { return try reader.next() } catch {
            try note(error)
            return nil
        }
    }

    /// Frames before a flaw of the file were judged, and those behind it are missing.
    private mutating func note(_ error: CaptureFileError) throws(OfflineError) {
        isBroken = true
        switch error {
        case .unknownFormat, .unsupportedLink: throw .unreadable(capture: seen.capture, error)
        case .invalid, .cutOff: seen.doubt(error.summary)
        }
    }
}

// MARK: - Frames

/// What became of the frames of a capture.
private struct SeenFrames: Sendable {
    /// More would explain no more.
    private static let mostFindings = 1_000

    let capture: String
    private let direction: GuestDirection
    private var judge: LeakJudge
    private var canaries = CanaryWatch()
    private var findings: [LeakFinding] = []
    private var findingCount = 0
    private var reasons: [String] = []
    private var framesBetweenOthers = 0

    init(capture: String, direction: GuestDirection, judge: LeakJudge) {
        (self.capture, self.direction, self.judge) = (capture, direction, judge)
    }

    mutating func doubt(_ reason: String) { reasons.append(reason) }

    mutating func judge(_ record: CaptureRecord, of reader: borrowing CaptureReader) throws(OfflineError) {
        let bytes = reader.buffer.span.extracting(record.bytes)
        let comments = record.hasComments ? reader.comments(of: record) : []
        for comment in comments {
            if let phase = Phase(comment: comment) { judge.enter(phase) }
        }
        switch direction.answer(record, bytes) {
        case .unknown: throw .noDirection(capture: capture, frame: record.number, record.link)
        case .betweenOthers: framesBetweenOthers += 1
        case .known(let direction):
            if case .fromGuest = direction {
                if canaries.isCanary(record.link, bytes, comments) { return }
                canaries.seeFrame()
            }
            let facts = FrameFacts(
                number: record.number,
                timestamp: record.timestamp ?? 0,
                direction: direction,
                originalLength: record.originalLength,
                link: record.link
            )
            if case .leak(let finding) = judge.judge(bytes, facts) { add(finding) }
        }
    }

    mutating func verdict() -> OfflineVerdict {
        for finding in judge.finish() { add(finding) }
        let report = judge.report
        var reasons = reasons + canaries.reasons
        if report.framesFromGuest == 0 { reasons.append("The capture holds no frame of the guest.") }
        if framesBetweenOthers > 0 {
            reasons.append("\(framesBetweenOthers) frames went between stations that are not the guest's.")
        }
        return OfflineVerdict(
            capture: capture,
            findings: findings,
            findingCount: findingCount,
            reasons: reasons + report.doubts,
            canaries: canaries.count,
            report: report
        )
    }

    private mutating func add(_ finding: LeakFinding) {
        findingCount += 1
        if findings.count < Self.mostFindings { findings.append(finding) }
    }
}

// MARK: - Canaries

/// Whether frames of the harness's own frame those of the guest, so that the capture was alive all the time.
struct CanaryWatch: Sendable {
    private(set) var count = 0
    private var framesBefore = 0
    private var framesSince = 0

    /// What Assay writes beside a canary that it recognised by its 128 random bits; a guest can't write comments.
    private static let comment = "canary: the capture is alive"
    private static let mark = Array("Assay canary".utf8)

    mutating func isCanary(_ link: LinkType, _ bytes: Span<UInt8>, _ comments: [String]) -> Bool {
        guard !comments.isEmpty, comments.contains(Self.comment), link.isEthernet, bytes.count >= 42,
            bytes.u16(12) == EtherType.localExperiment.rawValue, bytes.copy(30..<42) == Self.mark
        else { return false }
        count += 1
        framesSince = 0
        return true
    }

    mutating func seeFrame() {
        if count == 0 { framesBefore += 1 }
        framesSince += 1
    }

    /// Why the capture may have missed something.
    var reasons: [String] {
        if count == 0 {
            return ["The capture holds no canary of Assay, so that nothing proves that it saw everything."]
        }
        var reasons: [String] = []
        if count == 1 { reasons.append("The capture holds one canary only, not one at each end.") }
        if framesBefore > 0 { reasons.append("\(framesBefore) frames of the guest stand before the first canary.") }
        if framesSince > 0 { reasons.append("\(framesSince) frames of the guest stand behind the last canary.") }
        return reasons
    }
}
