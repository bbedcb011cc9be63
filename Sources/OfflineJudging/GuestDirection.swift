import CaptureFiles
package import PacketDecoding

/// How it is told which frames the guest sent.
///
/// The file's own word counts first: the flags of pcapng, or the header that Linux writes in place of a link's own.
/// Addresses are asked only where the file says nothing, and only those that the caller named: a frame can claim any.
package struct GuestDirection: Hashable, Sendable {
    /// On which side of the guest's cable the capture listened.
    package enum Side: String, Hashable, Sendable, CaseIterable {
        /// At the host's end, as Assay does: what comes in was sent by the guest.
        case host
        case guest
    }

    private let side: Side?
    private let stations: Set<MACAddress>
    private let hosts: Set<IPAddress>

    /// Creates the rule from what the caller knows.
    ///
    /// Unless a side is given, Ethernet was captured at the host's end of the cable, and every other link by the guest
    /// itself, since no cable has such.
    package init(
        capturedAt side: Side? = nil,
        guestAddresses stations: Set<MACAddress> = [],
        guestHosts hosts: Set<IPAddress> = []
    ) {
        (self.side, self.stations, self.hosts) = (side, stations, hosts)
    }

    enum Answer: Hashable {
        case known(FrameDirection)
        /// It went between others than the guest.
        case betweenOthers
        case unknown
    }

    func answer(_ record: CaptureRecord, _ bytes: Span<UInt8>) -> Answer {
        let side = side ?? (record.link.isEthernet ? .host : .guest)
        if let direction = record.direction {
            return .known((direction == .inbound) == (side == .host) ? .fromGuest : .toGuest)
        }
        switch FrameEnds(of: bytes, as: record.link) {
        case .stations(let source, let destination):
            return answer(from: source, to: destination, isForAll: destination.isMulticast, guest: stations)
        case .hosts(let source, let destination):
            // Nobody has yet to be given an address on a link of two ends but the guest.
            if source == .v4(.unspecified) || source == .v6(.unspecified) { return .known(.fromGuest) }
            return answer(from: source, to: destination, isForAll: destination.isGroup, guest: hosts)
        case .cooked(.fromHost): return .known(side == .guest ? .fromGuest : .toGuest)
        case .cooked(.toHost), .cooked(.broadcast), .cooked(.multicast):
            return .known(side == .guest ? .toGuest : .fromGuest)
        // The host hears the guest speak to another station, the guest hears nobody of its own.
        case .cooked(.betweenOthers): return side == .guest ? .betweenOthers : .known(.fromGuest)
        // Nobody but a guest would send what has not even a sender, and it is a leak then.
        case nil: return .known(.fromGuest)
        }
    }

    private func answer<Address>(
        from source: Address,
        to destination: Address,
        isForAll: Bool,
        guest: Set<Address>
    ) -> Answer {
        if guest.isEmpty { return .unknown }
        if guest.contains(source) { return .known(.fromGuest) }
        return isForAll || guest.contains(destination) ? .known(.toGuest) : .betweenOthers
    }
}

extension IPAddress {
    /// Whether all hosts of a link or a group of them listen to it.
    fileprivate var isGroup: Bool {
        switch self {
        case .v4(let address): address.isMulticast || address == .broadcast
        case .v6(let address): address.isMulticast
        }
    }
}
