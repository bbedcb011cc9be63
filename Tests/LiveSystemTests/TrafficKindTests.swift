import LiveSystem
import Testing

@Suite("Kinds of traffic")
struct TrafficKindTests {
    private static func line(_ destination: String, _ rest: String) -> String {
        "[   41.270393] assay-drop: IN= OUT=enp1s0 SRC=10.2.1.100 DST=\(destination) \(rest)"
    }

    private static let tcp =
        "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=5191 DF PROTO=TCP SPT=44962 DPT=80 WINDOW=64240 RES=0x00 SYN URGP=0"
    private static let udp = "LEN=33 TOS=0x00 PREC=0x00 TTL=64 ID=5191 DF PROTO=UDP SPT=44962 DPT=53 LEN=13"
    private static let icmp = "LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=ICMP TYPE=8 CODE=0 ID=7 SEQ=1"
    private static let icmpv6 = "LEN=104 TC=0 HOPLIMIT=64 FLOWLBL=7 PROTO=ICMPv6 TYPE=128 CODE=0 ID=7 SEQ=1"
    /// What the kernel says of an ICMP error: the packet that it is about stands in brackets.
    private static let unreachable =
        "LEN=88 TTL=64 ID=1 PROTO=ICMP TYPE=3 CODE=3 [SRC=10.2.1.1 DST=203.0.113.80 LEN=60 TTL=64 PROTO=TCP SPT=1 DPT=80 ]"
    private static let longAddress = "2001:0db8:0080:0000:0000:0000:0000:0080"

    @Test(
        "the kernel's line of a dropped packet is recognised",
        arguments: [
            (TrafficKind.tcp, "203.0.113.80:80", line("203.0.113.80", tcp)),
            (.udp, "203.0.113.53:53", line("203.0.113.53", udp)),
            (.udpDNS, "203.0.113.53:53", line("203.0.113.53", udp)),
            (.tcpDNS, "203.0.113.80:80", line("203.0.113.80", tcp)),
            (.icmp, "203.0.113.80", line("203.0.113.80", icmp)),
            (.ipv6, "2001:db8:80::80", line(longAddress, icmpv6)),
        ]
    )
    func fires(_ kind: TrafficKind, _ destination: String, _ line: String) throws {
        #expect(kind.isDrop(line, to: try Destination(destination, for: kind)))
    }

    @Test(
        "a line of another packet is not taken for it",
        arguments: [
            (TrafficKind.tcp, "203.0.113.8:80", line("203.0.113.80", tcp)),
            (.tcp, "203.0.113.80:8", line("203.0.113.80", tcp)),
            (.tcp, "203.0.113.80:53", line("203.0.113.80", udp)),
            (.tcp, "203.0.113.80:80", line("10.2.1.1", unreachable)),
            (.udp, "203.0.113.53:54", line("203.0.113.53", udp)),
            (.udp, "203.0.113.53:53", line("203.0.113.53", icmp)),
            (.icmp, "203.0.113.81", line("203.0.113.80", icmp)),
            (.icmp, "203.0.113.80", line("203.0.113.80", icmpv6)),
            (.icmp, "203.0.113.80", line("203.0.113.80", tcp)),
            (.ipv6, "2001:db8:80::80", line("203.0.113.80", icmp)),
            // What a guest that has IPv6 sends unasked.
            (.ipv6, "2001:db8:80::80", line("ff02:0000:0000:0000:0000:0001:ff00:0080", icmpv6)),
            (.ipv6, "2001:db8:80::80", line("ff02:0000:0000:0000:0000:0000:0000:0002", icmpv6)),
            (.tcp, "203.0.113.80:80", "PROTO=TCP DPT=80"),
            (.tcp, "203.0.113.80:80", ""),
        ]
    )
    func nearMiss(_ kind: TrafficKind, _ destination: String, _ line: String) throws {
        #expect(!kind.isDrop(line, to: try Destination(destination, for: kind)))
    }

    @Test("a destination is an address that was parsed, never text", arguments: TrafficKind.allCases)
    func refusesText(_ kind: TrafficKind) {
        let bad = [
            "", ":80", "web.test:80", "203.0.113.80:80; reboot", "$(reboot):80", "203.0.113.80:0", "203.0.113.80:+80",
            "203.0.113.80:99999", "203.0.113.080:80", "'203.0.113.80':80", "203.0.113.80:80\n", "-c:1", "::1%eth0",
            "203.0.113.80 :80", "fe80::1; reboot",
        ]
        for text in bad {
            #expect(throws: DestinationError.self, "\(text)") { try Destination(text, for: kind) }
        }
    }

    @Test("each kind takes the destination that it needs, and no other")
    func needs() throws {
        let texts = ["203.0.113.80", "203.0.113.80:80", "2001:db8::1"]
        for kind in TrafficKind.allCases {
            let taken = texts.filter { (try? Destination($0, for: kind)) != nil }
            switch kind {
            case .tcp, .plainTCP, .udp, .tcpDNS, .udpDNS, .ntp: #expect(taken == ["203.0.113.80:80"])
            case .icmp: #expect(taken == ["203.0.113.80"])
            case .ipv6: #expect(taken == ["2001:db8::1"])
            }
        }
        #expect(try Destination("2001:DB8:0::1", for: .ipv6).description == "2001:db8::1")
    }

    @Test("a command holds nothing that a shell could take for more", arguments: TrafficKind.allCases)
    func command(_ kind: TrafficKind) throws {
        let text =
            switch kind {
            case .icmp: "203.0.113.80"
            case .ipv6: "2001:db8::1"
            default: "203.0.113.80:80"
            }
        let command = kind.command(to: try Destination(text, for: kind))
        #expect(command.contains(kind == .icmp || kind == .ipv6 ? " \(text)" : "/203.0.113.80/80 "))
        #expect(command.count { $0 == "'" } == (command.hasPrefix("ping") ? 0 : 2))
        for character in "$`\\\"\n" { #expect(!command.contains(character)) }
    }
}
