import SimulatedInternet
import Testing

@Suite("Visits at services")
struct ServiceVisitTests {
    @Test(
        "the log of each service tells who came",
        arguments: [
            (InternetPart.git, "[117] Connection from 198.51.100.61:40312", "198.51.100.61", "git"),
            (
                .ssh,
                "[234] Nov 25 11:21:10 Pubkey auth succeeded for 'git' with ssh-ed25519 key SHA256:x from 198.51.100.62:5",
                "198.51.100.62", "ssh"
            ),
            (.mail, "INFO:mail.log:Peer: ('198.51.100.61', 37998)", "198.51.100.61", "SMTP"),
            (
                .mail,
                "Nov 25 11:23:57 imap-login: Info: Login: user=<amnesia>, method=PLAIN, rip=198.51.100.61, lip=203.0.113.25, mpid=35, TLS",
                "198.51.100.61", "IMAP"
            ),
            (
                .updates,
                #"{"time":1795605837.5,"client":"198.51.100.61","method":"GET","path":"/a","host":"updates.test","agent":"","status":200}"#,
                "198.51.100.61", "GET /a"
            ),
        ]
    )
    func visit(_ part: InternetPart, _ line: String, _ client: String, _ what: String) {
        #expect(ServiceLogLine(line, of: part) == .visit(client: client, what: what))
    }

    @Test(
        "what looks like a visit and is none that can be read is told, since the list would prove nothing",
        arguments: [
            (InternetPart.git, "[117] Connection from nowhere"),
            (.ssh, "[2] Nov 25 11:21:10 Pubkey auth succeeded for 'git' with ssh-ed25519 key SHA256:x from here"),
            (.mail, "INFO:mail.log:Peer: ('somebody', 1)"),
            // A client that puts another's address into its name.
            (.mail, "imap-login: Info: Login: user=<x>, rip=198.51.100.61, y>, method=PLAIN, rip=10.2.1.100, lip=1"),
            (.updates, #"{"time":1795605837.5,"client":"me"}"#),
        ]
    )
    func unreadable(_ part: InternetPart, _ line: String) {
        #expect(ServiceLogLine(line, of: part) == .unreadable)
    }

    @Test(
        "other lines say nothing of visitors",
        arguments: [
            (InternetPart.git, "[117] Request upload-pack for '/example.git'"), (.git, "[x] Connection from 1.2.3.4:5"),
            (.ssh, "[117] Nov 25 11:21:10 Child connection from 198.51.100.61:40312"),
            (.mail, "INFO:mail.log:('198.51.100.61', 1) >> b'Peer: 1'"), (.updates, "[notice] using epoll"),
        ]
    )
    func other(_ part: InternetPart, _ line: String) {
        #expect(ServiceLogLine(line, of: part) == .other)
    }

    @Test("listening sockets are read as the kernel writes them, and no others")
    func listening() {
        let text = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 167100CB:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
               1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
               2: nonsense:0016 00000000:0000 0A
            """
        #expect(ListeningSockets.endpoints(text) == [ServiceEndpoint(address: "203.0.113.22", port: 22)])
    }
}

@Suite("State of the internet")
struct InternetStateTests {
    @Test("a new network has what its configuration names, and nothing else")
    func atFirst() {
        #expect(InternetState().parts.isEmpty)
        let with = InternetState(
            InternetConfiguration(leasesIPv6: true, sinkhole: SinkholeLimits(), parts: [.git])
        )
        #expect(with.parts == [.git, .sinkhole] && with.leasesIPv6 && !with.portalIsPassed)
    }

    @Test("each part has an address of its own")
    func addresses() {
        let all = InternetPart.allCases.flatMap(\.endpoints)
        #expect(Set(all).count == all.count)
        #expect(Set(InternetPart.allCases.compactMap { $0.endpoints.first?.address }).count == 6)
    }

    @Test(
        "the name of a part can't be given away, nor can a folder change nginx's configuration",
        arguments: [
            InternetConfiguration(names: ["Git.test": ["192.0.2.1"]]), InternetConfiguration(updates: "relative"),
            InternetConfiguration(updates: "/a/$host"), InternetConfiguration(updates: "/a\n"),
        ]
    )
    func refused(_ configuration: InternetConfiguration) {
        #expect(throws: SimulatedInternetError.self) { try configuration.validate() }
    }
}
