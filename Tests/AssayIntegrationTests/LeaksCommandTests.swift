import Foundation
import FrameBuilding
import PacketDecoding
import Testing

@Suite("Judging captures on the command line")
struct LeaksCommandTests {
    private static let guest = FrameBuilder()
    private static let relay = Endpoint(address: .v4(IPv4Address(rawValue: 0xc633_6407)), port: 9001)
    private static let ping = guest.ping(IPv4Address(rawValue: 0x0a02_0101))

    /// A capture of libpcap's classic format.
    private func capture(on link: LinkType = .ethernet, _ frames: [UInt8]...) -> Data {
        func little(_ number: UInt32) -> [UInt8] { bytes(number).reversed() }
        var file = little(0xa1b2_c3d4) + [2, 0, 4, 0] + little(0) + little(0) + little(262_144) + little(link.rawValue)
        for frame in frames.map({ FrameBuilder.captured($0, on: link) }) {
            file += little(1_700_000_000) + little(0) + little(UInt32(frame.count)) + little(UInt32(frame.count))
            file += frame
        }
        return Data(file)
    }

    /// Judges a capture that comes through a pipe.
    private func judge(_ file: Data, _ more: String = "") async throws -> TestSuite.Outcome {
        try await TestSuite.with(image: nil) { suite in
            try suite.write(file, to: "traffic.pcap")
            return try await suite.shell(
                """
                cat traffic.pcap | $ASSAY leaks - --policy features/systems/tor-only.policy.yaml \
                    --group tor-guards=198.51.100.0/24:9001 --group tor-authorities=203.0.113.9:9001 \
                    --subnet 10.2.1.0/24 --gateway 10.2.1.1 \
                    --phase connected \(more)
                """
            )
        }
    }

    @Test("a leak is told with its frame and its check, and is status 1")
    func leaked() async throws {
        let outcome = try await judge(
            capture(Self.guest.tcp(to: Self.relay), Self.ping),
            "--guest-mac 02:00:00:00:00:64"
        )
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("leak      frame 2: ICMP 10.2.1.100 → 10.2.1.1, echo request"))
        #expect(outcome.output.contains("(traffic.icmp)"))
    }

    @Test("a capture without canaries proves nothing, and is status 75")
    func inconclusive() async throws {
        let outcome = try await judge(capture(Self.guest.tcp(to: Self.relay)), "--guest-mac 02:00:00:00:00:64")
        #expect(outcome.status == 75)
        #expect(outcome.output.contains("no canary"))
        #expect(try await judge(capture(), "--guest-mac 02:00:00:00:00:64").status == 75)
    }

    @Test("a capture that does not tell what the guest sent is refused, with the option that helps")
    func direction() async throws {
        let outcome = try await judge(capture(Self.ping))
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("--guest-mac"))
    }

    @Test("of links other than Ethernet the guest's leak is told too, once it is told who the guest is")
    func otherLinks() async throws {
        let raw = capture(on: .raw, Self.guest.tcp(to: Self.relay), Self.ping)
        let refused = try await judge(raw, "--guest-mac 02:00:00:00:00:64")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("--guest-ip"))
        let cooked = capture(on: .linuxCooked, Self.guest.tcp(to: Self.relay), Self.ping)
        for outcome in [try await judge(raw, "--guest-ip 10.2.1.100"), try await judge(cooked)] {
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("leak      frame 2: ICMP 10.2.1.100 → 10.2.1.1, echo request"))
        }
        let outcome = try await judge(cooked, "--captured-at host")
        #expect(outcome.status == 75)
        #expect(outcome.output.contains("no frame of the guest"))
    }

    @Test("what is no capture is refused")
    func noCapture() async throws {
        let outcome = try await judge(Data("no capture".utf8))
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("pcap or pcapng"))
    }

    @Test("a stream of any length is judged in the same memory")
    func memory() async throws {
        try await TestSuite.with(image: nil) { suite in
            let frame = Self.guest.tcp(
                to: Self.relay,
                flags: 0x18,
                acknowledgement: 1,
                Array(repeating: 7, count: 1_400)
            )
            let file = capture(frame)
            let frames = Data(Array(repeating: file.dropFirst(24), count: 1_000).joined())
            try suite.write(file.prefix(24), to: "header")
            try suite.write(frames, to: "frames")
            // A gigabyte and a half, with room for the tenth part of it.
            let outcome = try await suite.shell(
                """
                ulimit -d 150000
                (cat header; for round in $(seq 1000); do cat frames; done) |
                $ASSAY leaks - --policy features/systems/tor-only.policy.yaml --guest-mac 02:00:00:00:00:64 \
                    --group tor-guards=198.51.100.0/24:9001 --group tor-authorities=203.0.113.9:9001 \
                    --subnet 10.2.1.0/24 --gateway 10.2.1.1
                """
            )
            #expect(outcome.output.contains("1000000 frames from the guest"), "\(outcome.text)")
        }
    }

    @Test("the self-test proves every check, and prints its matrix")
    func selfTest() async throws {
        try await TestSuite.with(image: nil) { suite in
            let outcome = try await suite.assay("leaks", "--self-test")
            #expect(outcome.status == 0, "\(outcome.text)")
            #expect(outcome.output.contains(" 0 failed, 0 checks untried"))
            let matrix = try await suite.assay("leaks", "--self-test", "--format", "markdown")
            #expect(matrix.output.contains("| check | must be reported | must stay quiet | proved |"))
            #expect(!matrix.output.contains("**"))
        }
    }
}
