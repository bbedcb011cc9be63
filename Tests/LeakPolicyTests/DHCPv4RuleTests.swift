import FrameBuilding
import LeakPolicy
import PacketDecoding
import Testing

private let guest = Samples.guest

@Suite("Judging DHCP")
struct DHCPv4RuleTests {
    private func reason(_ message: [UInt8], by text: String = Samples.policyText) throws -> String? {
        try Samples.finding(guest.dhcp(message), by: text)?.reason
    }

    private func message(_ more: [(UInt8, [UInt8])] = []) -> [UInt8] {
        guest.dhcpMessage(options: guest.discover + more)
    }

    @Test("a plain client may look for an address, renew it and give it back")
    func plain() throws {
        #expect(try reason(message()) == nil)
        #expect(try reason(guest.dhcpMessage(options: guest.discover, trailer: [0, 0, 0])) == nil)
        let release = guest.dhcpMessage(
            options: [(53, [7]), (54, bytes(Samples.gateway.rawValue))],
            client: guest.address
        )
        let server = Endpoint(address: .v4(Samples.gateway), port: 67)
        #expect(try Samples.finding(guest.udp(to: server, from: 68, release)) == nil)
    }

    @Test(
        "an option that tells who asks is a leak",
        arguments: [UInt8(12), 60, 61, 77, 81, 82, 93, 97, 124, 125, 145, 224, 254]
    )
    func identifying(_ code: UInt8) throws {
        let found = try reason(message([(code, Array("amnesia".utf8))]))
        #expect(found == "option \(code) is \(code == 61 ? "there twice" : "not allowed")")
    }

    @Test("a host name, a vendor class or parameters may be allowed, but no others")
    func allowedNames() throws {
        let text = Samples.policyText.replacing(
            "client-identifier: frame-source",
            with: """
                client-identifier: frame-source
                      hostnames: [host]
                      vendor-classes: [anonymous]
                      parameter-requests: [1, 3, 6, 12, 15, 119]
                """
        )
        #expect(try reason(message([(12, Array("host".utf8))]), by: text) == nil)
        #expect(try reason(message([(60, Array("anonymous".utf8))]), by: text) == nil)
        #expect(try reason(message([(12, Array("amnesia".utf8))]), by: text)?.contains("host name") == true)
        #expect(try reason(message([(60, Array("MSFT".utf8))]), by: text)?.contains("vendor class") == true)
        let asking = guest.dhcpMessage(options: [(53, [1]), (55, [1, 252])])
        #expect(try reason(asking, by: text) == "parameter 252 is asked for")
    }

    @Test("each field that could carry something else is judged")
    func fields() throws {
        func changed(_ offset: Int, _ value: UInt8) -> [UInt8] {
            var copy = message()
            copy[offset] = value
            return copy
        }
        let cases: [([UInt8], String)] = [
            (changed(0, 2), "operation"), (changed(3, 1), "relay"), (changed(10, 1), "reserved flags"),
            (changed(12, 9), "client's address"), (changed(16, 9), "server's fields"), (changed(20, 9), "server's"),
            (changed(24, 9), "relay"), (changed(33, 9), "not the frame's source"), (changed(40, 9), "padding"),
            (changed(50, 9), "server name"), (changed(200, 9), "boot file"), (changed(236, 9), "magic cookie"),
            (guest.dhcpMessage(options: guest.discover, trailer: [1]), "behind the end"),
            (guest.dhcpMessage(options: [(53, [2])]), "offer"), (guest.dhcpMessage(options: []), "message type"),
            (message([(50, [1, 2, 3, 4, 5])]), "5 bytes instead of 4"),
            (guest.dhcpMessage(options: [(53, [1]), (61, [1, 1, 2, 3, 4, 5, 6])]), "client identifier"),
            (guest.dhcpMessage(options: [(53, [1]), (55, [1, 1])]), "asked for twice"),
        ]
        for (message, word) in cases {
            let found = try reason(message)
            #expect(found?.contains(word) == true, "\(word): \(found ?? "clean")")
        }
    }

    @Test("DHCP to others than the guest's server is a leak")
    func destinations() throws {
        let other = Endpoint(address: Samples.elsewhere.address, port: 67)
        #expect(
            try Samples.finding(guest.udp(to: other, from: 68, message()))?.reason.contains("neither broadcast") == true
        )
        let relay = Endpoint(address: .v4(Samples.gateway), port: 67)
        #expect(try Samples.finding(guest.udp(to: relay, from: 67, message()))?.reason.contains("port 68") == true)
        let secret = Array(repeating: UInt8(0x41), count: 1200)
        #expect(try reason(secret)?.contains("DHCPv4") == true)
    }
}

@Suite("Judging ARP")
struct ARPRuleTests {
    private func reason(_ bytes: [UInt8], by text: String = Samples.policyText) throws -> String? {
        try Samples.finding(bytes, by: text)?.reason
    }

    @Test("asking for the gateway and answering it is allowed")
    func plain() throws {
        #expect(try reason(guest.arp(target: Samples.gateway)) == nil)
        #expect(try reason(guest.arp(target: Samples.gateway, padding: Array(repeating: 0, count: 18))) == nil)
        let reply = guest.arp(
            2,
            target: Samples.gateway,
            targetHardware: guest.destination,
            to: guest.destination
        )
        #expect(try reason(reply) == nil)
    }

    @Test("each field that could carry something else is judged")
    func fields() throws {
        let far = IPv4Address(rawValue: 0x0808_0808)
        let hidden = Array(repeating: UInt8(0x41), count: 18)
        let cases: [([UInt8], String)] = [
            (guest.arp(target: far), "target 8.8.8.8"),
            (guest.arp(sender: far, target: Samples.gateway), "sender's address 8.8.8.8"),
            (guest.arp(senderHardware: .zero, target: Samples.gateway), "not the frame's source"),
            (guest.arp(target: Samples.gateway, padding: hidden), "padding"),
            (guest.arp(target: Samples.gateway, targetHardware: guest.destination), "hardware address for its target"),
            (guest.arp(2, target: Samples.gateway, targetHardware: guest.destination), "another station"),
            (guest.arp(sender: .unspecified, target: guest.address), "ARP probe is not allowed"),
            (guest.arp(target: guest.address), "ARP announcement is not allowed"),
        ]
        for (bytes, word) in cases {
            let found = try reason(bytes)
            #expect(found?.contains(word) == true, "\(word): \(found ?? "clean")")
        }
    }

    @Test("probes and announcements can be allowed")
    func probes() throws {
        let text = Samples.policyText.replacing("[request, reply]", with: "[probe, announcement]")
        #expect(try reason(guest.arp(sender: .unspecified, target: guest.address), by: text) == nil)
        #expect(try reason(guest.arp(target: guest.address), by: text) == nil)
        #expect(try reason(guest.arp(target: Samples.gateway), by: text) != nil)
    }
}
