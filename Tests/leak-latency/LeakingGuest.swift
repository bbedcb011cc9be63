import CPacketSocket
import Foundation
import FrameBuilding
import LeakPolicy
import PacketDecoding
import SystemPackage

/// A guest that speaks TLS to a relay as fast as it is told to, and leaks a question for a name now and then.
struct LeakingGuest: Sendable {
    static let tap = "guest0"
    static let relay = Endpoint(address: .v4(IPv4Address(rawValue: 0xc000_020b)), port: 9001)
    private static let resolver = Endpoint(address: .v4(IPv4Address(rawValue: 0x0909_0909)), port: 53)
    private static let firstPort: UInt16 = 20_000
    private static let subnet = IPv4Subnet(containing: FrameBuilder().address, prefixLength: 24)

    static var facts: GuestFacts {
        guard let subnet else { preconditionFailure("24 is the length of a prefix.") }
        return GuestFacts(
            hardwareAddresses: [MACAddress(rawValue: 0x5254_005a_110e)],
            subnet: subnet,
            gateway: IPv4Address(rawValue: 0x0a02_0101)
        )
    }

    /// Which leak has this port, if one has.
    static func number(ofPort port: UInt16) -> Int? { port >= firstPort ? Int(port - firstPort) : nil }

    /// What the guest did.
    struct Sent {
        /// When each leak was about to be written.
        var leaks: [ContinuousClock.Instant] = []
        var innocentBytes = 0
        var time: Duration = .zero
    }

    let megabits: Int
    let leaks: Int

    /// Between two leaks, on average.
    private static let pause = Duration.milliseconds(50)
    /// What is written at once: no more than a network card's own queue would give.
    private static let tick = Duration.milliseconds(1)

    /// Plays on a thread of its own, as a guest does that has a processor of its own.
    func play() async throws -> Sent {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try playHere() }) }
            thread.name = "guest"
            thread.start()
        }
    }

    private func playHere() throws -> Sent {
        let status = cpacket_tap_attach(Self.tap)
        guard status >= 0 else { throw Errno(rawValue: -status) }
        let file = FileDescriptor(rawValue: status)
        defer { try? file.close() }
        func write(_ frame: [UInt8]) throws { _ = try frame.withUnsafeBytes { try file.write($0) } }

        var stream = TLSStream(to: Self.relay)
        try write(stream.opening)
        try write(stream.hello())
        var (sent, builder) = (Sent(), FrameBuilder())
        builder.source = TLSStream.station
        let begin = ContinuousClock.now
        var nextLeak = begin + Self.pause
        var now = begin
        while sent.leaks.count < leaks {
            let due = Int(begin.duration(to: now) / .microseconds(1)) * megabits / 8
            while sent.innocentBytes < due {
                let frame = stream.data()
                try write(frame)
                sent.innocentBytes += frame.count
            }
            if now >= nextLeak {
                let port = Self.firstPort + UInt16(sent.leaks.count)
                let leak = builder.udp(to: Self.resolver, from: port, FrameBuilder.query("web.test"))
                sent.leaks.append(.now)
                try write(leak)
                nextLeak = now + Self.pause * Double.random(in: 0.5...1.5)
            }
            Thread.sleep(forTimeInterval: Self.tick / .seconds(1))
            now = .now
        }
        sent.time = begin.duration(to: .now)
        return sent
    }
}

/// A TCP stream of full frames, each with one record of TLS.
private struct TLSStream {
    static let station = FrameBuilder().source

    private let endpoint: Endpoint
    private var builder = FrameBuilder()
    private let content = (0..<1_443).map { _ in UInt8.random(in: 0...255) }

    init(to endpoint: Endpoint) {
        self.endpoint = endpoint
        builder.sequence = 1_000
    }

    var opening: [UInt8] { builder.tcp(to: endpoint, flags: TCP.Flags.syn.rawValue) }

    mutating func hello() -> [UInt8] {
        builder.sequence += 1
        return segment([22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3] + content.prefix(94))
    }

    mutating func data() -> [UInt8] {
        let length = content.count
        return segment([23, 3, 3, UInt8(length >> 8), UInt8(length & 0xff)] + content)
    }

    private mutating func segment(_ payload: [UInt8]) -> [UInt8] {
        let flags: TCP.Flags = [.ack, .psh]
        defer { builder.sequence &+= UInt32(payload.count) }
        return builder.tcp(to: endpoint, flags: flags.rawValue, acknowledgement: 1, payload)
    }
}
