import PacketDecoding

/// Looks for the hardware addresses that a guest's cards came with.
///
/// Every byte of a frame is searched, for an address may stand in ARP, in a DHCP client identifier or in the
/// interface identifier of an IPv6 address. Of TCP over IPv4 only the link's header is, since its data is
/// encrypted where it is allowed, and a leak where it is not.
struct RealAddressSearch: Sendable {
    private struct Pattern {
        let address: MACAddress
        let bytes: [UInt8]
    }

    private let addresses: Set<MACAddress>
    private let patterns: [Pattern]

    init(_ addresses: Set<MACAddress>) {
        self.addresses = addresses
        patterns = addresses.sorted().flatMap { address in
            let identifier = address.modifiedEUI64
            let identifierBytes = (0..<8).map { UInt8(truncatingIfNeeded: identifier >> (56 - 8 * UInt64($0))) }
            return [
                Pattern(address: address, bytes: address.bytes), Pattern(address: address, bytes: identifierBytes),
            ]
        }
    }

    /// The first of the addresses that a frame shows.
    func first(in bytes: Span<UInt8>, _ frame: DecodedFrame) -> MACAddress? {
        if let source = frame.ethernet?.source, addresses.contains(source) { return source }
        if case .ipv4(let packet) = frame.content, case .tcp = packet.transport { return nil }
        return patterns.first { bytes.contains($0.bytes) }?.address
    }
}

extension Span<UInt8> {
    fileprivate func contains(_ pattern: [UInt8]) -> Bool {
        guard count >= pattern.count, let first = pattern.first else { return false }
        var start = 0
        while start <= count - pattern.count {
            if self[start] == first {
                var length = 1
                while length < pattern.count, self[start + length] == pattern[length] { length += 1 }
                if length == pattern.count { return true }
            }
            start += 1
        }
        return false
    }
}
