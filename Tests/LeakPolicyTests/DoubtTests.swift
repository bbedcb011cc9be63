import FrameBuilding
import LeakPolicy
import PacketDecoding
import Testing

private let guest = Samples.guest

@Suite("What a judge could not follow")
struct DoubtTests {
    @Test("a stream that ends with a gap leaves a doubt, one whose gap is filled does not")
    func gap() throws {
        let frames = guest.stream(to: Samples.relay, [[1, 2], [3, 4], [5, 6]])
        let reset = guest.segment(to: Samples.relay, sequence: 8, flags: 0x14, [])
        func doubts(_ order: [Int]) throws -> [String] {
            var judge = try Samples.judge()
            for index in order { #expect(judge.judge(Samples.frame(frames[index])) == nil) }
            #expect(judge.judge(Samples.frame(reset)) == nil)
            return judge.report.doubts
        }
        #expect(try doubts([0, 1, 2, 3]) == [])
        #expect(try doubts([0, 3, 2, 1]) == [])
        let gap = "Not all streams could be read: a stream ended with a gap."
        #expect(try doubts([0, 1, 3]) == [gap])
        var unfinished = try Samples.judge()
        for index in [0, 1, 3] { _ = unfinished.judge(Samples.frame(frames[index])) }
        #expect(unfinished.report.doubts == [])
        #expect(unfinished.finish() == [])
        #expect(unfinished.report.doubts == [gap])
    }

    @Test("what waits for earlier bytes is bounded, and giving it up leaves a doubt")
    func waiting() throws {
        var judge = try Samples.judge()
        let data = [UInt8](repeating: 7, count: 1_400)
        for index in 1...200 as ClosedRange<UInt32> {
            let frame = guest.segment(to: Samples.relay, sequence: 10 + index * 1_500, data)
            if index == 1 { _ = judge.judge(Samples.frame(guest.segment(to: Samples.relay, sequence: 1, [1]))) }
            #expect(judge.judge(Samples.frame(frame)) == nil)
        }
        #expect(judge.report.doubts == ["Not all streams could be read: a stream has a gap."])
    }

    @Test("more flows than are followed leave a doubt")
    func flows() throws {
        var judge = try Samples.judge(
            Samples.policyText.replacing("to: [tor-relays]", with: "to: [\"192.0.2.0/24:*\"]")
        )
        let frame = guest.tcp(to: Samples.relay)
        var port = UInt16(0)
        for host in [7, 8] as [UInt8] {
            repeat {
                // Another source port, and the destination's last byte, with the checksum made right.
                var other = frame.putting(port, at: 34)
                other[33] = host
                _ = judge.judge(Samples.frame(other.withTransportChecksum().withHeaderChecksum()))
                port &+= 257
            } while port != 0
        }
        #expect(judge.report.findings == 0)
        #expect(judge.report.flows.count == 4_096)
        #expect(judge.report.doubts.count == 1)
        #expect(judge.report.doubts.first?.contains("65536 flows") == true)
    }

    @Test("a policy that depends on phases leaves a doubt when nobody tells them")
    func phases() throws {
        let limits = "allowed:\n"
        let text = Samples.policyText.replacing(
            limits,
            with: "limits:\n  - {purpose: Silence, phases: [offline], bytes-per-minute: 0}\nallowed:\n"
        )
        var judge = try Samples.judge(text)
        #expect(judge.judge(Samples.frame(guest.tcp(to: Samples.relay))) == nil)
        #expect(judge.finish() == [])
        #expect(judge.report.doubts.count == 1)
        var told = try Samples.judge(text)
        told.enter(.connected)
        #expect(told.judge(Samples.frame(guest.tcp(to: Samples.relay))) == nil)
        #expect(told.finish() == [])
        #expect(told.report.doubts == [])
    }

    @Test("a lease counts only from the guest's own server")
    func lease() throws {
        let text = Samples.policyText.replacing(
            "operations: [request, reply]",
            with: "operations: [request]\n      sender: leased"
        )
        let question = guest.arp(target: Samples.gateway)
        func finding(from server: IPv4Address) throws -> LeakCheck? {
            var judge = try Samples.judge(text)
            let answer = guest.dhcpAcknowledgement(guest.address, from: server)
            _ = judge.judge(Samples.frame(answer, direction: .toGuest))
            return judge.judge(Samples.frame(question))?.check
        }
        #expect(try finding(from: Samples.gateway) == nil)
        #expect(try finding(from: IPv4Address(rawValue: 0x0a02_0109)) == .arpSender)
    }
}
