package import PacketDecoding

// What stations of a link tell each other, and frames in frames.
extension FrameBuilder {
    package func lldp(systemName: String) -> [UInt8] {
        func element(_ type: UInt16, _ value: [UInt8]) -> [UInt8] { bytes(type << 9 | UInt16(value.count)) + value }
        let message =
            element(1, [4] + source.bytes) + element(2, [3] + source.bytes) + element(3, [0, 120])
            + element(5, Array(systemName.utf8)) + element(0, [])
        return ethernet(0x88cc, message, to: MACAddress(rawValue: 0x0180_c200_000e))
    }

    /// The answer to a request for the user's name.
    package func eapol(identity: String) -> [UInt8] {
        let length = UInt16(5 + identity.utf8.count)
        let eap = [2, 7] + bytes(length) + [1] + Array(identity.utf8)
        return ethernet(0x888e, [1, 0] + bytes(length) + eap, to: MACAddress(rawValue: 0x0180_c200_0003))
    }

    package func lacp() -> [UInt8] {
        let end: [UInt8] = bytes(UInt16(0x8000)) + source.bytes + Array(repeating: 0, count: 10)
        var message: [UInt8] = [1, 1, 1, 20] + end + [2, 20] + end
        message += [3, 16] + Array(repeating: 0, count: 14) + Array(repeating: 0, count: 52)
        return ethernet(0x8809, message, to: MACAddress(rawValue: 0x0180_c200_0002))
    }

    package func pause() -> [UInt8] {
        ethernet(0x8808, [0, 1, 0, 255], to: MACAddress(rawValue: 0x0180_c200_0001))
    }

    package func spanningTree() -> [UInt8] {
        let bridge = bytes(UInt16(0x8000)) + source.bytes
        let message: [UInt8] = [0, 0, 0, 0, 0] + bridge + [0, 0, 0, 0] + bridge + [0x80, 1, 0, 0, 20, 0, 2, 0, 15, 0]
        return llc([0x42, 0x42, 3] + message)
    }

    /// A frame of 802.3, which has a length instead of a type.
    package func llc(_ data: [UInt8]) -> [UInt8] {
        ethernet(UInt16(data.count), data, to: MACAddress(rawValue: 0x0180_c200_0000))
    }

    /// Puts a tag of 802.1Q between a frame's addresses and its type.
    package static func tagged(_ frame: [UInt8], _ identifier: UInt16, type: UInt16 = 0x8100) -> [UInt8] {
        frame[..<12] + bytes(type) + bytes(identifier) + frame[12...]
    }

    /// What is captured of an Ethernet frame on another link; of a link without an EtherType only packets can be.
    package static func captured(_ frame: [UInt8], on link: LinkType, direction: UInt16 = 4) -> [UInt8] {
        let (type, packet) = (Array(frame[12..<14]), Array(frame[14...]))
        let station = Array(frame[6..<12]) + [0, 0]
        let isIPv6 = type == [0x86, 0xdd]
        return switch link {
        case .ethernet: frame
        case .linuxCooked: bytes(direction) + [0, 1, 0, 6] + station + type + packet
        case .linuxCooked2: type + [0, 0, 0, 0, 0, 3, 0, 1, UInt8(direction), 6] + station + packet
        // As a machine with the other order of bytes than the network's writes it.
        case .null: [isIPv6 ? 30 : 2, 0, 0, 0] + packet
        case .loop: [0, 0, 0, isIPv6 ? 24 : 2] + packet
        default: packet
        }
    }

    /// Puts an Ethernet frame's packet into GRE.
    package func gre(_ frame: [UInt8], to destination: IPv4Address) -> [UInt8] {
        ipv4(47, to: destination, [0, 0] + Array(frame[12...]))
    }

    /// Puts an Ethernet frame's IPv4 packet into IPv4, or its IPv6 packet.
    package func inIP(_ frame: [UInt8], to destination: IPv4Address) -> [UInt8] {
        ipv4(frame[12] == 0x08 ? 4 : 41, to: destination, Array(frame[14...]))
    }

    /// A packet of SCTP with one chunk that opens a connection.
    package func sctp(to endpoint: Endpoint, from port: UInt16 = 40_000) -> [UInt8] {
        guard case .v4(let destination) = endpoint.address else { return [] }
        var packet = bytes(port) + bytes(endpoint.port) + [0, 0, 0, 0, 0, 0, 0, 0]
        packet += [1, 0, 0, 20, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]
        let sum = crc32c(packet)
        for (index, shift) in [0, 8, 16, 24].enumerated() {
            packet[8 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(shift))
        }
        return ipv4(132, to: destination, packet)
    }

    private func crc32c(_ data: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in data {
            for bit in 0..<8 {
                let isOdd = (sum ^ UInt32(byte >> UInt8(bit))) & 1 == 1
                sum = sum >> 1 ^ (isOdd ? 0x82f6_3b78 : 0)
            }
        }
        return ~sum
    }
}
