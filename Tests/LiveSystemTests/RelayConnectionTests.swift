import Foundation
import FrameBuilding
import LeakPolicy
import LiveSystem
import PacketDecoding
import ScenarioWorlds
import Testing
import TrafficAccounting

@Suite("Connections where only TLS may go")
struct RelayConnectionTests {
    private static let policy = """
        version: 1
        name: tor-only
        ipv6: none
        real-hardware-addresses: forbidden
        allowed:
          - purpose: Tor relays
            tcp:
              to: [tor-relays]
              opens-with: tls
        """

    private let scenario = ScenarioContext(name: "Leak", tags: [], evidenceFolder: "/nonexistent") { _ in }
    private let traffic: Traffic
    private let relay: Endpoint
    private let guest: Endpoint

    init() throws {
        relay = try TestNetwork.relay
        guest = Endpoint(address: .v4(FrameBuilder().address), port: 40_000)
        traffic = Traffic(
            policy: try TestNetwork.policy(Self.policy),
            guest: try TestNetwork.guest(),
            scenario: scenario
        )
    }

    private func send(_ sequence: UInt32, _ flags: TCP.Flags, _ text: String = "", from port: UInt16 = 40_000)
        -> String?
    {
        var builder = FrameBuilder()
        builder.sequence = sequence
        let acknowledgement: UInt32 = flags.contains(.ack) ? 1 : 0
        let bytes = builder.tcp(
            to: relay,
            from: port,
            flags: flags.rawValue,
            acknowledgement: acknowledgement,
            Array(text.utf8)
        )
        return traffic.judge(CapturedFrame(number: 1, timestamp: 1, direction: .fromGuest, bytes: bytes))
    }

    @Test("a connection without its beginning is a leak, unless it is one from before the checkpoint")
    func earlier() {
        traffic.carryOver([ConnectionEnds(guest: guest, other: relay)])
        #expect(send(77, .ack, "cells of before") == nil)
        #expect(scenario.interruption.error == nil)
        #expect(send(77, .ack, "cells of before", from: 40_001)?.hasPrefix("leak: ") == true)
    }

    @Test("a connection of before that begins anew has to begin with TLS again")
    func anew() {
        traffic.carryOver([ConnectionEnds(guest: guest, other: relay)])
        #expect(send(100, .syn) == nil)
        #expect(send(101, .ack, "GET / HTTP/1.0")?.hasPrefix("leak: ") == true)
    }

    @Test("plain text to a relay is the leak that was announced, and to others it is not")
    func plain() throws {
        traffic.expectLeak(of: .plainTCP, to: try Destination("192.0.2.7:9001", for: .plainTCP))
        #expect(send(100, .syn) == nil)
        #expect(send(101, .ack, "GET / HTTP/1.0")?.hasPrefix("expected leak: ") == true)
        #expect(scenario.interruption.error == nil)
        var builder = FrameBuilder()
        builder.sequence = 5
        let elsewhere = builder.tcp(to: Endpoint(address: relay.address, port: 80))
        let other = CapturedFrame(number: 1, timestamp: 1, direction: .fromGuest, bytes: elsewhere)
        #expect(traffic.judge(other)?.hasPrefix("leak: ") == true)
    }
}
