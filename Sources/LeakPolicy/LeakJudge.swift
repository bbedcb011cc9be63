import ApplicationDecoding
package import PacketDecoding

/// What is known of a frame besides its bytes.
package struct FrameFacts: Hashable, Sendable {
    /// The position in the capture, counted from 1.
    package let number: Int
    /// Nanoseconds since 1970.
    package let timestamp: UInt64
    package let direction: FrameDirection
    /// How many bytes it had on the wire.
    package let originalLength: Int
    /// What the bytes begin with.
    package let link: LinkType

    /// Creates the facts of one frame, which is of Ethernet unless another link is given.
    package init(
        number: Int,
        timestamp: UInt64,
        direction: FrameDirection,
        originalLength: Int,
        link: LinkType = .ethernet
    ) {
        (self.number, self.timestamp) = (number, timestamp)
        (self.direction, self.originalLength, self.link) = (direction, originalLength, link)
    }

}

/// Judges the frames of one guest, one by one, without any input or output of its own.
///
/// Its memory is bounded by the flows that it follows, whose number is bounded too; what it could not follow is a doubt
/// in the report, with which no run is clean.
package struct LeakJudge: Sendable {
    private let terms: JudgingTerms
    private var state = GuestState()
    private var streams: StreamFollower
    private var run: RunRules
    private var records = FlowRecords()
    private var seen: TrafficReport
    /// The places of flows that were met in a phase in which their connections may be opened, where that is said, with the
    /// number of the SYN that was seen of them.
    private var openedInTime: [Int: UInt32?] = [:]
    /// Connections whose beginnings were judged elsewhere.
    private var earlier: Set<Flow> = []
    /// Whether the guest's frames came without what only Ethernet tells of them.
    private var hasSeenOtherLinks = false
    /// The frames of such connections, with which nothing is wrong but that their beginnings are missing.
    package private(set) var framesOfEarlier = 0
    /// What was seen so far.
    package var report: TrafficReport {
        var report = seen
        (report.flows, report.framesOfFlowsNotKept) = (records.flows, records.framesNotKept)
        return report
    }

    /// What the policy's allowances are for, without a copy of all that was seen.
    package var purposes: [String] { seen.allowances.map(\.purpose) }

    /// Creates a judge that has seen nothing yet.
    package init(policy: ResolvedLeakPolicy, guest: GuestFacts) {
        terms = JudgingTerms(policy.policy, guest)
        streams = StreamFollower(search: terms.identity)
        run = RunRules(policy.policy)
        seen = TrafficReport(purposes: policy.policy.allowances.map(\.purpose))
    }

    // MARK: - What the harness tells

    /// Says what the guest is doing from now on.
    package mutating func enter(_ phase: Phase) {
        state.phase = phase
        run.enter(phase)
    }

    /// Notes a connection that the guest takes with it from a checkpoint: its beginning was judged when that was made.
    package mutating func carryOver(from guest: Endpoint, to other: Endpoint) {
        earlier.insert(Flow(protocol: .tcp, source: .endpoint(guest), destination: .endpoint(other)))
    }

    /// Says who in the guest sends a flow; returns a finding when the policy wants another.
    package mutating func attribute(_ flow: Flow, to owner: TrafficOwner) -> LeakFinding? {
        run.prove(flow, owner).first.map { finding($0) }
    }

    /// The number of flows that the policy wants to know the owner of, told or not.
    package var ownersWanted: Int { run.owners.count }

    /// The flows of which the policy wants to know who sends them, and nobody has told.
    package var flowsWithoutOwner: [(flow: Flow, wanted: TrafficOwner)] { run.owners.open }

    /// Says that there are no more frames, and returns what only the end can show.
    package mutating func finish() -> [LeakFinding] {
        if run.owners.isFull { seen.doubt("There were more flows than could be asked for their owners.") }
        if let doubt = streams.doubt { seen.doubt("Not all streams could be read: \(doubt).") }
        if terms.policy.dependsOnPhases, state.phase == nil, seen.framesFromGuest > 0 {
            seen.doubt("The policy depends on phases, and nobody said which phases the guest was in.")
        }
        if hasSeenOtherLinks {
            seen.doubt("Frames were captured without the header of Ethernet, so that it could not be judged.")
        }
        return run.owners.unproven.map { finding($0) }
    }

    // MARK: - Frames

    /// Returns what is wrong with a frame, or `nil` when the policy allows it or it came to the guest.
    package mutating func judge(_ frame: CapturedFrame) -> LeakFinding? {
        let facts = FrameFacts(
            number: frame.number,
            timestamp: frame.timestamp,
            direction: frame.direction,
            originalLength: frame.originalLength
        )
        return judge(frame.bytes.span, facts).finding
    }

    /// What is said of one frame: a single word in the frequent case, where an optional finding would be copied about.
    package enum Judgement: Sendable {
        /// The policy allows it, or it came to the guest.
        case harmless
        indirect case leak(LeakFinding)

        package var finding: LeakFinding? { if case .leak(let finding) = self { finding } else { nil } }
    }

    /// Says whether the policy allows a frame, or what is wrong with it.
    package mutating func judge(_ bytes: Span<UInt8>, _ facts: FrameFacts) -> Judgement {
        // Not by “==”, which goes the long way round by the cases' texts.
        switch facts.direction {
        case .fromGuest: break
        case .toGuest:
            seen.framesToGuest += 1
            state.receive(bytes, as: facts.link, gateway: terms.guest.gateway)
            return .harmless
        }
        seen.framesFromGuest += 1
        do throws(FrameDecodingError) {
            if !facts.link.isEthernet {
                hasSeenOtherLinks = true
            } else if SegmentFrame.mayBe(bytes) {
                guard let complaint = try judgeSegment(bytes, facts) else { return .harmless }
                let frame = try decode(bytes)
                return isExcused(complaint, frame) ? .harmless : .leak(finding(complaint, frame, bytes, facts))
            }
            let frame = try decode(bytes, as: facts.link)
            guard let complaint = judge(frame, bytes, facts) else { return .harmless }
            return isExcused(complaint, frame) ? .harmless : .leak(finding(complaint, frame, bytes, facts))
        } catch {
            return .leak(undecodable(bytes, facts, error))
        }
    }

    private mutating func isExcused(_ complaint: JudgingTerms.Complaint, _ frame: DecodedFrame) -> Bool {
        guard complaint.flaw?.check == .tcpWithoutBeginning, earlier.contains(Flow(of: frame)) else { return false }
        framesOfEarlier += 1
        return true
    }

    /// Judges a plain segment, which nearly every frame is: it is told from the others first, and held without references.
    private mutating func judgeSegment(
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts
    ) throws(FrameDecodingError) -> JudgingTerms.Complaint? {
        let frame = try SegmentFrame(bytes)
        let place = records.record(FlowKey(frame), length: facts.originalLength, Flow(of: frame))
        let source = frame.source
        if let complaint = terms.complaintOfBytes(from: source, bytes, facts) { return complaint }
        switch terms.verdict(on: frame, in: state.phase) {
        case .allowed(let index):
            let flaw =
                flawOfOpening(Flow(of: frame), frame.segment, place, allowedBy: index)
                ?? flawOfStream(frame.segment, place, bytes, allowedBy: index)
                ?? run.flaw(of: Flow(of: frame), from: source, at: place, allowedBy: index, facts, in: state.phase)
            return conclude(flaw, Flow(of: frame), facts, allowedBy: index)
        case let other: return terms.complaint(of: other)
        }
    }

    private mutating func judge(_ frame: DecodedFrame, _ bytes: Span<UInt8>, _ facts: FrameFacts) -> JudgingTerms
        .Complaint?
    {
        let length = facts.originalLength
        let place =
            if let key = FlowKey(frame) {
                records.record(key, length: length, Flow(of: frame))
            } else {
                records.record(Flow(of: frame), length: length)
            }
        let source = frame.link.source
        if let complaint = terms.complaintOfBytes(from: source, bytes, facts) { return complaint }
        switch terms.verdict(on: frame, bytes, &state) {
        case .allowed(let index):
            var flaw: Flaw?
            if case .tcp(let segment) = frame.transport {
                flaw =
                    flawOfOpening(Flow(of: frame), segment, place, allowedBy: index)
                    ?? flawOfStream(segment, place, bytes, allowedBy: index)
            }
            flaw =
                flaw ?? run.flaw(of: Flow(of: frame), from: source, at: place, allowedBy: index, facts, in: state.phase)
            return conclude(flaw, Flow(of: frame), facts, allowedBy: index)
        case let other: return terms.complaint(of: other)
        }
    }

    /// Counts a frame that an allowance covers, unless it is wrong as a part of its stream or of the run.
    private mutating func conclude(
        _ flaw: Flaw?,
        _ flow: @autoclosure () -> Flow,
        _ facts: FrameFacts,
        allowedBy index: Int
    ) -> JudgingTerms.Complaint? {
        if let flaw { return terms.complaint(of: .broken(index, flaw)) }
        if terms.hasOwner[index] { run.requireOwner(allowedBy: index, of: flow(), facts, in: state.phase) }
        seen.allowances[index].add(facts.originalLength)
        return nil
    }

    /// What is wrong with a segment whose connection was opened when it must not be.
    private mutating func flawOfOpening(
        _ flow: @autoclosure () -> Flow,
        _ segment: TCP,
        _ place: Int?,
        allowedBy index: Int
    ) -> Flaw? {
        guard let phases = terms.openingPhases[index] else { return nil }
        if let phase = state.phase, phases.contains(phase) {
            if let place {
                if segment.flags.has(.opens) { openedInTime[place] = .some(segment.sequence) }
                if openedInTime[place] == nil { openedInTime[place] = .some(nil) }
            }
            return nil
        }
        if segment.flags.has(.opens) {
            // One that nobody answered is repeated; another number is another connection between the same ports.
            if let place, openedInTime[place] == .some(segment.sequence) { return nil }
            if let place { openedInTime[place] = nil }
        } else if let place, openedInTime[place] != nil {
            return nil
        } else if earlier.contains(flow()) {
            return nil
        }
        return terms.flawOfOpening(phases, in: state.phase)
    }

    private mutating func flawOfStream(
        _ segment: TCP,
        _ place: Int?,
        _ bytes: Span<UInt8>,
        allowedBy index: Int
    ) -> Flaw? {
        guard let opening = terms.openings[index] else { return nil }
        let outcome = streams.add(segment, bytes, at: place, opensWith: opening)
        if let doubt = outcome.doubt { seen.doubt("Not all streams could be read: \(doubt).") }
        return outcome.flaw
    }
}

// MARK: - Findings

extension LeakJudge {
    private mutating func finding(
        _ complaint: JudgingTerms.Complaint,
        _ frame: DecodedFrame,
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts
    ) -> LeakFinding {
        seen.findings += 1
        let application = Application.decode(frame, bytes)
        let isDNS = if case .dns(_, .dns) = application { true } else { false }
        return LeakFinding(
            kind: complaint.kind,
            complaint.flaw ?? Flaw(LeakCheck(unallowed: frame), "no rule of the policy allows it"),
            rule: complaint.rule,
            summary: frame.summary(with: application),
            flow: Flow(of: frame),
            isDNS: isDNS,
            facts,
            bytes,
            state.phase
        )
    }

    private mutating func undecodable(
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts,
        _ error: FrameDecodingError
    ) -> LeakFinding {
        func address(_ offset: Int) -> FlowParty {
            guard facts.link.isEthernet else { return .hardware(.zero) }
            let part = bytes.copy(min(offset, bytes.count)..<min(offset + 6, bytes.count))
            return .hardware(MACAddress(rawValue: part.reduce(0) { $0 << 8 | UInt64($1) }))
        }
        let flow = Flow(protocol: .undecodable, source: address(6), destination: address(0))
        records.record(flow, length: facts.originalLength)
        seen.findings += 1
        let isWhole = facts.originalLength == bytes.count
        let inside = error.inside.first.map { " in \($0)" } ?? ""
        return LeakFinding(
            kind: isWhole ? .undecodable : .cutOff,
            Flaw(isWhole ? .undecodable : .cutOff, error.summary.trimmingFullStop),
            rule: nil,
            summary: "undecodable \(error.header.rawValue)\(inside)",
            flow: flow,
            isDNS: false,
            facts,
            bytes,
            state.phase
        )
    }

    private mutating func finding(_ unmet: OwnerRequirements.Unmet) -> LeakFinding {
        seen.findings += 1
        return LeakFinding(
            kind: .runRule,
            unmet.flaw,
            rule: terms.policy.allowances[unmet.allowance].purpose,
            summary: unmet.flow.description,
            flow: unmet.flow,
            isDNS: false,
            unmet.first,
            [UInt8]().span,
            unmet.phase
        )
    }
}

extension LeakFinding {
    fileprivate init(
        kind: Kind,
        _ flaw: Flaw,
        rule: String?,
        summary: String,
        flow: Flow,
        isDNS: Bool,
        _ facts: FrameFacts,
        _ bytes: Span<UInt8>,
        _ phase: Phase?
    ) {
        self.init(
            kind: kind,
            check: flaw.check,
            rule: rule,
            reason: flaw.reason,
            summary: summary,
            flow: flow,
            isDNS: isDNS,
            frameNumber: facts.number,
            timestamp: facts.timestamp,
            length: facts.originalLength,
            hex: hexadecimalText(of: bytes.copy(0..<min(96, bytes.count))),
            phase: phase
        )
    }
}

extension String {
    fileprivate var trimmingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
