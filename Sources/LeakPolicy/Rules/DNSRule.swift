import ApplicationDecoding
import PacketDecoding
import StrictYAML

/// Allows queries for names from a list, over UDP to resolvers.
struct DNSRule: Hashable, Sendable {
    private var to: DestinationList
    /// The only names, in lower case and without the root's dot; `nil` is any.
    private let names: Set<String>?

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        to = try DestinationList(mapping, "to")
        names =
            mapping.optionalValue("names") == nil ? nil : Set(try mapping.strings("names").map { $0.lowercased() })
    }

    var groups: Set<String> { to.groups }

    mutating func resolve(_ groups: [String: Destinations]) { to.resolve(groups) }

    func verdict(on frame: DecodedFrame, _ bytes: Span<UInt8>, guest: GuestFacts) -> RuleVerdict {
        guard case .ipv4(let packet) = frame.content, case .udp(let datagram) = packet.transport,
            to.contains(packet.destination, datagram.destinationPort)
        else { return .unconcerned }
        if let flaw = flawOfPacket(packet, in: frame) { return .broken(flaw) }
        if !datagram.checksum.isCorrect {
            return .broken(Flaw(.udpChecksum, "the UDP checksum is missing or wrong"))
        }
        guard guest.isHost(packet.source) else {
            return .broken(
                Flaw(.sourceAddress, "the source \(packet.source) is not in the guest's subnet \(guest.subnet)")
            )
        }
        if let station = frame.link.destination, station.isMulticast {
            return .broken(Flaw(.groupStation, "the frame goes to the group \(station)"))
        }
        switch Application.decode(frame, bytes) {
        case .dns(let message, _): return RuleVerdict(flaw(of: message))
        case .malformed(let error): return .broken(Flaw(.dnsMalformed, error.summary))
        default: return .broken(Flaw(.dnsMalformed, "the datagram is no DNS message"))
        }
    }

    private func flaw(of message: DNS) -> Flaw? {
        if message.isResponse || message.questions.count != 1 || !message.answers.isEmpty
            || !message.authorities.isEmpty || message.additional.count > 1 || !message.trailer.isEmpty
            || message.additional.count == 1 && message.extensions == nil
        {
            return Flaw(.dnsShape, "the message is more than one plain question")
        }
        guard let names, let name = message.questions.first?.name else { return nil }
        let plain = name.lowercased()
        guard !names.contains(plain.hasSuffix(".") ? String(plain.dropLast()) : plain) else { return nil }
        return Flaw(.dnsName, "the name “\(printable(name))” is not one of those allowed")
    }
}
