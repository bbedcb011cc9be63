import LeakPolicy
import PacketDecoding
import StrictYAML
import Testing

@Suite("Policy files")
struct PolicyFileTests {
    private func error(_ text: String) -> YAMLError? {
        do {
            _ = try LeakPolicy(yaml: text, file: "p.yaml")
            return nil
        } catch {
            return error
        }
    }

    @Test("a policy is read, and keeps its text for reports")
    func reading() throws {
        let policy = try LeakPolicy(yaml: Samples.policyText, file: "p.yaml")
        #expect(policy.name == "tor-only")
        #expect(policy.groups == ["tor-relays"])
        #expect(policy.allowances.map(\.purpose) == ["Tor relays", "DHCP", "ARP"])
        #expect(policy.text == Samples.policyText)
    }

    @Test("a group without endpoints is an error with the nearest name")
    func unresolved() throws {
        let policy = try LeakPolicy(yaml: Samples.policyText, file: "p.yaml")
        #expect(
            throws: LeakPolicyError.unresolvedGroup(
                "tor-relays",
                isEmpty: false,
                known: ["tor-relay"],
                policy: "tor-only"
            )
        ) { try policy.resolved(with: ["tor-relay": [Samples.relay]]) }
        #expect(throws: LeakPolicyError.self) { try policy.resolved(with: ["tor-relays": []]) }
        #expect(
            LeakPolicyError.unresolvedGroup("tor-relays", isEmpty: false, known: ["tor-relay"], policy: "tor-only")
                .description == """
                    The policy “tor-only” allows traffic to the group “tor-relays”, which nothing in this run provides.
                      groups: tor-relay
                    Hint: Write “tor-relay”.
                    """
        )
    }

    @Test(
        "each mistake in a policy is refused",
        arguments: [
            ("version: 1", "version: 2", "3"),
            ("ipv6: none", "ipv6: all", "none"),
            ("ipv6: none\n", "", "ipv6"),
            ("real-hardware-addresses: forbidden", "real-hardware-addresses: no", "forbidden or allowed"),
            ("purpose: ARP", "porpose: ARP", "purpose"),
            ("    tcp:", "    tpc:", "exactly one"),
            ("    arp:\n", "    udp: {to: [a]}\n    arp:\n", "2 of them"),
            ("to: [tor-relays]", "to: []", "at least one"),
            ("to: [tor-relays]", "to: [\"1.2.3.4\"]", "group or address:port"),
            ("to: [tor-relays]", "to: [\"1.2.3.4:99999\"]", "group or address:port"),
            ("[50, 54, 55, 57]", "[50, 12]", "hostnames"),
            ("[50, 54, 55, 57]", "[50, 256]", "1 to 254"),
            ("[discover,", "[offer,", "discover"),
            ("client-identifier: frame-source", "client-identifier: mac", "frame-source"),
            ("[request, reply]", "[request, answer]", "announcement"),
            ("purpose: ARP", "purpose: ARP\n    phases: [now]", "greeter"),
            ("purpose: ARP", "purpose: ARP\n    users: root", "user"),
            ("[request, reply]", "[request]\n      sender: mine", "leased"),
            ("[request, reply]", "[request]\n      before-lease: [all]", "probe"),
            ("to: [tor-relays]", "to: [tor-relays]\n      opens-with: ssh", "tls"),
            ("to: [tor-relays]", "to: [tor-relays]\n      direction: out", "outgoing"),
            ("to: [tor-relays]", "to: [tor-relays]\n      opens-in: [now]", "bootstrapping"),
            ("to: [tor-relays]", "to: [tor-relays]\n      own-ports: [0]", "1 to 65535"),
            ("to: [tor-relays]", "to: [tor-relays]\n      except: []", "at least one"),
            ("to: [tor-relays]", "to: [\"10.0.0.0/33:80\"]", "group or address:port"),
            ("to: [tor-relays]", "to: [tor-relays]\n      distinct-destinations: 0", "1 to"),
            ("allowed:\n", "limits: [{purpose: a, phases: [boot], bytes-per-minute: -1}]\nallowed:\n", "0 to"),
            ("allowed:\n", "limits: [{purpose: a, phases: [boot]}]\nallowed:\n", "bytes-per-minute"),
            ("allowed:\n", "first-frame: [icmp]\nallowed:\n", "neighbours"),
            ("allowed:\n", "most-hardware-addresses: 0\nallowed:\n", "1 to"),
            ("allowed:\n", "planted-secrets: some\nallowed:\n", "forbidden"),
            ("    arp:\n      operations: [request, reply]", "    link: {protocols: [stp]}", "spanning-tree"),
            ("    arp:\n      operations: [request, reply]", "    multicast: {protocols: [upnp]}", "ssdp"),
            ("    arp:\n      operations: [request, reply]", "    neighbours: {messages: []}", "ipv6: none"),
        ]
    )
    func mistakes(_ right: String, _ wrong: String, _ word: String) {
        let text = Samples.policyText.replacing(right, with: wrong, maxReplacements: 1)
        #expect(text != Samples.policyText)
        #expect(error(text) != nil)
        #expect(word == "3" || error(text)?.description.contains(word) == true, "\(error(text)?.description ?? "")")
    }
}
