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

    /// Creates the facts of one frame.
    package init(number: Int, timestamp: UInt64, direction: FrameDirection, originalLength: Int) {
        (self.number, self.timestamp) = (number, timestamp)
        (self.direction, self.originalLength) = (direction, originalLength)
    }
}

/// Judges the frames of one guest, one by one, without any input or output of its own.
///
/// Its memory is bounded by the flows that it follows, whose number is bounded too; what it could not follow is a doubt
/// in the report, with which no run is clean.
package struct LeakJudge: Sendable {
    private let policy: LeakPolicy
    private let guest: GuestFacts
    private let identity: IdentitySearch?
    private var state = GuestState()
    private var streams: StreamFollower
    private var run: RunRules
    private var records = FlowRecords()
    private var seen: TrafficReport
    /// How the streams of each allowance have to begin; `nil` where there are none.
    private let openings: [EndpointRule.Opening?]
    private let hasOwner: [Bool]
    /// The rules about TCP and the places of their allowances, which most frames need not look further than.
    private let segmentRules: [(index: Int, rule: EndpointRule)]

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
        self.policy = policy.policy
        self.guest = guest
        let addresses = self.policy.realHardwareAddresses == .forbidden ? guest.hardwareAddresses : []
        let secrets = self.policy.plantedSecrets == .forbidden ? guest.secrets : []
        identity =
            addresses.isEmpty && secrets.isEmpty ? nil : IdentitySearch(addresses: addresses, secrets: secrets)
        streams = StreamFollower(search: identity)
        run = RunRules(self.policy)
        openings = self.policy.allowances.map { allowance in
            if case .endpoints(let rule) = allowance.rule, rule.transport == .tcp { rule.opensWith } else { nil }
        }
        hasOwner = self.policy.allowances.map { $0.owner != nil }
        segmentRules = self.policy.allowances.enumerated().compactMap { index, allowance in
            if case .endpoints(let rule) = allowance.rule, rule.transport == .tcp { (index, rule) } else { nil }
        }
        seen = TrafficReport(purposes: self.policy.allowances.map(\.purpose))
    }

    // MARK: - What the harness tells

    /// Says what the guest is doing from now on.
    package mutating func enter(_ phase: Phase) {
        state.phase = phase
        run.enter(phase)
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
        if policy.dependsOnPhases, state.phase == nil, seen.framesFromGuest > 0 {
            seen.doubt("The policy depends on phases, and nobody said which phases the guest was in.")
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
        return judge(frame.bytes.span, facts)
    }

    /// Returns what is wrong with a frame, or `nil` when the policy allows it or it came to the guest.
    package mutating func judge(_ bytes: Span<UInt8>, _ facts: FrameFacts) -> LeakFinding? {
        // Not by “==”, which goes the long way round by the cases' texts.
        switch facts.direction {
        case .fromGuest: break
        case .toGuest:
            seen.framesToGuest += 1
            state.receive(bytes, gateway: guest.gateway)
            return nil
        }
        seen.framesFromGuest += 1
        let decoded: DecodedFrame
        do {
            decoded = try decode(bytes)
        } catch {
            return undecodable(bytes, facts, error)
        }
        // Nearly every frame is a segment of IPv4: what is inside is taken out once, for it is large.
        if case .ipv4(let packet) = decoded.content, case .tcp(let segment) = packet.transport,
            case .ethernet(let ethernet) = decoded.link
        {
            let key = FlowKey(packet, segment)
            let place =
                records.count(key, length: facts.originalLength)
                ?? records.record(decoded, key, length: facts.originalLength)
            if let finding = flawOfBytes(decoded, from: ethernet.source, bytes, facts) { return finding }
            switch verdict(on: segment, packet, in: decoded, ethernet) {
            case .allowed(let index):
                let flaw = flawOfStream(segment, place, bytes, allowedBy: index)
                return conclude(flaw, decoded, from: ethernet.source, place, bytes, facts, allowedBy: index)
            case let other: return finding(other, decoded, bytes, facts)
            }
        }
        let place = records.record(decoded, FlowKey(decoded), length: facts.originalLength)
        let source = decoded.ethernet?.source
        if let finding = flawOfBytes(decoded, from: source, bytes, facts) { return finding }
        switch verdict(on: decoded, bytes) {
        case .allowed(let index):
            var flaw: Flaw?
            if case .tcp(let segment) = decoded.transport {
                flaw = flawOfStream(segment, place, bytes, allowedBy: index)
            }
            return conclude(flaw, decoded, from: source, place, bytes, facts, allowedBy: index)
        case let other: return finding(other, decoded, bytes, facts)
        }
    }

    /// What is wrong with a frame whatever the policy says of its protocol.
    private mutating func flawOfBytes(
        _ frame: DecodedFrame,
        from source: MACAddress?,
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts
    ) -> LeakFinding? {
        if facts.originalLength != bytes.count {
            let flaw = Flaw(.cutOff, "the capture holds only \(bytes.count) of its \(facts.originalLength) bytes")
            return finding(.cutOff, flaw, rule: nil, frame, bytes, facts)
        }
        guard let identity, let flaw = identity.flaw(of: source, bytes) else { return nil }
        return finding(.init(flaw.check), flaw, rule: nil, frame, bytes, facts)
    }

    /// Counts a frame that an allowance covers, unless it is wrong as a part of its stream or of the run.
    private mutating func conclude(
        _ flawOfStream: Flaw?,
        _ frame: DecodedFrame,
        from source: MACAddress?,
        _ place: Int?,
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts,
        allowedBy index: Int
    ) -> LeakFinding? {
        let flaw =
            flawOfStream
            ?? run.flaw(of: frame, from: source, at: place, allowedBy: index, facts, in: state.phase)
        if let flaw {
            return finding(.init(flaw.check), flaw, rule: policy.allowances[index].purpose, frame, bytes, facts)
        }
        if hasOwner[index] { run.requireOwner(allowedBy: index, of: Flow(of: frame), facts, in: state.phase) }
        seen.allowances[index].add(facts.originalLength)
        return nil
    }

    private mutating func finding(
        _ verdict: Verdict,
        _ frame: DecodedFrame,
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts
    ) -> LeakFinding? {
        switch verdict {
        case .allowed: return nil
        case .broken(let index, let flaw):
            return finding(.init(flaw.check), flaw, rule: policy.allowances[index].purpose, frame, bytes, facts)
        case .notAllowed:
            let flaw = Flaw(LeakCheck(unallowed: frame), "no rule of the policy allows it")
            return finding(.notAllowed, flaw, rule: nil, frame, bytes, facts)
        }
    }

    // MARK: - Rules

    private enum Verdict {
        case allowed(Int)
        case broken(Int, Flaw)
        case notAllowed
    }

    private mutating func verdict(on frame: DecodedFrame, _ bytes: Span<UInt8>) -> Verdict {
        var firstBroken: Verdict?
        let flawOfScope = flawOfScope(frame)
        let protocols = ProtocolSet(frame)
        for index in policy.allowances.indices
        where !policy.allowances[index].protocols.isDisjoint(with: protocols) {
            switch policy.allowances[index].rule.verdict(on: frame, bytes, guest: guest, state: &state) {
            case .allowed:
                guard let flaw = flawOfScope ?? run.flawOfPhase(index, in: state.phase) else { return .allowed(index) }
                firstBroken = firstBroken ?? .broken(index, flaw)
            case .broken(let flaw): firstBroken = firstBroken ?? .broken(index, flaw)
            case .unconcerned: continue
            }
        }
        return firstBroken ?? .notAllowed
    }

    /// The same for a segment of IPv4, without a look at rules that can't be about it.
    private func verdict(on segment: TCP, _ packet: IPv4, in frame: DecodedFrame, _ ethernet: Ethernet) -> Verdict {
        var firstBroken: Verdict?
        for (index, rule) in segmentRules {
            switch rule.verdict(on: segment, packet, in: frame, ethernet, guest: guest) {
            case .allowed:
                guard let flaw = run.flawOfPhase(index, in: state.phase) else { return .allowed(index) }
                firstBroken = firstBroken ?? .broken(index, flaw)
            case .broken(let flaw): firstBroken = firstBroken ?? .broken(index, flaw)
            case .unconcerned: continue
            }
        }
        return firstBroken ?? .notAllowed
    }

    /// What the policy's line about IPv6 says of a frame, whatever else allows it.
    private func flawOfScope(_ frame: DecodedFrame) -> Flaw? {
        guard case .ipv6(let packet) = frame.content, policy.ipv6 != .allowed else { return nil }
        if policy.ipv6 == .none { return Flaw(.ipv6Scope, "the policy allows no IPv6") }
        func isOfLink(_ address: IPv6Address) -> Bool {
            address.isLinkLocal || address == .unspecified || address.high >> 48 == 0xff02
        }
        let isInside = isOfLink(packet.source) && isOfLink(packet.destination)
        return isInside ? nil : Flaw(.ipv6Scope, "the policy allows IPv6 on the link only")
    }

    private mutating func flawOfStream(
        _ segment: TCP,
        _ place: Int?,
        _ bytes: Span<UInt8>,
        allowedBy index: Int
    ) -> Flaw? {
        guard let opening = openings[index] else { return nil }
        let outcome = streams.add(segment, bytes, at: place, opensWith: opening)
        if let doubt = outcome.doubt { seen.doubt("Not all streams could be read: \(doubt).") }
        return outcome.flaw
    }
}

// MARK: - Findings

extension LeakJudge {
    private mutating func finding(
        _ kind: LeakFinding.Kind,
        _ flaw: Flaw,
        rule: String?,
        _ frame: DecodedFrame,
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts
    ) -> LeakFinding {
        seen.findings += 1
        let application = Application.decode(frame, bytes)
        let isDNS = if case .dns(_, .dns) = application { true } else { false }
        return LeakFinding(
            kind: kind,
            flaw,
            rule: rule,
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
            rule: policy.allowances[unmet.allowance].purpose,
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
