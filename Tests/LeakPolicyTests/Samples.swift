import FrameBuilding
import LeakPolicy
import PacketDecoding
import StrictYAML
import Testing

/// The network that the tests' guests live in.
enum Samples {
    static let relay = Endpoint(address: .v4(IPv4Address(rawValue: 0xc000_0207)), port: 9001)
    static let elsewhere = Endpoint(address: .v4(IPv4Address(rawValue: 0xcb00_7135)), port: 53)
    static let gateway = IPv4Address(rawValue: 0x0a02_0101)
    static let realHardware = MACAddress(rawValue: 0x5254_0012_3456)
    static let guest = FrameBuilder()

    static let policyText = """
        version: 1
        name: tor-only
        ipv6: none
        real-hardware-addresses: forbidden
        allowed:
          - purpose: Tor relays
            tcp:
              to: [tor-relays]
          - purpose: DHCP
            dhcpv4:
              messages: [discover, request, decline, release]
              options: [50, 54, 55, 57]
              client-identifier: frame-source
          - purpose: ARP
            arp:
              operations: [request, reply]
        """

    static func judge(_ text: String = policyText) throws -> LeakJudge {
        let policy = try LeakPolicy(yaml: text, file: "test.policy.yaml")
        return LeakJudge(
            policy: try policy.resolved(with: ["tor-relays": [relay]]),
            guest: GuestFacts(
                hardwareAddresses: [realHardware],
                subnet: try #require(IPv4Subnet("10.2.1.0/24")),
                gateway: gateway
            )
        )
    }

    static func frame(_ bytes: [UInt8], direction: FrameDirection = .fromGuest) -> CapturedFrame {
        CapturedFrame(number: 1, timestamp: 1_700_000_000_000_000_000, direction: direction, bytes: bytes)
    }

    static func finding(_ bytes: [UInt8], by text: String = policyText) throws -> LeakFinding? {
        var judge = try judge(text)
        return judge.judge(frame(bytes))
    }
}
