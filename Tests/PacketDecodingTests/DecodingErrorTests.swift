import FrameBuilding
import PacketDecoding
import Testing

private let frames = FrameBuilder()
private let other = IPv4Address(rawValue: 0x0808_0808)

@Suite("Frames that can't be decoded")
struct DecodingErrorTests {
    private func error(_ bytes: [UInt8]) -> FrameDecodingError? {
        do {
            _ = try decode(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("an error says what was required, what was there, in which header, at which byte, and in what")
    func text() {
        let error = error(frames.ipv4(6, to: other, [0, 80, 0, 80]))
        #expect(
            error?.description == """
                The TCP header at byte 34 needs 20 bytes, but there are 4.
                  in IPv4 10.2.1.100 → 8.8.8.8
                """
        )
        #expect(error?.blame == .systemUnderTest)
    }

    @Test("each header's impossible fields are refused")
    func impossible() {
        let ping = frames.ping(other)
        let datagram = frames.udp(to: Endpoint(address: .v4(other), port: 9), [1, 2, 3, 4])
        let segment = frames.tcp(to: Endpoint(address: .v4(other), port: 9), options: [2, 4, 1, 1])
        func changed(_ bytes: [UInt8], _ offset: Int, _ value: UInt8) -> [UInt8] {
            var copy = bytes
            copy[offset] = value
            return copy
        }
        let cases: [(Header, [UInt8])] = [
            (.ethernet, []),
            (.ethernet, frames.ethernet(0x05f0, [1, 2, 3])),
            (.vlan, frames.ethernet(0x8100, [0, 5, 8])),
            (.vlan, frames.ethernet(0x8100, Array(repeating: [0, 1, 0x81, 0], count: 6).flatMap { $0 })),
            (.llc, frames.ethernet(10, [0x42, 0x42, 3])),
            (.arp, frames.ethernet(0x0806, Array(repeating: 0, count: 28))),
            (.arp, frames.arp(3, target: other)),
            (.arp, frames.arp(1, target: other, type: 0x8035)),
            (.ipv4, changed(ping, 14, 0x65)),
            (.ipv4, changed(ping, 14, 0x44)),
            (.ipv4, changed(ping, 17, 10)),
            (.ipv4, changed(ping, 17, 200)),
            (.udp, changed(datagram, 39, 9)),
            (.udp, changed(datagram, 39, 200)),
            (.tcp, changed(segment, 46, 0x40)),
            (.tcp, changed(segment, 46, 0xf0)),
            (.tcp, changed(segment, 55, 1)),
            (.tcp, changed(segment, 55, 3)),
            (.icmp, frames.ipv4(1, to: other, [8, 0])),
            (.igmp, frames.ipv4(2, to: other, [0x22, 0, 0, 0, 0, 0, 0, 5])),
            (.ipv6Extension, frames.ipv6(0, to: .unspecified, [58, 9, 0, 0, 0, 0, 0, 0])),
            (.icmpv6, frames.icmpv6(135, to: .unspecified, [0, 0, 0, 0])),
            (.icmpv6, frames.icmpv6(133, to: .unspecified, [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])),
            (.icmpv6, frames.icmpv6(143, to: .unspecified, [0, 0, 0, 9])),
        ]
        for (header, bytes) in cases { #expect(error(bytes)?.header == header) }
    }
}
