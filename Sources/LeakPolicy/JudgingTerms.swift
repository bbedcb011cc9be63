import PacketDecoding

/// What a judge goes by, and what does not change while it does: the policy, the guest, and what follows from them.
///
/// An object of its own, so that asking it copies nothing.
final class JudgingTerms: Sendable {
    /// What the policy says of one frame.
    enum Verdict {
        case allowed(Int)
        case broken(Int, Flaw)
        case notAllowed
    }

    /// What is wrong with a frame, before it is made a finding.
    struct Complaint {
        let kind: LeakFinding.Kind
        /// `nil` when no rule allows the frame.
        let flaw: Flaw?
        var rule: String?
    }

    let policy: LeakPolicy
    let guest: GuestFacts
    let identity: IdentitySearch?
    /// How the streams of each allowance have to begin; `nil` where there are none.
    let openings: [EndpointRule.Opening?]
    /// In which phases connections of each allowance may be opened; `nil` where that is not said.
    let openingPhases: [Set<Phase>?]
    /// Whether each allowance wants to know who in the guest sends the traffic.
    let hasOwner: [Bool]
    /// The rules about TCP and the places of their allowances, which most frames need not look further than.
    ///
    /// The policy holds them, so that they are asked without a count of who does: two for each frame would cost as much as
    /// the answer.
    private let segmentRules: [(index: Int, rule: Unmanaged<EndpointRule>)]
    /// The phases of each allowance as bits; all of them where it names none.
    private let phases: [UInt8]

    init(_ policy: LeakPolicy, _ guest: GuestFacts) {
        (self.policy, self.guest) = (policy, guest)
        let addresses = policy.realHardwareAddresses == .forbidden ? guest.hardwareAddresses : []
        let secrets = policy.plantedSecrets == .forbidden ? guest.secrets : []
        identity =
            addresses.isEmpty && secrets.isEmpty ? nil : IdentitySearch(addresses: addresses, secrets: secrets)
        segmentRules = policy.allowances.enumerated().compactMap { index, allowance in
            if case .endpoints(let rule) = allowance.rule, rule.transport == .tcp {
                (index, .passUnretained(rule))
            } else {
                nil
            }
        }
        var openings = [EndpointRule.Opening?](repeating: nil, count: policy.allowances.count)
        for (index, rule) in segmentRules { openings[index] = rule.takeUnretainedValue().opensWith }
        self.openings = openings
        openingPhases = policy.allowances.map { if case .endpoints(let rule) = $0.rule { rule.opensIn } else { nil } }
        hasOwner = policy.allowances.map { $0.owner != nil }
        phases = policy.allowances.map { $0.phases?.reduce(0) { $0 | $1.bit } ?? .max }
    }

    // MARK: - Rules

    func verdict(on frame: DecodedFrame, _ bytes: Span<UInt8>, _ state: inout GuestState) -> Verdict {
        var firstBroken: Verdict?
        let flawOfScope = flawOfScope(frame)
        let protocols = ProtocolSet(frame)
        for index in policy.allowances.indices
        where !policy.allowances[index].protocols.isDisjoint(with: protocols) {
            switch policy.allowances[index].rule.verdict(on: frame, bytes, guest: guest, state: &state) {
            case .allowed:
                guard let flaw = flawOfScope ?? flawOfPhase(index, in: state.phase) else { return .allowed(index) }
                firstBroken = firstBroken ?? .broken(index, flaw)
            case .broken(let flaw): firstBroken = firstBroken ?? .broken(index, flaw)
            case .unconcerned: continue
            }
        }
        return firstBroken ?? .notAllowed
    }

    /// The same for a plain segment of IPv4, without a look at rules that can't be about it.
    func verdict(on frame: SegmentFrame, in phase: Phase?) -> Verdict {
        var firstBroken: Verdict?
        for place in segmentRules.indices {
            let index = segmentRules[place].index
            switch segmentRules[place].rule._withUnsafeGuaranteedRef({ $0.verdict(on: frame, guest: guest) }) {
            case .allowed:
                guard let flaw = flawOfPhase(index, in: phase) else { return .allowed(index) }
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

    /// What is wrong with the time at which an allowance is used.
    private func flawOfPhase(_ index: Int, in phase: Phase?) -> Flaw? {
        if phases[index] == .max || phase.map({ phases[index] & $0.bit != 0 }) == true { return nil }
        guard let phase else { return Self.unknownPhase }
        let words = words(Phase.allCases.filter { phases[index] & $0.bit != 0 })
        return Flaw(.phase, "it is allowed in \(words), and this is \(phase.rawValue)")
    }

    /// What is wrong with a connection that was not opened in the phases in which it may be.
    func flawOfOpening(_ phases: Set<Phase>, in phase: Phase?) -> Flaw {
        guard let phase else { return Self.unknownPhase }
        let words = words(Phase.allCases.filter(phases.contains))
        return Flaw(.phase, "its connection may be opened in \(words), and was not; this is \(phase.rawValue)")
    }

    private static let unknownPhase = Flaw(
        .unknownPhase,
        "it is allowed in some phases only, and nobody said which one this is"
    )

    private func words(_ phases: [Phase]) -> String {
        phases.map(\.rawValue).joined(separator: ", ")
    }

    // MARK: - Complaints

    /// What is wrong with a frame whatever the policy says of its protocol.
    func complaintOfBytes(
        from source: MACAddress?,
        _ bytes: Span<UInt8>,
        _ facts: FrameFacts
    ) -> Complaint? {
        if facts.originalLength != bytes.count {
            let reason = "the capture holds only \(bytes.count) of its \(facts.originalLength) bytes"
            return Complaint(kind: .cutOff, flaw: Flaw(.cutOff, reason))
        }
        guard let identity, let flaw = identity.flaw(of: source, bytes) else { return nil }
        return Complaint(kind: .init(flaw.check), flaw: flaw)
    }

    func complaint(of verdict: Verdict) -> Complaint? {
        switch verdict {
        case .allowed: nil
        case .broken(let index, let flaw):
            Complaint(kind: .init(flaw.check), flaw: flaw, rule: policy.allowances[index].purpose)
        case .notAllowed: Complaint(kind: .notAllowed, flaw: nil)
        }
    }
}
