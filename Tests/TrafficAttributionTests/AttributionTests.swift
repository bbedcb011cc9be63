import LeakPolicy
import PacketDecoding
import Testing
import TrafficAttribution

@Suite("Attribution")
struct AttributionTests {
    private static let commands = AttributionCommands(
        sockets: "list sockets",
        holders: "list holders",
        programs: "list programs",
        users: "list users",
        senders: "list senders"
    )

    /// What a guest lists, as ss, find, getent and nft of Debian 12 print it.
    private struct Listing {
        var sockets = """
            tcp   LISTEN   0      128            127.0.0.1:9050       0.0.0.0:*     uid:104 ino:700 sk:1 cgroup:/x <->
            tcp   ESTAB    0      0             10.2.1.100:41000 203.0.113.80:80    timer:(keepalive,9sec,0) uid:1000 ino:812 sk:2
            udp   ESTAB    0      0        10.2.1.100%eth0:68        10.2.1.1:67    uid:101 ino:813 sk:3
            udp   UNCONN   0      0                0.0.0.0:5353       0.0.0.0:*     ino:814 sk:4
            tcp   ESTAB    0      0 [::ffff:10.2.1.100]:41001 [::ffff:203.0.113.80]:80 uid:1001 ino:815 sk:5
            """
        var holders = "/proc/20/fd socket:[812]\n/proc/21/fd socket:[814]\n/proc/22/fd socket:[815]"
        var programs = "/proc/1 /usr/lib/init\n/proc/20 /usr/bin/curl\n/proc/21 /usr/bin/avahi\n/proc/22 /usr/bin/nc"
        var users = "root:x:0:0:root:/root:/bin/sh\nlive:x:1000:1000::/home/live:/bin/sh\nnetd:x:101:1::/:/bin/sh"
        var senders = #"{"nftables": []}"#

        func answer(mark: String = "mark") -> String {
            """
            \(mark) sockets
            \(sockets)

            \(mark) holders
            \(holders)

            \(mark) programs
            \(programs)

            \(mark) users
            \(users)

            \(mark) senders
            \(senders)

            \(mark) end

            """
        }

        func sender(_ flow: Flow) throws -> Sender {
            let question = AttributionQuestion(AttributionTests.commands, mark: "mark")
            return try #require(question.tables(answer())).sender(of: flow)
        }
    }

    private func flow(_ type: FlowProtocol, _ source: String, _ destination: String) throws -> Flow {
        Flow(
            protocol: type,
            source: try #require(FlowParty(source)),
            destination: try #require(FlowParty(destination))
        )
    }

    private func table(_ name: String, _ elements: String...) -> String {
        let elements = elements.map { #"{"elem": {"val": {"concat": [\#($0)]}, "expires": 3599}}"# }
        let list = elements.joined(separator: ",")
        return #"{"nftables": [{"metainfo": {}}, {"set": {"name": "\#(name)", "elem": [\#(list)]}}]}"#
    }

    // MARK: - Open sockets

    @Test("an open socket tells user and program")
    func socket() throws {
        let sender = try Listing().sender(flow(.tcp, "10.2.1.100:41000", "203.0.113.80:80"))
        #expect(sender == Sender(user: "live", programs: ["/usr/bin/curl"]))
        #expect(sender.owner == TrafficOwner(user: "live", process: "/usr/bin/curl"))
        #expect(sender.description == "user live, program /usr/bin/curl")
    }

    @Test("a socket of IPv6 that speaks IPv4 is found, and a user without a name is his number")
    func mapped() throws {
        let sender = try Listing().sender(flow(.tcp, "10.2.1.100:41001", "203.0.113.80:80"))
        #expect(sender == Sender(user: "1001", programs: ["/usr/bin/nc"]))
    }

    @Test("a socket that is connected to nobody tells who sends from its port, and root's sockets name no user")
    func unconnected() throws {
        let sender = try Listing().sender(flow(.udp, "10.2.1.100:5353", "224.0.0.251:5353"))
        #expect(sender == Sender(user: "root", programs: ["/usr/bin/avahi"]))
    }

    @Test(
        "what differs in anything is not known",
        arguments: [
            ("tcp", "10.2.1.100:41000", "203.0.113.80:81"), ("tcp", "10.2.1.100:41002", "203.0.113.80:80"),
            ("tcp", "10.2.1.101:41000", "203.0.113.80:80"), ("udp", "10.2.1.100:41000", "203.0.113.80:80"),
            // A socket that listens sends nothing, one that is connected sends to nobody else.
            ("tcp", "127.0.0.1:9050", "203.0.113.80:80"), ("udp", "10.2.1.100:68", "10.2.1.2:67"),
            ("icmp", "10.2.1.100", "203.0.113.80"), ("arp", "02:00:00:00:00:64", "ff:ff:ff:ff:ff:ff"),
        ]
    )
    func nearMiss(_ type: String, _ source: String, _ destination: String) throws {
        let sender = try Listing().sender(flow(try #require(FlowProtocol(type)), source, destination))
        #expect(sender.user == nil)
        #expect(sender.programs.isEmpty)
        #expect(sender.owner == TrafficOwner())
        #expect(sender.description.hasPrefix("user unknown, program unknown (no open socket belongs to it"))
    }

    @Test("a socket that several programs inherited is laid at none's door alone")
    func inherited() throws {
        var listing = Listing()
        listing.holders += "\n/proc/21/fd socket:[812]"
        let sender = try listing.sender(flow(.tcp, "10.2.1.100:41000", "203.0.113.80:80"))
        #expect(sender.programs == ["/usr/bin/avahi", "/usr/bin/curl"])
        #expect(sender.owner == TrafficOwner(user: "live"))
    }

    @Test("two users on one port are nobody")
    func shared() throws {
        var listing = Listing()
        listing.sockets += "\nudp UNCONN 0 0 10.2.1.100:5353 0.0.0.0:* uid:1000 ino:816"
        let sender = try listing.sender(flow(.udp, "10.2.1.100:5353", "224.0.0.251:5353"))
        #expect(sender == Sender(gaps: ["several users sent what looks the same"]))
    }

    // MARK: - The witness

    @Test(
        "the witness knows who sent through a socket that is closed",
        arguments: [
            ("tcp4", #""10.2.1.100", 50000, "203.0.113.80", 80, 1000"#, "tcp", "10.2.1.100:50000", "203.0.113.80:80"),
            ("udp4", #""10.2.1.100", 50000, "203.0.113.53", 53, 1000"#, "udp", "10.2.1.100:50000", "203.0.113.53:53"),
            ("tcp6", #""2001:db8::1", 5, "2001:db8::2", 80, 1000"#, "tcp", "[2001:db8::1]:5", "[2001:db8::2]:80"),
            ("other4", #""icmp", "10.2.1.100", "203.0.113.80", 1000"#, "icmp", "10.2.1.100", "203.0.113.80"),
            ("other6", #""ipv6-icmp", "2001:db8::1", "2001:db8::2", 1000"#, "icmpv6", "2001:db8::1", "2001:db8::2"),
            ("other4", #"132, "10.2.1.100", "203.0.113.80", 1000"#, "ip-132", "10.2.1.100", "203.0.113.80"),
        ]
    )
    func witness(_ set: String, _ element: String, _ type: String, _ source: String, _ destination: String) throws {
        var listing = Listing()
        listing.senders = table(set, element)
        let sender = try listing.sender(flow(try #require(FlowProtocol(type)), source, destination))
        #expect(sender == Sender(user: "live", gaps: ["no process has its socket open any more"]))
    }

    @Test("a socket that another user has by now tells no program")
    func passedOn() throws {
        var listing = Listing()
        listing.senders = table("tcp4", #""10.2.1.100", 41000, "203.0.113.80", 80, 0"#)
        let sender = try listing.sender(flow(.tcp, "10.2.1.100:41000", "203.0.113.80:80"))
        #expect(sender == Sender(user: "root", gaps: ["no process has its socket open any more"]))
    }

    @Test("a flow that two users sent one after the other belongs to neither, but to whoever has it open")
    func usedTwice() throws {
        var listing = Listing()
        let ends = #""10.2.1.100", 50000, "203.0.113.80", 80"#
        listing.senders = table("tcp4", "\(ends), 0", "\(ends), 1000")
        let ended = try listing.sender(flow(.tcp, "10.2.1.100:50000", "203.0.113.80:80"))
        #expect(ended.user == nil)
        listing.sockets += "\ntcp ESTAB 0 0 10.2.1.100:50000 203.0.113.80:80 uid:1000 ino:812"
        let open = try listing.sender(flow(.tcp, "10.2.1.100:50000", "203.0.113.80:80"))
        #expect(open.user == "live")
    }

    @Test(
        "a table that is not as it should be tells nothing",
        arguments: [
            "", "{}", "[]", #"{"nftables": [{"set": {"name": "tcp4", "elem": ["x"]}}]}"#,
            #"{"nftables": [{"set": {"name": "tcp4", "elem": [{"elem": {"val": {"concat": [1, 2]}}}]}}]}"#,
            #"{"nftables": [{"set": {"name": "tcp4", "elem": [{"elem": {"val": {"concat": ["10.2.1.100", 65536, "203.0.113.80", 80, 0]}}}]}}]}"#,
            #"{"nftables": [{"set": {"name": "tcp4", "elem": [{"elem": {"val": {"concat": ["10.2.1.100", 50000, "203.0.113.80", 80, -1]}}}]}}]}"#,
        ]
    )
    func brokenTable(_ json: String) throws {
        var listing = Listing()
        listing.senders = json
        #expect(try listing.sender(flow(.tcp, "10.2.1.100:50000", "203.0.113.80:80")).user == nil)
    }

    // MARK: - A guest that lies

    @Test("a program's path can't speak for another process, nor break the report")
    func hostilePaths() throws {
        let curl = try flow(.tcp, "10.2.1.100:41000", "203.0.113.80:80")
        for path in [
            // The path of a process that the attacker runs holds a line's end and a line about another process.
            "/tmp/a\n/proc/20 /usr/bin/tor", "/tmp/\u{1b}[31mred", "/tmp/\u{202e}rot", "relative",
        ] {
            var listing = Listing()
            listing.programs += path.hasPrefix("/tmp/a") ? "\n/proc/66 \(path)" : ""
            if !path.hasPrefix("/tmp/a") {
                listing.programs = "/proc/20 \(path)"
            }
            let sender = try listing.sender(curl)
            #expect(sender.user == "live")
            #expect(sender.programs.isEmpty, "\(path.debugDescription)")
            #expect(sender.owner.process == nil)
        }
    }

    @Test("users' names that could mislead are not taken")
    func hostileUsers() throws {
        var listing = Listing()
        listing.users = "root:x:1000:0::/:/bin/sh\nlive:x:1000:1000::/:/bin/sh\nx\u{1b}[0m:x:0:0::/:/bin/sh"
        let sender = try listing.sender(flow(.tcp, "10.2.1.100:41000", "203.0.113.80:80"))
        #expect(sender.user == "1000")
    }

    @Test("an answer that is not whole is none", arguments: ["mark end", "mark users", "mark sockets"])
    func partial(_ missing: String) {
        let question = AttributionQuestion(Self.commands, mark: "mark")
        #expect(question.tables(Listing().answer()) != nil)
        #expect(question.tables(Listing().answer().replacing(missing, with: "")) == nil)
        #expect(question.tables(Listing().answer(mark: "guess")) == nil)
        #expect(question.tables(Listing().answer() + "mark sockets\n") == nil)
        #expect(question.tables(String(repeating: "x", count: AttributionQuestion.longestAnswer + 1)) == nil)
    }

    @Test("a system without a witness is asked for the rest")
    func withoutWitness() throws {
        let commands = AttributionCommands(sockets: "s", holders: "h", programs: "p", users: "u", senders: nil)
        let question = AttributionQuestion(commands, mark: "m")
        #expect(question.script.split(separator: "\n").count { $0.hasPrefix("echo 'm ") } == 5)
        let answer = "m sockets\n\nm holders\n\nm programs\n\nm users\n\nm end\n"
        let sender = try #require(question.tables(answer)).sender(of: flow(.tcp, "10.2.1.100:1", "203.0.113.80:80"))
        #expect(sender == Sender(gaps: ["no open socket belongs to it"]))
    }
}
