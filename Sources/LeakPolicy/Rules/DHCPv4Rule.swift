import ApplicationDecoding
import PacketDecoding
import StrictYAML

/// Allows DHCP from a client to the guest's own server, by field.
struct DHCPv4Rule: Hashable, Sendable {
    /// What the client may call itself in option 61.
    enum ClientIdentifier: String, Hashable, Sendable, CaseIterable {
        case absent
        /// The hardware address that the frame comes from, as RFC 2132, section 9.14, writes it.
        case frameSource = "frame-source"
        case any
    }

    private let messages: Set<DHCPv4.MessageType>
    private let options: Set<UInt8>
    private let clientIdentifier: ClientIdentifier
    private let hostnames: Set<String>
    private let vendorClasses: Set<String>
    /// What the client may ask for; `nil` when that is not judged.
    private let parameterRequests: Set<UInt8>?
    /// The one order in which it may ask, since the order tells systems apart; empty when it is not judged.
    private let parameterOrder: [UInt8]
    /// How long the client may say that it has been trying, in seconds.
    private let mostSeconds: Int
    /// How many bytes a message may have.
    private let mostBytes: Int

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        var messages: Set<DHCPv4.MessageType> = []
        let clientMessages: [String: DHCPv4.MessageType] = [
            "discover": .discover, "request": .request, "decline": .decline, "release": .release, "inform": .inform,
        ]
        let names = clientMessages.keys.sorted().joined(separator: ", ")
        for element in try mapping.list("messages") {
            messages.insert(try element.parsed(as: "one of \(names)") { clientMessages[$0] })
        }
        self.messages = messages
        let ownKeys: [UInt8: String] = [
            12: "the key hostnames", 53: "the key messages", 60: "the key vendor-classes",
            61: "the key client-identifier",
        ]
        var options = try Self.numbers(try mapping.value("options"))
        for element in try mapping.list("options") {
            if let key = ownKeys[UInt8(truncatingIfNeeded: try element.int())] {
                throw element.unexpected("\(key) for this option")
            }
        }
        options.insert(53)
        clientIdentifier = try mapping.parsed("client-identifier", as: "absent, frame-source or any") {
            ClientIdentifier(rawValue: $0)
        }
        if clientIdentifier != .absent { options.insert(61) }
        hostnames = mapping.optionalValue("hostnames") == nil ? [] : Set(try mapping.strings("hostnames"))
        if !hostnames.isEmpty { options.insert(12) }
        let classes = mapping.optionalValue("vendor-classes")
        vendorClasses = classes == nil ? [] : Set(try mapping.strings("vendor-classes"))
        if !vendorClasses.isEmpty { options.insert(60) }
        self.options = options
        parameterRequests =
            if let value = mapping.optionalValue("parameter-requests") { try Self.numbers(value) } else { nil }
        parameterOrder = try mapping.optionalNumbers("parameter-order", in: 1...254).map { UInt8($0) }
        mostSeconds = try mapping.optionalNumber("most-seconds", in: 0...65_535) ?? 65_535
        mostBytes = try mapping.optionalNumber("most-bytes", in: 244...1_472) ?? 1_472
    }

    private static func numbers(_ value: YAMLValue) throws(YAMLError) -> Set<UInt8> {
        var numbers: Set<UInt8> = []
        for element in try value.list() {
            guard let number = UInt8(exactly: try element.int()), (1...254).contains(number) else {
                throw element.unexpected("an option's number from 1 to 254")
            }
            numbers.insert(number)
        }
        return numbers
    }

    // MARK: - Judging

    func verdict(
        on frame: DecodedFrame,
        _ bytes: Span<UInt8>,
        guest: GuestFacts,
        state: inout GuestState
    ) -> RuleVerdict {
        guard case .ipv4(let packet) = frame.content, case .udp(let datagram) = packet.transport,
            datagram.destinationPort == 67 || datagram.sourcePort == 68
        else { return .unconcerned }
        guard datagram.destinationPort == 67, datagram.sourcePort == 68 else {
            return .broken(Flaw(.dhcpPorts, "DHCP goes from port 68 to port 67"))
        }
        switch Application.decode(frame, bytes) {
        case .dhcpv4(let message):
            let flaw =
                flawOfPacket(packet, in: frame) ?? flawOfAddresses(packet, datagram, frame.link, guest)
                ?? flawOfFields(message, frame.link, guest) ?? flawOfOptions(message, frame.link)
            if flaw == nil, message.messageType == .release { state.released() }
            return RuleVerdict(flaw)
        case .malformed(let error): return .broken(Flaw(.dhcpMalformed, error.summary))
        default: return .broken(Flaw(.dhcpMalformed, "the datagram is no DHCP message"))
        }
    }

    private func flawOfAddresses(
        _ packet: IPv4,
        _ datagram: UDP,
        _ link: LinkHeader,
        _ guest: GuestFacts
    ) -> Flaw? {
        if !datagram.checksum.isCorrect { return Flaw(.udpChecksum, "the UDP checksum is missing or wrong") }
        if packet.source != .unspecified, !guest.isHost(packet.source) {
            return Flaw(.sourceAddress, "the source \(packet.source) is not in the guest's subnet \(guest.subnet)")
        }
        if packet.destination != .broadcast, packet.destination != guest.gateway {
            return Flaw(
                .dhcpDestination,
                "the destination \(packet.destination) is neither broadcast nor the server \(guest.gateway)"
            )
        }
        if let station = link.destination, station.isMulticast, station != .broadcast {
            return Flaw(.groupStation, "the frame goes to the group \(station)")
        }
        if datagram.payload.count > mostBytes {
            return Flaw(.dhcpLength, "the message has \(datagram.payload.count) bytes, more than \(mostBytes)")
        }
        return nil
    }

    private func flawOfFields(_ message: DHCPv4, _ link: LinkHeader, _ guest: GuestFacts) -> Flaw? {
        if message.operation != 1 {
            return Flaw(.dhcpOperation, "a client's operation is 1, not \(message.operation)")
        }
        guard let type = message.messageType, messages.contains(type) else {
            let type = message.messageType.map { "\($0)" } ?? "is missing or"
            return Flaw(.dhcpMessage, "the message type \(type) is not allowed")
        }
        if let source = link.source, message.clientHardware != source {
            let reason = "the client \(message.clientHardware) is not the frame's source \(source)"
            return Flaw(.dhcpHardware, reason)
        }
        if message.hops != 0 || message.relayAddress != .unspecified {
            return Flaw(.dhcpRelay, "a relay's fields are set")
        }
        if message.yourAddress != .unspecified || message.serverAddress != .unspecified {
            return Flaw(.dhcpServerFields, "a server's fields are set")
        }
        if message.clientAddress != .unspecified, !guest.isHost(message.clientAddress) {
            return Flaw(
                .dhcpClientAddress,
                "the client's address \(message.clientAddress) is not in the guest's subnet \(guest.subnet)"
            )
        }
        if Int(message.seconds) > mostSeconds {
            return Flaw(.dhcpSeconds, "the client says that it has tried for \(message.seconds) seconds")
        }
        if message.flags & 0x7fff != 0 { return Flaw(.dhcpFlags, "reserved flags are set") }
        if !message.hardwarePaddingIsZero {
            return Flaw(.dhcpHardwarePadding, "the padding behind the hardware address is not zero")
        }
        if !message.nameFieldsAreZero {
            return Flaw(.dhcpNames, "the server name or boot file field is not empty")
        }
        if !message.trailerIsZero { return Flaw(.dhcpTrailer, "there are bytes behind the end of the options") }
        return nil
    }

    private func flawOfOptions(_ message: DHCPv4, _ link: LinkHeader) -> Flaw? {
        var seen: Set<UInt8> = []
        for option in message.options {
            guard options.contains(option.code) else {
                return Flaw(.dhcpOption, "option \(option.code) is not allowed")
            }
            guard seen.insert(option.code).inserted else {
                return Flaw(.dhcpRepeatedOption, "option \(option.code) is there twice")
            }
            if let flaw = flaw(of: option, link) { return flaw }
        }
        return nil
    }

    /// The lengths of options that hold nothing but one number or address; more would be a place to hide.
    private static let fixedLengths: [UInt8: Int] = [50: 4, 51: 4, 52: 1, 53: 1, 54: 4, 57: 2, 58: 4, 59: 4, 80: 0]

    private func flaw(of option: DHCPv4.Option, _ link: LinkHeader) -> Flaw? {
        if let length = Self.fixedLengths[option.code], option.data.count != length {
            let reason = "option \(option.code) has \(option.data.count) bytes instead of \(length)"
            return Flaw(.dhcpOptionLength, reason)
        }
        switch option.code {
        case 12 where !hostnames.contains(String(decoding: option.data, as: UTF8.self)):
            return Flaw(.dhcpHostname, "the host name is not one of those allowed")
        case 60 where !vendorClasses.contains(String(decoding: option.data, as: UTF8.self)):
            return Flaw(.dhcpVendorClass, "the vendor class is not one of those allowed")
        case 61 where clientIdentifier == .frameSource && !isSource(option.data, link):
            return Flaw(.dhcpClientIdentifier, "the client identifier is not the frame's source")
        case 55: return flawOfRequests(option.data)
        default: return nil
        }
    }

    /// Whether an identifier is that of a station of Ethernet that can have sent the frame.
    private func isSource(_ identifier: [UInt8], _ link: LinkHeader) -> Bool {
        guard identifier.count == 7, identifier[0] == 1 else { return false }
        return link.canBeFrom(MACAddress(rawValue: identifier[1...].reduce(0) { $0 << 8 | UInt64($1) }))
    }

    private func flawOfRequests(_ numbers: [UInt8]) -> Flaw? {
        if Set(numbers).count != numbers.count { return Flaw(.dhcpParameter, "a parameter is asked for twice") }
        if let allowed = parameterRequests, let other = numbers.first(where: { !allowed.contains($0) }) {
            return Flaw(.dhcpParameter, "parameter \(other) is asked for")
        }
        if !parameterOrder.isEmpty, numbers != parameterOrder {
            let list = numbers.map { "\($0)" }.joined(separator: " ")
            return Flaw(.dhcpParameterOrder, "the parameters asked for are \(list)")
        }
        return nil
    }
}
