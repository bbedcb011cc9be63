import PacketDecoding

/// The rules that look at a run and not at a frame: when, how much, where to, who.
struct RunRules: Sendable {
    /// Frames in the order of time, of which those of the last minute count.
    private struct Volume {
        /// By the second, modulo a minute.
        private var bytes = [Int](repeating: 0, count: 60)
        private var latest: UInt64 = 0
        private(set) var sum = 0

        mutating func add(_ length: Int, at second: UInt64) {
            if second > latest {
                for passed in 0..<min(60, second - latest) {
                    let index = Int((latest + 1 + passed) % 60)
                    sum -= bytes[index]
                    bytes[index] = 0
                }
                latest = second
            }
            bytes[Int(latest % 60)] += length
            sum += length
        }
    }

    private let policy: LeakPolicy
    private var volumes: [Volume]
    private var awaitsFirstFrame = true
    private var hardwareAddresses: Set<MACAddress> = []
    /// The endpoints that each allowance was used for, as far as it counts them.
    private var destinations: [Set<FlowParty>]
    private(set) var owners: OwnerRequirements
    private let mostDestinations: [Int?]
    private let namesOfRules: [String]

    init(_ policy: LeakPolicy) {
        self.policy = policy
        volumes = Array(repeating: Volume(), count: policy.limits.count)
        destinations = Array(repeating: [], count: policy.allowances.count)
        owners = OwnerRequirements(policy.allowances.map(\.owner))
        mostDestinations = policy.allowances.map { allowance in
            if case .endpoints(let rule) = allowance.rule { rule.distinctDestinations } else { nil }
        }
        namesOfRules = policy.allowances.map(\.rule.name)
    }

    /// Forgets what counts for one boot only.
    mutating func enter(_ phase: Phase) {
        if phase == .boot { awaitsFirstFrame = true }
    }

    /// What is wrong with the time at which an allowance is used.
    func flawOfPhase(_ index: Int, in phase: Phase?) -> Flaw? {
        guard let phases = policy.allowances[index].phases else { return nil }
        guard let phase else {
            return Flaw(.unknownPhase, "it is allowed in some phases only, and nobody said which one this is")
        }
        let words = phases.map(\.rawValue).sorted().joined(separator: ", ")
        return phases.contains(phase) ? nil : Flaw(.phase, "it is allowed in \(words), and this is \(phase.rawValue)")
    }

    /// What is wrong with a frame that an allowance covers, as one of all the guest has sent.
    mutating func flaw(of frame: DecodedFrame, allowedBy index: Int, _ facts: FrameFacts, in phase: Phase?) -> Flaw? {
        let isFirst = awaitsFirstFrame
        awaitsFirstFrame = false
        if isFirst, let names = policy.firstFrame, !names.contains(namesOfRules[index]) {
            let names = names.sorted().joined(separator: ", ")
            return Flaw(.firstFrame, "the first frame of a boot has to be allowed by one of \(names)")
        }
        if let most = policy.mostHardwareAddresses, let source = frame.ethernet?.source,
            !hardwareAddresses.contains(source)
        {
            guard hardwareAddresses.count < most else {
                return Flaw(.hardwareAddressCount, "the guest sends from more than \(most) hardware addresses")
            }
            hardwareAddresses.insert(source)
        }
        return flawOfDestination(frame, index) ?? flawOfVolume(facts, in: phase)
    }

    private mutating func flawOfDestination(_ frame: DecodedFrame, _ index: Int) -> Flaw? {
        guard let most = mostDestinations[index] else { return nil }
        let destination = Flow(of: frame).destination
        if destinations[index].contains(destination) { return nil }
        guard destinations[index].count < most else {
            return Flaw(.distinctDestinations, "the guest speaks to more than \(most) of the allowed endpoints")
        }
        destinations[index].insert(destination)
        return nil
    }

    private mutating func flawOfVolume(_ facts: FrameFacts, in phase: Phase?) -> Flaw? {
        var flaw: Flaw?
        for (index, limit) in policy.limits.enumerated() {
            guard let phase, limit.phases.contains(phase) else { continue }
            volumes[index].add(facts.originalLength, at: facts.timestamp / 1_000_000_000)
            guard volumes[index].sum > limit.bytesPerMinute, flaw == nil else { continue }
            flaw = Flaw(
                .volume,
                "\(volumes[index].sum) bytes left within a minute of the phase \(phase.rawValue), and "
                    + "\(limit.bytesPerMinute) may: \(limit.purpose)"
            )
        }
        return flaw
    }

    // MARK: - Owners

    mutating func requireOwner(allowedBy index: Int, of flow: Flow, _ facts: FrameFacts) {
        owners.require(flow, allowedBy: index, facts)
    }

    mutating func prove(_ flow: Flow, _ owner: TrafficOwner) -> [OwnerRequirements.Unmet] { owners.prove(flow, owner) }
}
