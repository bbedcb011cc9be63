import CaptureFiles
import Foundation
import FrameBuilding
import Glibc
import LeakPolicy
import LiveSystem
import OfflineJudging
import PacketCapture
import PacketDecoding
import ScenarioWorlds
import TestSupport
import Testing
import TrafficAttribution
import Verdicts

@Suite("Traffic in phases", .timeLimit(.minutes(5)))
struct TrafficPhaseTests {
    private static let policy = """
        version: 1
        name: phases
        ipv6: none
        real-hardware-addresses: allowed
        allowed:
          - purpose: Tor relays
            phases: [bootstrapping, connected]
            tcp:
              to: [tor-relays]
          - purpose: The web
            user: clearnet
            tcp:
              to: ["203.0.113.80:80"]
        """

    private let scenario = ScenarioContext(name: "Phases", tags: [], evidenceFolder: "/nonexistent") { _ in }
    private let policy: ResolvedLeakPolicy
    private let facts: GuestFacts
    private let traffic: Traffic
    private let guest = FrameBuilder()
    private let relay: Endpoint
    private let web: Endpoint

    init() throws {
        relay = try TestNetwork.relay
        web = try #require(Endpoint("203.0.113.80:80"))
        policy = try TestNetwork.policy(Self.policy)
        facts = try TestNetwork.guest()
        traffic = Traffic(policy: policy, guest: facts, scenario: scenario)
    }

    /// The time by the clock that stamps frames.
    private var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    @discardableResult
    private func send(_ bytes: [UInt8], at time: UInt64, number: Int = 1) -> String? {
        traffic.judge(CapturedFrame(number: number, timestamp: time, direction: .fromGuest, bytes: bytes))
    }

    private func evidence() throws -> CaptureEvidence {
        let text = """
            {"interface": "tap", "framesFromGuest": 1, "framesToGuest": 0, "kernelDrops": 0, "canariesSent": 2,
            "canariesSeen": 2, "reasons": []}
            """
        return try JSONDecoder().decode(CaptureEvidence.self, from: Data(text.utf8))
    }

    // MARK: - When

    @Test("what a phase allows is a leak before it, and is named with the phase")
    func tooEarly() throws {
        traffic.enter(.boot)
        traffic.enter(.offline)
        let comment = try #require(send(guest.tcp(to: relay), at: now))
        #expect(comment.contains("and this is offline"))
        let error = try #require(scenario.interruption.error as? LeakError)
        #expect(error.context.contains("phase: offline"))
        #expect(traffic.report(try evidence()).state == .broken)
    }

    @Test("it is innocent in the phase", arguments: [Phase.bootstrapping, .connected])
    func inTime(_ phase: Phase) throws {
        traffic.enter(.boot)
        traffic.enter(phase)
        #expect(send(guest.tcp(to: relay), at: now) == nil)
        #expect(traffic.report(try evidence()).state == .held)
    }

    @Test("a frame is judged by the phase in which it left, however late the judge sees it")
    func late() throws {
        traffic.enter(.boot)
        traffic.enter(.connected)
        let whileConnected = now
        traffic.enter(.shuttingDown)
        #expect(send(guest.tcp(to: relay), at: whileConnected) == nil)
        #expect(send(guest.tcp(to: relay, from: 2), at: now) != nil)
    }

    @Test("a guest that has not been told of yet may send nothing that depends on a phase")
    func off() {
        #expect(send(guest.tcp(to: relay), at: now)?.contains("and this is off") == true)
    }

    @Test("what follows from what the guest says changes nothing that went further")
    func follows() {
        traffic.enter(.bootstrapping)
        traffic.enter(.offline, after: [.boot])
        #expect(traffic.phase == .bootstrapping)
        traffic.enter(.boot)
        traffic.enter(.offline, after: [.boot])
        #expect(traffic.phase == .offline)
    }

    // MARK: - Announced

    @Test("an announced leak of a wrong time does not end the scenario")
    func announced() throws {
        traffic.expectLeak(of: .tcp, to: try Destination("192.0.2.7:9001", for: .tcp), isOutOfPhase: true)
        #expect(send(guest.tcp(to: relay), at: now)?.hasPrefix("expected leak: ") == true)
        #expect(scenario.interruption.error == nil)
        #expect(traffic.report(try evidence()).state == .brokenAsExpected)
    }

    @Test("what is announced for one reason ends the scenario for another", arguments: [true, false])
    func otherReason(_ isOutOfPhase: Bool) throws {
        let other = isOutOfPhase ? "203.0.113.81:80" : "192.0.2.7:9001"
        traffic.expectLeak(of: .tcp, to: try Destination(other, for: .tcp), isOutOfPhase: isOutOfPhase)
        send(guest.tcp(to: try #require(Endpoint(other))), at: now)
        #expect(scenario.interruption.error is LeakError)
        #expect(traffic.report(try evidence()).state == .broken)
    }

    // MARK: - Who

    @Test("a flow of the wrong user is a leak as soon as it is known whose it is")
    func wrongUser() throws {
        send(guest.tcp(to: web), at: now)
        let flow = Flow(of: try decode(guest.tcp(to: web)))
        traffic.attribute(flow, to: TrafficOwner(user: "live"))
        #expect(scenario.interruption.error is LeakError)
        #expect(traffic.report(try evidence()).summary.contains("it is sent by user live, and only user clearnet may"))
    }

    @Test("a flow of the right user is none, and one of nobody's is")
    func rightUser() throws {
        send(guest.tcp(to: web), at: now)
        traffic.attribute(Flow(of: try decode(guest.tcp(to: web))), to: TrafficOwner(user: "clearnet"))
        #expect(scenario.interruption.error == nil)
        send(guest.tcp(to: web, from: 41_234), at: now)
        let report = traffic.report(try evidence())
        #expect(report.state == .broken)
        #expect(report.summary.contains("nobody proved who did"))
    }

    @Test("the report names who sent a leak")
    func sender() throws {
        send(guest.tcp(to: relay), at: now)
        let flow = Flow(of: try decode(guest.tcp(to: relay)))
        traffic.note(Sender(user: "live", programs: ["/usr/bin/curl"]), of: flow)
        let details = traffic.report(try evidence()).details
        #expect(details.contains { $0.hasPrefix("sent by: user live, program /usr/bin/curl: tcp ") })
    }

    // MARK: - Offline

    @Test("who judges the capture again comes to the same leaks, for the phases stand in it")
    func offline() throws {
        var encoder = PCAPNGEncoder(interface: "tap")
        var live: [String] = []
        var offline = OfflineJudge(capture: "c", policy: policy, guest: facts, direction: GuestDirection())
        let phases: [Phase?] = [nil, .boot, .offline, .bootstrapping, .connected, .connected, .shuttingDown, .off]
        for (index, phase) in phases.enumerated() {
            if let phase { traffic.enter(phase) }
            let frame = CapturedFrame(
                number: index + 1,
                timestamp: now,
                direction: .fromGuest,
                bytes: guest.tcp(to: relay, from: UInt16(1_000 + index))
            )
            let (comment, entered) = traffic.weigh(frame)
            if let comment { live.append("\(index + 1) \(comment.replacing("leak: ", with: ""))") }
            encoder.append(frame, comments: entered.map { "phase: \($0.rawValue)" } + (comment.map { [$0] } ?? []))
        }
        try offline.feed(encoder.bytes)
        let again = try offline.finish().findings.map { "\($0.frameNumber) \($0.summary): \($0.reason)" }
        #expect(live.count == 5)
        #expect(again == live)
    }
}
