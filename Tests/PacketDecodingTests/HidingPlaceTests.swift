import FrameBuilding
import PacketDecoding
import Testing

private let frames = FrameBuilder()
private let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)

/// A rule can judge only what the decoder shows: each place where bytes could travel unseen has a field.
@Suite("Places to hide bytes in")
struct HidingPlaceTests {
    private func icmpv6(_ bytes: [UInt8]) throws -> ICMPv6.Message? {
        let frame = try decode(bytes)
        guard case .icmpv6(let message)? = frame.transport else { return nil }
        return message.message
    }

    private func listener(_ type: UInt8, _ body: [UInt8]) throws -> MulticastListener? {
        let message = try icmpv6(frames.icmpv6(type, to: group, body))
        guard case .multicastListener(let listener)? = message else { return nil }
        return listener
    }

    @Test("a listener's report shows its groups, sources and whatever else is in it")
    func listenerReports() throws {
        let address: [UInt8] = [0xff, 2] + Array(repeating: 0, count: 13) + [0xfb]
        let plain = try listener(143, [0, 0, 0, 1, 4, 0, 0, 0] + address)
        #expect(plain?.groups.count == 1 && plain?.unusedByteCount == 0)
        let sources = try listener(143, [0, 0, 0, 1, 4, 0, 0, 2] + address + address + address)
        #expect(sources?.sources.count == 2 && sources?.unusedByteCount == 0)
        #expect(try listener(143, [0, 0, 0, 1, 4, 1, 0, 0] + address + [1, 2, 3, 4])?.unusedByteCount == 4)
        #expect(try listener(143, [0, 0, 0, 1, 4, 0, 0, 0] + address + [9, 9, 9])?.unusedByteCount == 3)
        #expect(try listener(143, [7, 7, 0, 1, 4, 0, 0, 0] + address)?.unusedByteCount == 2)
        #expect(try listener(131, [0, 0, 0, 0] + address)?.unusedByteCount == 0)
        #expect(try listener(131, [0, 0, 5, 5] + address + [1])?.unusedByteCount == 5)
        #expect(try listener(130, [0, 9, 0, 0] + address + [2, 125, 0, 1] + address)?.sources.count == 1)
    }

    @Test("neighbour discovery shows its options, and bits that must be zero")
    func neighbours() throws {
        func discovery(_ type: UInt8, _ body: [UInt8]) throws -> NeighbourDiscovery? {
            let message = try icmpv6(frames.icmpv6(type, to: group, body))
            guard case .neighbourDiscovery(let discovery)? = message else { return nil }
            return discovery
        }
        let target = Array(repeating: UInt8(1), count: 16)
        let plain = try discovery(135, [0, 0, 0, 0] + target + [14, 1, 1, 2, 3, 4, 5, 6])
        #expect(plain?.reservedIsZero == true)
        #expect(plain?.options.map(\.type) == [14] && plain?.options.first?.data.count == 6)
        #expect(try discovery(135, [0, 0, 0, 1] + target)?.reservedIsZero == false)
        #expect(try discovery(133, [1, 0, 0, 0])?.reservedIsZero == false)
        #expect(try discovery(136, [0xe0, 0, 0, 0] + target)?.reservedIsZero == true)
        #expect(try discovery(136, [0x10, 0, 0, 0] + target)?.reservedIsZero == false)
    }

    @Test("IGMP shows its groups, sources and whatever else is in it")
    func igmp() throws {
        func message(_ bytes: [UInt8]) throws -> IGMP? {
            let frame = try decode(frames.ipv4(2, to: IPv4Address(rawValue: 0xe000_0016), bytes))
            guard case .igmp(let message)? = frame.transport else { return nil }
            return message
        }
        let record: [UInt8] = [4, 0, 0, 0, 224, 0, 0, 251]
        #expect(try message([0x22, 0, 0, 0, 0, 0, 0, 1] + record)?.unusedByteCount == 0)
        #expect(try message([0x22, 1, 0, 0, 0, 0, 0, 1] + record)?.unusedByteCount == 3)
        #expect(try message([0x22, 0, 0, 0, 0, 0, 0, 1] + record + [1, 2])?.unusedByteCount == 2)
        let auxiliary: [UInt8] = [4, 1, 0, 1, 224, 0, 0, 251, 10, 0, 0, 1, 9, 9, 9, 9]
        let filled = try message([0x22, 0, 0, 0, 0, 0, 0, 1] + auxiliary)
        #expect(filled?.unusedByteCount == 4 && filled?.sources.count == 1)
        #expect(try message([0x16, 0, 0, 0, 224, 0, 0, 251, 1])?.unusedByteCount == 1)
    }
}
