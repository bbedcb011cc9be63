import LeakPolicy
import PacketDecoding
import Testing

/// The network that the guests of these tests are in, and the policies that they are judged by.
enum TestNetwork {
    static var relay: Endpoint { get throws { try #require(Endpoint("192.0.2.7:9001")) } }

    static func guest(hardwareAddresses: Set<MACAddress> = []) throws -> GuestFacts {
        GuestFacts(
            hardwareAddresses: hardwareAddresses,
            subnet: try #require(IPv4Subnet("10.2.1.0/24")),
            gateway: try #require(IPv4Address("10.2.1.1"))
        )
    }

    /// A policy with the relay as the only one.
    static func policy(_ text: String) throws -> ResolvedLeakPolicy {
        try LeakPolicy(yaml: text, file: "test").resolved(with: ["tor-relays": [relay]])
    }
}
