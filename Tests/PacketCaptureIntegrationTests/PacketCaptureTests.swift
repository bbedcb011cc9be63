import Foundation
import PacketCapture
import Testing

@Suite(
    "Packet capture",
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled("sandboxes or tap interfaces are missing here") { await capturesWork() }
)
struct PacketCaptureTests {
    private func evidence(_ scenario: String) async throws -> CaptureEvidence {
        try await withCaptureFile { file in
            let report = try await probe(scenario, writingTo: file)
            #expect(report.error == nil)
            return try #require(report.evidence)
        }
    }

    @Test("what a guest sends is seen byte by byte, VLAN tags and link-local groups included, and so is what it gets")
    func frames() async throws {
        try await withCaptureFile { file in
            let report = try await probe("frames", writingTo: file)
            #expect(report.error == nil)
            let sent = report.sent
            try #require(sent.count == 6)
            let stations = "020000000001" + "020000000064"
            #expect(sent[0].hasPrefix(stations + "08004500"))
            #expect(sent[1].hasPrefix(stations + "81002005" + "08004500"))
            #expect(sent[2].hasPrefix(stations + "88a80007" + "81000008" + "08004500"))
            #expect(sent[3] == "0180c2000000" + "020000000064" + "0003424203")
            #expect(sent[4].hasPrefix("0180c200000e" + "020000000064" + "88cc"))
            #expect(sent[5].count == 2 * 1414)
            #expect(report.frames.allSatisfy { $0.hex.count == 2 * $0.originalLength })
            let received = report.frames.filter { $0.direction == "to-guest" }
            #expect(received.contains { $0.hex.contains("08060001080006040001") }, "no ARP request to the guest")
            let evidence = try #require(report.evidence)
            #expect(evidence.isConclusive, "\(evidence.reasons)")
            #expect(evidence.canariesSeen == 2)
            #expect(evidence.framesFromGuest == 6)
            #expect(evidence.framesCountedByInterface == 8)
            #expect(evidence.bytesFromGuestCountedByInterface == sent.reduce(0) { $0 + $1.count / 2 })
        }
    }

    @Test("other programs read the capture: frames, directions, comments and counters")
    func pcapng() async throws {
        try await withCaptureFile { file in
            let report = try await probe("frames", writingTo: file)
            let frames = report.frames.count + 2
            let info = try await output(of: "capinfos", "-M", file.string)
            #expect(info.contains("File type:           pcapng"))
            #expect(info.contains("Number of stat entries = 1"))
            #expect(info.contains("Number of packets:   \(frames)\n"), "\(info)")
            #expect(info.contains("Name = guest0"))
            #expect(info.contains("Time resolution = 0x09"))
            #expect(info.contains("Capture application: Assay"))
            let rows = try await output(
                of: "tshark",
                "-r",
                file.string,
                "-T",
                "fields",
                "-e",
                "frame.comment",
                "-e",
                "frame.packet_flags_direction",
                "-e",
                "_ws.col.Protocol"
            ).split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
            try #require(rows.count == frames)
            #expect(rows.first?[0] == "canary: the capture is alive")
            #expect(rows.last?[0].contains("canary") == true)
            let query = try #require(rows.first { $0[2] == "DNS" })
            #expect(query[0].contains("step: Given a guest"))
            #expect(query[1] == "0x00000001")
            #expect(rows.contains { $0[1] == "0x00000002" })
            #expect(rows.contains { $0[0].contains("step: Then nothing follows") })
            #expect(rows.first { $0[2] == "LLDP" }?[0] == "finding: LLDP")
        }
    }

    @Test("a flood is seen in full, or the loss is told")
    func flood() async throws {
        let evidence = try await evidence("flood")
        #expect(evidence.framesFromGuest + evidence.kernelDrops >= 50_000)
        #expect(evidence.isConclusive == (evidence.framesFromGuest == 50_000))
        #expect(evidence.framesCountedByInterface == 50_002)
    }

    @Test("a frame is handed over though none comes after it")
    func handedOver() async throws {
        let evidence = try await evidence("oneByOne")
        #expect(evidence.isConclusive, "\(evidence.reasons)")
        #expect(evidence.framesFromGuest == 200)
    }

    @Test("a guest that sends nothing is proven to have sent nothing")
    func silence() async throws {
        let evidence = try await evidence("silence")
        #expect(evidence.isConclusive)
        #expect(evidence.framesFromGuest == 0)
        #expect(evidence.canariesSeen == 2)
    }

    @Test(
        "a capture that can't have seen everything is inconclusive, and says why",
        arguments: [
            ("stays", "still plugged in"), ("interfaceDown", "went down"), ("interfaceGone", "vanished"),
            ("brokenOff", "broken off on purpose"),
        ]
    )
    func inconclusive(_ scenario: String, _ reason: String) async throws {
        let evidence = try await evidence(scenario)
        #expect(!evidence.isConclusive)
        #expect(evidence.reasons.contains { $0.contains(reason) }, "\(evidence.reasons)")
    }

    @Test("frames are counted by the interface also when the capture is dead")
    func deadCapture() async throws {
        let evidence = try await evidence("brokenOff")
        #expect(evidence.framesFromGuest < 2)
        #expect(evidence.reasons.contains { $0.contains("The interface counted 4 frames") }, "\(evidence.reasons)")
    }

    @Test("a full disk makes the capture inconclusive and leaves the watching on")
    func fullDisk() async throws {
        let report = try await probe("frames", writingTo: "/dev/full")
        #expect(report.error == nil)
        #expect(report.sent.count == 6)
        #expect(report.evidence?.isConclusive == false)
        #expect(report.evidence?.reasons.first?.contains("could not be written in full") == true)
    }

    @Test(
        "a capture that can't begin is an error of the host with a hint",
        arguments: [
            ("noInterface", "Hint: Make the tap interface guest9 before the capture begins."),
            ("taken", "still plugged in"),
            ("downAtStart", "Hint: Bring guest0 up before the capture begins."),
        ]
    )
    func refused(_ scenario: String, _ text: String) async throws {
        try await withCaptureFile { file in
            let report = try await probe(scenario, writingTo: file)
            #expect(report.evidence == nil)
            #expect(report.error?.contains(text) == true, "\(report.error ?? "")")
        }
    }
}
