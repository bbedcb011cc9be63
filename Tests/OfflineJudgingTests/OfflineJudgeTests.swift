import CaptureFiles
import FrameBuilding
import LeakPolicy
import OfflineJudging
import PacketDecoding
import Testing

private typealias Build = CaptureBuilder
private let guest = CaptureBuilder.guest
private let allowed = CaptureBuilder.guest.tcp(to: CaptureBuilder.relay)
private let leak = CaptureBuilder.guest.ping(CaptureBuilder.gateway)

@Suite("Judging captures offline")
struct OfflineJudgeTests {
    @Test(
        "a whole capture of allowed frames between canaries is clean, whatever the chunks",
        arguments: [1, 61, 4_096]
    )
    func clean(_ chunk: Int) throws {
        let verdict = try Build.judge(
            Build.pcapng(.canary, .sent(allowed), .received(leak), .canary),
            chunk: chunk
        )
        #expect(verdict.verdict == .clean, "\(verdict.text)")
        #expect(verdict.canaries == 2)
        #expect(verdict.report.framesFromGuest == 1)
        #expect(verdict.report.framesToGuest == 1)
        #expect(verdict.report.unusedAllowances == ["Stations"])
    }

    @Test("a leak is told with its frame, and outranks a capture that is not whole")
    func leaked() throws {
        let verdict = try Build.judge(Build.pcapng(.canary, .sent(allowed), .sent(leak)))
        #expect(verdict.verdict == .leaked)
        #expect(verdict.findings.map(\.frameNumber) == [3])
        #expect(verdict.findings.map(\.check) == [.icmp])
        #expect(
            verdict.text == """
                leaked  test
                  2 frames from the guest, 0 to it, 1 canaries
                  leak      frame 3: ICMP 10.2.1.100 → 10.2.1.1, echo request
                              no rule of the policy allows it (traffic.icmp)
                  doubt     The capture holds one canary only, not one at each end.
                  doubt     2 frames of the guest stand behind the last canary.
                  allowed   Relays: 1 frames, 54 bytes
                  not used  Stations

                """
        )
    }

    @Test("without proof that the capture was alive, nothing is proved")
    func inconclusive() throws {
        func reasons(_ file: [UInt8]) throws -> String {
            let verdict = try Build.judge(file)
            #expect(verdict.verdict == .inconclusive)
            return verdict.reasons.joined(separator: " ")
        }
        #expect(try reasons(Build.pcapng()).contains("no frame of the guest"))
        #expect(try reasons(Build.pcapng(.canary, .canary)).contains("no frame of the guest"))
        #expect(try reasons(Build.pcapng(.sent(allowed))).contains("no canary"))
        #expect(try reasons(Build.pcapng(.sent(allowed), .canary, .canary)).contains("before the first canary"))
        #expect(try reasons(Build.pcapng(.canary, .canary, .sent(allowed))).contains("behind the last canary"))
        let whole = Build.pcapng(.canary, .sent(allowed), .canary)
        #expect(try reasons(whole.dropLast(20) + []).contains("cut off"))
        #expect(try reasons(whole + Array(repeating: 0xff, count: 40)).contains("length"))
    }

    @Test("a capture that says that it missed frames proves nothing, one that says it missed none does")
    func lost() throws {
        func verdict(_ drops: Int, _ sent: [UInt8]) throws -> OfflineVerdict {
            try Build.judge(Build.pcapng(.canary, .sent(sent), .canary, .statistics(drops: drops)))
        }
        let inconclusive = try verdict(4, allowed)
        #expect(inconclusive.verdict == .inconclusive)
        #expect(inconclusive.reasons == ["4 frames were not captured, as the file itself says."])
        #expect(try verdict(0, allowed).verdict == .clean)
        #expect(try verdict(4, leak).verdict == .leaked)
    }

    @Test("frames before a cut are judged")
    func cut() throws {
        let whole = Build.pcapng(.canary, .sent(leak), .sent(allowed), .canary)
        let verdict = try Build.judge(Array(whole.dropLast(120)))
        #expect(verdict.verdict == .leaked)
        #expect(verdict.reasons.joined().contains("cut off"))
    }

    @Test("a guest that sends what looks like a canary has sent a leak")
    func forgedCanary() throws {
        let verdict = try Build.judge(Build.pcapng(.canary, .sent(allowed), .sent(Build.canary), .canary))
        #expect(verdict.findings.map(\.check) == [.experimentalEtherType])
    }

    @Test("a capture that tells no directions needs the guest's addresses, and is never taken for clean")
    func direction() throws {
        let file = Build.pcap(allowed, leak)
        #expect(throws: OfflineError.noDirection(capture: "test", frame: 1, .ethernet)) { try Build.judge(file) }
        let verdict = try Build.judge(file, from: [guest.source])
        #expect(verdict.verdict == .leaked)
        #expect(verdict.findings.map(\.frameNumber) == [2])
        // Seen from the guest's station the frames come to another one.
        let other = try Build.judge(file, from: [guest.destination])
        #expect(other.verdict == .inconclusive)
        #expect(other.report.framesToGuest == 2)
        let stranger = try Build.judge(file, from: [.zero])
        #expect(stranger.reasons.contains("2 frames went between stations that are not the guest's."))
    }

    @Test("at the guest's end of the cable, what goes out is the guest's")
    func side() throws {
        let file = Build.pcapng(.received(leak))
        #expect(try Build.judge(file, at: .guest).verdict == .leaked)
        #expect(try Build.judge(file, at: .host).verdict == .inconclusive)
    }

    @Test("comments tell the phases")
    func phases() throws {
        let policy = Build.policy.replacing("Relays\n", with: "Relays\n    phases: [connected]\n")
        let frames: [CaptureBuilder.Part] = [.canary, .comment("phase: connected"), .sent(allowed), .canary]
        let right = Build.pcapng(frames[0], frames[1], frames[2], frames[3])
        #expect(try Build.judge(right, policy: policy).verdict == .clean)
        let wrong = Build.pcapng(frames[0], .comment("phase: greeter"), frames[2], frames[3])
        #expect(try Build.judge(wrong, policy: policy).findings.map(\.check) == [.phase])
        let none = Build.pcapng(frames[0], frames[2], frames[3])
        #expect(try Build.judge(none, policy: policy).findings.map(\.check) == [.unknownPhase])
    }

    @Test("a connection from before the checkpoint lacks its beginning, and any other one may not")
    func earlierConnections() throws {
        let policy = Build.policy.replacing("[relays]\n", with: "[relays]\n      opens-with: tls\n")
        let cells = Build.guest.tcp(to: Build.relay, flags: 0x18, acknowledgement: 1, Array("cells".utf8))
        let file = Build.pcapng(.canary, .sent(cells), .canary)
        let own = Endpoint(address: .v4(Build.guest.address), port: 40_000)
        let other = Endpoint(address: own.address, port: 40_001)
        #expect(try Build.judge(file, policy: policy, earlier: [(own, Build.relay)]).verdict == .clean)
        for earlier in [[], [(other, Build.relay)], [(own, other)]] {
            let verdict = try Build.judge(file, policy: policy, earlier: earlier)
            #expect(verdict.findings.map(\.check) == [.tcpWithoutBeginning])
        }
    }

    @Test("what is no capture is refused")
    func refused() throws {
        #expect(throws: OfflineError.self) { try Build.judge(Array("no capture".utf8)) }
        #expect(throws: OfflineError.self) { try Build.judge([]) }
    }
}
