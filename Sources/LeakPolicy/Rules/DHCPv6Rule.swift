import ApplicationDecoding
import PacketDecoding
import StrictYAML

/// Allows DHCP for IPv6 from a client to all servers of the link, by field.
struct DHCPv6Rule: Hashable, Sendable {
    enum Message: String, Hashable, Sendable, CaseIterable {
        case solicit, request, confirm, renew, rebind, release, decline
        case informationRequest = "information-request"

        var number: UInt8 {
            switch self {
            case .solicit: 1
            case .request: 3
            case .confirm: 4
            case .renew: 5
            case .rebind: 6
            case .release: 8
            case .decline: 9
            case .informationRequest: 11
            }
        }
    }

    /// What the client may call itself.
    enum Identifier: String, Hashable, Sendable, CaseIterable {
        /// The hardware address that the frame comes from, with a time or without.
        case frameSource = "frame-source"
        case uuid
        case enterprise
    }

    private let messages: Set<UInt8>
    private let options: Set<UInt16>
    private let identifiers: Set<Identifier>

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        let messages: Set<Message> = try mapping.cases("messages")
        self.messages = Set(messages.map(\.number))
        options = Set(try mapping.optionalNumbers("options", in: 1...65_535).map { UInt16($0) })
        identifiers = try mapping.cases("identifiers")
    }

    func verdict(on frame: DecodedFrame, _ bytes: Span<UInt8>, guest: GuestFacts) -> RuleVerdict {
        guard case .ipv6(let packet) = frame.content, case .udp(let datagram) = packet.transport,
            datagram.destinationPort == 547
        else { return .unconcerned }
        if let flaw = flawOfPacket(packet, in: frame) { return .broken(flaw) }
        if !datagram.checksum.isCorrect { return .broken(Flaw(.udpChecksum, "the UDP checksum is wrong")) }
        guard packet.source.isLinkLocal else {
            return .broken(Flaw(.sourceAddress, "the source \(packet.source) is not link-local"))
        }
        guard packet.destination == .allDHCPServers, datagram.sourcePort == 546 else {
            return .broken(Flaw(.dhcpv6Destination, "DHCPv6 goes from port 546 to ff02::1:2"))
        }
        switch Application.decode(frame, bytes) {
        case .dhcpv6(let message): return RuleVerdict(flaw(of: message, frame.link))
        case .malformed(let error): return .broken(Flaw(.dhcpv6Malformed, error.summary))
        default: return .broken(Flaw(.dhcpv6Malformed, "the datagram is no DHCPv6 message"))
        }
    }

    private func flaw(of message: DHCPv6, _ link: LinkHeader) -> Flaw? {
        guard messages.contains(message.type) else {
            return Flaw(.dhcpv6Message, "the message type \(message.type) is not allowed")
        }
        let codes = message.options.map(\.code)
        if let other = codes.first(where: { $0 != 1 && !options.contains($0) }) {
            return Flaw(.dhcpv6Option, "option \(other) is not allowed")
        }
        if Set(codes).count != codes.count { return Flaw(.dhcpv6Option, "an option is there twice") }
        let isAllowed =
            switch message.clientIdentifier {
            case .linkAddress(let address), .linkAddressAndTime(let address, _):
                identifiers.contains(.frameSource) && link.canBeFrom(address)
            case .uuid: identifiers.contains(.uuid)
            case .enterprise: identifiers.contains(.enterprise)
            case .other: false
            // Only a question for information may come from nobody.
            case nil: message[1] == nil && message.type == Message.informationRequest.number
            }
        return isAllowed ? nil : Flaw(.dhcpv6Identifier, "the client's identifier is not one of those allowed")
    }
}
