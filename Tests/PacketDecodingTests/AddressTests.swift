import PacketDecoding
import Testing

@Suite("Addresses")
struct AddressTests {
    @Test(
        "IPv6 addresses are written as RFC 5952 says",
        arguments: [
            ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("::", "::"), ("::1", "::1"), ("fe80::", "fe80::"), ("2001:DB8::A", "2001:db8::a"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ]
    )
    func canonicalIPv6(_ text: String, _ canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
    }

    @Test(
        "what is no IPv6 address is refused",
        arguments: [
            "", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "::12345", "fe80::1%eth0",
            "1:2:3:4:5:6:7::8",
            "::1/64", "1.2.3.4::", " ::1", "::g", "1:2:3:4:5:6:1.2.3", "1:",
        ]
    )
    func noIPv6(_ text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test(
        "what is no IPv4 address is refused, leading zeros included",
        arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", "1.2.3.4 ", "+1.2.3.4", "1.2.3.٤"]
    )
    func noIPv4(_ text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test("endpoints of both versions are read and written", arguments: ["10.2.1.100:9001", "[2001:db8::1]:53"])
    func endpoints(_ text: String) {
        #expect(Endpoint(text)?.description == text)
    }

    @Test(
        "what is no endpoint is refused",
        arguments: [
            "10.2.1.100", "10.2.1.100:", "10.2.1.100:65536", "10.2.1.100:080", "2001:db8::1:53", "[1.2.3.4]:5", "a:1",
        ]
    )
    func noEndpoint(_ text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test("hardware addresses are six pairs of digits")
    func hardware() {
        #expect(MACAddress("52:54:00:AB:cd:ef")?.description == "52:54:00:ab:cd:ef")
        for text in ["52:54:00:ab:cd", "5254:00:ab:cd:ef", "52-54-00-ab-cd-ef", "52:54:0:ab:cd:ef"] {
            #expect(MACAddress(text) == nil)
        }
        #expect(MACAddress("52:54:00:12:34:56")?.modifiedEUI64 == 0x5054_00ff_fe12_3456)
    }

    @Test("a subnet knows its hosts and takes no stray bits")
    func subnets() throws {
        let subnet = try #require(IPv4Subnet("10.2.1.0/24"))
        #expect(try subnet.contains(#require(IPv4Address("10.2.1.255"))))
        #expect(try !subnet.contains(#require(IPv4Address("10.2.2.0"))))
        #expect(subnet.broadcast.description == "10.2.1.255")
        #expect(IPv4Subnet("10.2.1.1/24") == nil)
        #expect(IPv4Subnet("10.2.1.0/33") == nil)
        #expect(try #require(IPv4Subnet("0.0.0.0/0")).contains(.broadcast))
    }
}
