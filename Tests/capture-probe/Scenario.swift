import FrameBuilding
import PacketCapture
import PacketDecoding
import SystemPackage

/// What a guest does while it is captured.
enum Scenario: String {
    /// Sends one frame of each kind that a bridge would swallow or change, and is asked something.
    case frames
    /// Sends 50,000 frames as fast as it can.
    case flood
    /// Sends a frame only after the one before it was handed over.
    case oneByOne
    /// Sends nothing at all.
    case silence
    /// Is still plugged in when the capture ends.
    case stays
    case interfaceDown
    case interfaceGone
    case brokenOff
    /// Its interface is not there from the beginning.
    case noInterface
    /// Something is plugged in before the capture begins.
    case taken
    /// Its interface is down from the beginning.
    case downAtStart

    /// Plays the scenario on a tap interface that is made for it.
    func report(writingTo file: FilePath) async -> ProbeReport {
        var report = ProbeReport()
        do {
            try await makeTap()
            try await run(writingTo: file, into: &report)
        } catch {
            report.error = "\(error)"
        }
        return report
    }

    private func run(writingTo file: FilePath, into report: inout ProbeReport) async throws {
        let log = FrameLog()
        var interface = tap
        var tenant: FakeGuest?
        if self == .noInterface { interface = "guest9" }
        if self == .taken { tenant = try FakeGuest() }
        if self == .downAtStart { try await ip("link", "set", tap, "down") }
        defer { try? tenant?.unplug() }
        let (result, evidence) = try await withPacketCapture(
            on: interface,
            writingTo: file,
            deliver: { frame in
                log.add(frame)
                return frame.bytes[12...].starts(with: [0x88, 0xcc]) ? "finding: LLDP" : nil
            }
        ) { capture in
            try await play(capture, log)
        }
        report.evidence = evidence
        report.frames = self == .flood ? [] : log.frames
        try result.get()
    }

    private func play(_ capture: PacketCapture, _ log: FrameLog) async throws {
        let frames = FrameBuilder()
        let ping = frames.ping(IPv4Address(rawValue: 0x0808_0808))
        switch self {
        case .frames: try await sendOneOfEach(capture, log)
        case .flood: try await withFakeGuest { guest in for _ in 0..<50_000 { try guest.send(ping) } }
        case .oneByOne:
            try await withFakeGuest { guest in
                var arrivals = log.arrivals.makeAsyncIterator()
                for _ in 0..<200 {
                    try guest.send(ping)
                    while let frame = await arrivals.next(), frame.direction == .toGuest {}
                }
            }
        case .silence, .noInterface, .taken, .downAtStart: break
        case .stays:
            // Its file descriptor is closed only when the process ends.
            try FakeGuest().send(ping)
        case .interfaceDown:
            try await withFakeGuest { guest in
                try guest.send(ping)
                try await ip("link", "set", tap, "down")
                try await ip("link", "set", tap, "up")
                try guest.send(ping)
            }
        case .interfaceGone: try await ip("link", "delete", tap)
        case .brokenOff:
            try await withFakeGuest { guest in
                try guest.send(ping)
                await capture.breakOff()
                try guest.send(ping)
            }
        }
    }

    /// ARP's type, Ethernet and IPv4 as its kinds of addresses, and that it asks (RFC 826), in hexadecimal.
    private var arpRequest: String { "08060001080006040001" }

    private func sendOneOfEach(_ capture: PacketCapture, _ log: FrameLog) async throws {
        let frames = FrameBuilder()
        let other = IPv4Address(rawValue: 0x0808_0808)
        let spanningTree = MACAddress(rawValue: 0x0180_c200_0000)
        let neighbours = MACAddress(rawValue: 0x0180_c200_000e)
        capture.comment("step: Given a guest")
        try await withFakeGuest { guest in
            try guest.send(frames.udp(to: Endpoint(address: .v4(other), port: 53), FrameBuilder.query("web.test")))
            try guest.send(frames.ethernet(0x8100, [0x20, 0x05, 0x08, 0x00] + frames.ping(other)[14...]))
            try guest.send(frames.ethernet(0x88a8, [0, 7, 0x81, 0, 0, 8, 0x08, 0x00] + frames.ping(other)[14...]))
            try guest.send(frames.ethernet(3, [0x42, 0x42, 3], to: spanningTree))
            try guest.send(frames.ethernet(0x88cc, [2, 7, 4, 1, 2, 3, 4, 5, 6, 0, 0], to: neighbours))
            try guest.send(frames.ethernet(0x0800, Array(repeating: 0x41, count: 1400)))
            // The kernel notices only after a while that there is a guest to send to. What it says of its own accord
            // by then, such as its IPv6 reports, is no answer.
            for number in 100..<200 where !log.frames.contains(where: { $0.hex.contains(arpRequest) }) {
                askForGuest(number)
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        capture.comment("step: Then nothing follows")
    }
}
