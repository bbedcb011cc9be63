import PacketDecoding

/// The rules that look at a run and not at a frame: when, how much, where to, who.
struct RunRules: Sendable {
    /// Frames in the order of time, of which those of the last minute count.
    private struct Volume {
        /// The phases that count, as bits.
        let phases: UInt8
        private let most: Int
        /// By the second, modulo a minute.
        private var bytes = [Int](repeating: 0, count: 60)
        private var latest: UInt64 = 0
        private(set) var sum = 0

        init(_ limit: LeakPolicy.Limit) {
            phases = limit.phases.reduce(0) { $0 | $1.bit }
            most = limit.bytesPerMinute
        }

        var isFull: Bool { sum > most }

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
    private var lastHardwareAddress = MACAddress.zero
    /// Whether the destination of a flow was counted, by the flow's place.
    private var isCounted: [Bool] = []

    init(_ policy: LeakPolicy) {
        self.policy = policy
        volumes = policy.limits.map { Volume($0) }
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

    /// What is wrong with a frame that an allowance covers, as one of all the guest has sent.
    mutating func flaw(
        of flow: @autoclosure () -> Flow,
        from source: MACAddress?,
        at place: Int?,
        allowedBy index: Int,
        _ facts: FrameFacts,
        in phase: Phase?
    ) -> Flaw? {
        let isFirst = awaitsFirstFrame
        awaitsFirstFrame = false
        if isFirst, let names = policy.firstFrame, !names.contains(namesOfRules[index]) {
            let names = names.sorted().joined(separator: ", ")
            return Flaw(.firstFrame, "the first frame of a boot has to be allowed by one of \(names)")
        }
        if let most = policy.mostHardwareAddresses, let source,
            source.rawValue != lastHardwareAddress.rawValue, !hardwareAddresses.contains(source)
        {
            guard hardwareAddresses.count < most else {
                return Flaw(.hardwareAddressCount, "the guest sends from more than \(most) hardware addresses")
            }
            hardwareAddresses.insert(source)
            lastHardwareAddress = source
        }
        return flawOfDestination(flow(), at: place, index) ?? flawOfVolume(facts, in: phase)
    }

    private mutating func flawOfDestination(
        _ flow: @autoclosure () -> Flow,
        at place: Int?,
        _ index: Int
    ) -> Flaw? {
        guard let most = mostDestinations[index] else { return nil }
        // All frames of a flow have one destination.
        if let place, place < isCounted.count, isCounted[place] { return nil }
        let destination = flow().destination
        guard destinations[index].contains(destination) || destinations[index].count < most else {
            return Flaw(.distinctDestinations, "the guest speaks to more than \(most) of the allowed endpoints")
        }
        destinations[index].insert(destination)
        if let place {
            while isCounted.count <= place { isCounted.append(false) }
            isCounted[place] = true
        }
        return nil
    }

    private mutating func flawOfVolume(_ facts: FrameFacts, in phase: Phase?) -> Flaw? {
        var flaw: Flaw?
        guard let phase else { return nil }
        for index in volumes.indices where volumes[index].phases & phase.bit != 0 {
            volumes[index].add(facts.originalLength, at: facts.timestamp / 1_000_000_000)
            guard volumes[index].isFull, flaw == nil else { continue }
            let limit = policy.limits[index]
            flaw = Flaw(
                .volume,
                "\(volumes[index].sum) bytes left within a minute of the phase \(phase.rawValue), and "
                    + "\(limit.bytesPerMinute) may: \(limit.purpose)"
            )
        }
        return flaw
    }

    // MARK: - Owners

    mutating func requireOwner(allowedBy index: Int, of flow: Flow, _ facts: FrameFacts, in phase: Phase?) {
        owners.require(flow, allowedBy: index, facts, in: phase)
    }

    mutating func prove(_ flow: Flow, _ owner: TrafficOwner) -> [OwnerRequirements.Unmet] { owners.prove(flow, owner) }
}

extension Phase {
    /// The phase's place in a set of them.
    var bit: UInt8 {
        switch self {
        case .off: 1
        case .boot: 2
        case .greeter: 4
        case .offline: 8
        case .bootstrapping: 16
        case .connected: 32
        case .shuttingDown: 64
        }
    }
}
