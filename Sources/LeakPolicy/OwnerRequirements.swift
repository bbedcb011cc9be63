import PacketDecoding

/// The flows of which a policy wants to know who in the guest sends them.
///
/// The wire does not tell; whoever watches the guest from inside has to. What nobody proves is a finding.
struct OwnerRequirements: Sendable {
    /// A flow that was not shown to belong to the right owner.
    struct Unmet: Sendable {
        let flow: Flow
        let allowance: Int
        let first: FrameFacts
        let phase: Phase?
        let flaw: Flaw
    }

    private struct Requirement {
        let flow: Flow
        let allowance: Int
        let first: FrameFacts
        let phase: Phase?
        var isMet = false
    }

    private let wanted: [TrafficOwner?]
    private var requirements: [Requirement] = []
    private var indices: [Flow: Int] = [:]
    /// Whether there were more flows than are kept.
    private(set) var isFull = false

    private static let mostFlows = 4_096

    init(_ wanted: [TrafficOwner?]) {
        self.wanted = wanted
    }

    /// The number of flows, told or not.
    var count: Int { requirements.count }

    /// The flows that nobody told the owner of, with who has to be it.
    var open: [(flow: Flow, wanted: TrafficOwner)] {
        requirements.compactMap { requirement in
            requirement.isMet ? nil : wanted[requirement.allowance].map { (requirement.flow, $0) }
        }
    }

    mutating func require(_ flow: Flow, allowedBy index: Int, _ facts: FrameFacts, in phase: Phase?) {
        guard indices[flow] == nil else { return }
        guard requirements.count < Self.mostFlows else {
            isFull = true
            return
        }
        indices[flow] = requirements.count
        requirements.append(Requirement(flow: flow, allowance: index, first: facts, phase: phase))
    }

    /// Takes in who sends a flow, and returns it if the policy wants another.
    mutating func prove(_ flow: Flow, _ owner: TrafficOwner) -> [Unmet] {
        guard let index = indices[flow], let wanted = wanted[requirements[index].allowance] else { return [] }
        // Told once is enough: a wrong owner is a finding, and not told again at the end.
        requirements[index].isMet = true
        if wanted.covers(owner) { return [] }
        return [unmet(requirements[index], Flaw(.foreignOwner, "it is sent by \(owner), and only \(wanted) may"))]
    }

    /// The flows that nobody told the owner of.
    var unproven: [Unmet] {
        requirements.filter { !$0.isMet }.map { requirement in
            let wanted = wanted[requirement.allowance].map { "\($0)" } ?? "anyone"
            return unmet(requirement, Flaw(.unprovenOwner, "only \(wanted) may send it, and nobody proved who did"))
        }
    }

    private func unmet(_ requirement: Requirement, _ flaw: Flaw) -> Unmet {
        Unmet(
            flow: requirement.flow,
            allowance: requirement.allowance,
            first: requirement.first,
            phase: requirement.phase,
            flaw: flaw
        )
    }
}
