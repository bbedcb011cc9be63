import CaptureFiles
package import PacketDecoding

/// How it is told which frames the guest sent.
///
/// The file's own word counts first. Addresses are asked only where the file says nothing, and only those that the
/// caller named: a frame can claim any source.
package struct GuestDirection: Hashable, Sendable {
    /// On which side of the guest's cable the capture listened.
    package enum Side: String, Hashable, Sendable, CaseIterable {
        /// At the host's end, as Assay does: what comes in was sent by the guest.
        case host
        case guest
    }

    private let side: Side
    private let addresses: Set<MACAddress>

    /// Creates the rule from what the caller knows.
    package init(capturedAt side: Side = .host, guestAddresses: Set<MACAddress> = []) {
        (self.side, addresses) = (side, guestAddresses)
    }

    enum Answer: Hashable {
        case known(FrameDirection)
        /// It went between stations of which none is the guest's.
        case betweenOthers
        case unknown
    }

    func answer(_ record: CaptureRecord, _ bytes: Span<UInt8>) -> Answer {
        if let direction = record.direction {
            return .known((direction == .inbound) == (side == .host) ? .fromGuest : .toGuest)
        }
        guard !addresses.isEmpty else { return .unknown }
        // Too short for a source: nobody but a guest would send it, and it is a leak then.
        guard bytes.count >= 12 else { return .known(.fromGuest) }
        if addresses.contains(bytes.mac(6)) { return .known(.fromGuest) }
        let destination = bytes.mac(0)
        return destination.isMulticast || addresses.contains(destination) ? .known(.toGuest) : .betweenOthers
    }
}
