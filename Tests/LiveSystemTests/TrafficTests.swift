import Foundation
import FrameBuilding
import LeakPolicy
import LiveSystem
import PacketCapture
import PacketDecoding
import ScenarioWorlds
import TestSupport
import Testing
import Verdicts

@Suite("Traffic", .timeLimit(.minutes(5)))
struct TrafficTests {
    private static let policy = """
        version: 1
        name: tor-only
        ipv6: none
        real-hardware-addresses: forbidden
        allowed:
          - purpose: Tor relays
            tcp:
              to: [tor-relays]
          - purpose: ARP
            arp:
              operations: [request, reply]
        """
    private static let realHardware = MACAddress(rawValue: 0x5254_0012_3456)

    private let scenario = ScenarioContext(name: "Leak", tags: [], evidenceFolder: "/nonexistent") { _ in }
    private let traffic: Traffic
    private let guest = FrameBuilder()
    private let relay: Endpoint
    private let web: Endpoint
    private let resolver: Endpoint

    init() throws {
        relay = try TestNetwork.relay
        web = try #require(Endpoint("203.0.113.80:80"))
        resolver = try #require(Endpoint("203.0.113.53:53"))
        traffic = Traffic(
            policy: try TestNetwork.policy(Self.policy),
            guest: try TestNetwork.guest(hardwareAddresses: [Self.realHardware]),
            scenario: scenario
        )
    }

    @discardableResult
    private func send(_ bytes: [UInt8], _ direction: FrameDirection = .fromGuest) -> String? {
        traffic.judge(CapturedFrame(number: 1, timestamp: 1, direction: direction, bytes: bytes))
    }

    private func expect(_ kind: TrafficKind, _ destination: String) throws {
        traffic.expectLeak(of: kind, to: try Destination(destination, for: kind))
    }

    /// What a capture says of itself; without a reason it is conclusive.
    private func evidence(_ reasons: String...) throws -> CaptureEvidence {
        let text = """
            {"interface": "tap", "framesFromGuest": 1, "framesToGuest": 0, "kernelDrops": 0, "canariesSent": 2,
            "canariesSeen": 2, "reasons": [\(reasons.map { "\"\($0)\"" }.joined(separator: ","))]}
            """
        return try JSONDecoder().decode(CaptureEvidence.self, from: Data(text.utf8))
    }

    private var interruption: LeakError? { scenario.interruption.error as? LeakError }

    // MARK: - Leaks

    @Test("what the policy allows leaves no trace, and the condition holds")
    func clean() throws {
        #expect(send(guest.tcp(to: relay)) == nil)
        #expect(send(guest.tcp(to: web), .toGuest) == nil)
        #expect(interruption == nil)
        try traffic.requireNoLeak()
        let report = traffic.report(try evidence())
        #expect(report.state == .held)
        #expect(report.word == "clean")
        #expect(report.details.first == "1 frames from the guest and 1 to it were judged.")
        #expect(report.details.contains("canaries: 2 of 2 came through"))
        #expect(report.details.contains { $0.hasPrefix("allowed: Tor relays: 1 frames") })
        #expect(report.details.contains("never used: ARP"))
    }

    @Test("a leak interrupts the scenario at once, and names the step")
    func leak() throws {
        traffic.begin(step: "a program misbehaves")
        let comment = try #require(send(guest.tcp(to: web)))
        #expect(comment.hasPrefix("leak: "))
        guard case .leaked(let finding, let step, let allowed)? = interruption else {
            return #expect(Bool(false), "\(scenario.interruption.error as Any)")
        }
        #expect(finding.flow.destination == .endpoint(web))
        #expect(step == "a program misbehaves")
        #expect(allowed == ["Tor relays", "ARP"])
        #expect(throws: LeakError.leaked(finding, step: step, allowed: allowed)) { try traffic.requireNoLeak() }
        let report = traffic.report(try evidence())
        #expect(report.state == .broken)
        #expect(report.word == "leaked")
    }

    @Test("a leak before the first step is not laid at a later step's door")
    func leakBeforeSteps() throws {
        send(guest.tcp(to: web))
        traffic.begin(step: "innocent")
        send(guest.tcp(to: web))
        let report = traffic.report(try evidence())
        #expect(report.state == .broken)
        #expect(!report.details.contains { $0.contains("innocent") })
    }

    @Test("a leak outranks a capture that proves nothing")
    func leakWithoutEvidence() throws {
        send(guest.tcp(to: web))
        #expect(traffic.report(try evidence("lost frames")).state == .broken)
    }

    @Test("a capture that proves nothing leaves the condition unproven")
    func inconclusive() throws {
        send(guest.tcp(to: relay))
        let report = traffic.report(try evidence("The kernel dropped 3 frames."))
        #expect(report.state == .unproven)
        #expect(report.word == "inconclusive")
        #expect(report.details.first == "The kernel dropped 3 frames.")
    }

    // MARK: - Announced leaks

    @Test("an announced leak does not end the scenario, and is the proof that the detector fires")
    func announced() throws {
        try expect(.tcp, "203.0.113.80:80")
        let comment = try #require(send(guest.tcp(to: web)))
        #expect(comment.hasPrefix("expected leak: "))
        #expect(interruption == nil)
        let report = traffic.report(try evidence())
        #expect(report.state == .brokenAsExpected)
        #expect(report.word == "leaked")
    }

    @Test("any other leak than the announced one ends the scenario all the same", arguments: 0..<5)
    func otherThanAnnounced(_ index: Int) throws {
        try expect(.tcp, "203.0.113.80:80")
        let address = try #require(IPv4Address("203.0.113.80"))
        var real = guest
        real.source = Self.realHardware
        let others = [
            guest.tcp(to: resolver), guest.udp(to: web, [1]), guest.ping(address), real.tcp(to: web),
            guest.tcp(to: Endpoint(address: web.address, port: 443)),
        ]
        send(guest.tcp(to: web))
        #expect(interruption == nil)
        send(others[index])
        #expect(interruption != nil)
        #expect(traffic.report(try evidence()).state == .broken)
    }

    @Test("announced leaks that one frame is both of are both seen")
    func announcedTwice() throws {
        try expect(.tcp, "203.0.113.53:53")
        try expect(.tcpDNS, "203.0.113.53:53")
        send(guest.tcp(to: resolver))
        #expect(traffic.report(try evidence()).state == .brokenAsExpected)
    }

    @Test("an announced leak that is never seen leaves the detector unproven")
    func announcedInVain() throws {
        try expect(.tcp, "203.0.113.80:80")
        send(guest.tcp(to: relay))
        let report = traffic.report(try evidence())
        #expect(report.state == .unproven)
        #expect(report.summary.contains("tcp to 203.0.113.80 port 80"))
    }

    @Test("a step that allows no leak fails on an announced one as well")
    func requireNoLeak() throws {
        try expect(.tcp, "203.0.113.80:80")
        try traffic.requireNoLeak()
        send(guest.tcp(to: web))
        #expect(throws: LeakError.self) { try traffic.requireNoLeak() }
    }

    @Test("who waits for an announced leak goes on when the last one is seen")
    func waiting() async throws {
        try expect(.tcp, "203.0.113.80:80")
        try expect(.udpDNS, "203.0.113.53:53")
        send(guest.tcp(to: web))
        let clock = ManualClock()
        async let seen: Void = traffic.waitForExpectedLeaks(within: .seconds(5), on: clock)
        await clock.waitForSleeper()
        send(guest.udp(to: resolver, FrameBuilder.query("web.test")))
        try await seen
        #expect(interruption == nil)
    }

    @Test("who waits in vain is told what was not seen")
    func waitingInVain() async throws {
        try expect(.tcp, "203.0.113.80:80")
        let clock = ManualClock()
        let waiting = Task { try await traffic.waitForExpectedLeaks(within: .seconds(5), on: clock) }
        await clock.waitForSleeper()
        clock.advance(by: .seconds(5))
        await #expect(throws: TrafficError.leakNotSeen(["tcp to 203.0.113.80 port 80"], within: .seconds(5))) {
            try await waiting.value
        }
    }

    @Test("to wait for a leak that nobody announced is a mistake of the feature")
    func waitingForNothing() async {
        await #expect(throws: TrafficError.nothingAnnounced) {
            try await traffic.waitForExpectedLeaks(within: .seconds(5), on: ManualClock())
        }
    }
}
