import ApplicationDecoding
import FrameBuilding
import PacketDecoding

/// Keeps the books of a scan: which probes have arrived, and what the guest has answered.
///
/// Pure: whoever uses it has the network.
package struct ScanBook: Sendable {
    private static let scanner = StationIdentity.scanner

    package private(set) var report = ScanReport()
    /// Where the guest is, as far as it has shown.
    package private(set) var target: ScanTarget?
    /// Probes that were sent and not seen yet, in their order; those before `first` were.
    private var underWay: [ScanPlan.Probe] = []
    private var first = 0

    package init(_ plan: ScanPlan, target: ScanTarget? = nil) {
        for kind in plan.kinds { report.tallies[kind] = .init() }
        self.target = target
    }

    /// Whether every probe so far was seen.
    package var allArrived: Bool { first == underWay.count }

    package mutating func sent(_ probe: ScanPlan.Probe) {
        report.tallies[probe.kind, default: .init()].sent += 1
        underWay.append(probe)
    }

    /// Takes a frame that goes to the guest.
    package mutating func passed(_ frame: [UInt8]) {
        guard frame.count >= 12, Array(frame[6..<12]) == Self.scanner.hardware.bytes else { return }
        // A link keeps the order, so that what stands before a probe that arrives has got lost.
        guard let place = underWay[first...].firstIndex(where: { $0.frame == frame }) else { return }
        report.tallies[underWay[place].kind, default: .init()].arrived += 1
        first = place + 1
    }

    /// Takes a frame of the guest, and returns what the scanner says to it.
    package mutating func heard(_ frame: HeardFrame) -> [UInt8]? {
        learn(from: frame)
        if let answer = answer(in: frame) { report.add(answer) }
        return Self.scanner.answer(toNeighbour: frame) ?? Self.farewell(to: frame)
    }

    /// Ends a connection that the guest has accepted, so that it does not accept it again and again.
    private static func farewell(to frame: HeardFrame) -> [UInt8]? {
        guard case .ipv4(let packet) = frame.content.content, case .tcp(let segment) = packet.transport,
            segment.flags == [.syn, .ack], packet.destination == scanner.address
        else { return nil }
        var frames = scanner.frames
        frames.destination = frame.source
        let endpoint = Endpoint(address: .v4(packet.source), port: segment.sourcePort)
        var reset = frames.tcp(to: endpoint, from: segment.destinationPort, flags: 0x04)
        for (index, byte) in bytes(segment.acknowledgement).enumerated() { reset[38 + index] = byte }
        return reset.withTransportChecksum()
    }

    mutating func doubt(_ reason: String) { report.doubts.append(reason) }

    /// Draws the balance.
    package mutating func close() {
        for (kind, tally) in report.tallies.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where kind != .other {
            if tally.sent == 0 {
                doubt("\(kind.rawValue) could not be tried, since the system has shown no address for it.")
            } else if tally.arrived < tally.sent {
                doubt("\(tally.sent - tally.arrived) of \(tally.sent) probes by \(kind.rawValue) did not arrive.")
            }
        }
    }

    // MARK: - What frames tell

    private mutating func learn(from frame: HeardFrame) {
        guard !frame.source.isMulticast, frame.source != Self.scanner.hardware else { return }
        var seen = target ?? ScanTarget(hardware: frame.source)
        seen.hardware = frame.source
        switch frame.content.content {
        case .arp(let arp) where arp.sender != .unspecified: seen.address = arp.sender
        case .ipv4(let packet) where packet.source != .unspecified: seen.address = seen.address ?? packet.source
        case .ipv6(let packet): seen.note(packet.source)
        default: break
        }
        target = seen
    }

    /// What the guest says to the scanner, or to all because of it; `nil` when it has nothing to do with the scan.
    private func answer(in frame: HeardFrame) -> ScanReport.Answer? {
        let isToScanner =
            frame.content.ethernet?.destination == Self.scanner.hardware
            || frame.addresses.map { $0.destination == .v4(Self.scanner.address) } ?? false
            || frame.addresses.map { $0.destination == .v6(Self.scanner.address6) } ?? false
        let application = Application.decode(frame.content, frame.bytes.span)
        let summary = frame.content.summary(saying: application.summary)
        func answer(_ kind: ScanPlan.Kind, port: UInt16? = nil, isService: Bool = false) -> ScanReport.Answer {
            ScanReport.Answer(kind: kind, port: port, isService: isService, summary: summary)
        }
        if case .arp(let arp) = frame.content.content {
            if arp.operation == .request, arp.target == Self.scanner.address { return answer(.other) }
            return isToScanner ? answer(.arp) : nil
        }
        switch frame.content.transport {
        // To everybody too: an answer of mDNS goes to its group.
        case .udp(let datagram) where datagram.sourcePort == 5353 && application.isResponse:
            return answer(.multicastNames, port: 5353, isService: true)
        // Who looks for the scanner wants to tell it something.
        case .icmpv6(let message) where message.isSolicitation(for: Self.scanner.address6): return answer(.other)
        case _ where !isToScanner: return nil
        case .udp(let datagram):
            let kinds: [UInt16: ScanPlan.Kind] = [5353: .multicastNames, 5355: .linkLocalNames, 137: .netBIOS]
            return answer(kinds[datagram.sourcePort] ?? .udp, port: datagram.sourcePort, isService: true)
        case .tcp(let segment):
            return answer(.tcp, port: segment.sourcePort, isService: !segment.flags.contains(.rst))
        case .icmp(let message): return answer(message.type == 0 ? .echo : message.type == 3 ? .udp : .other)
        case .icmpv6(let message):
            let kinds: [UInt8: ScanPlan.Kind] = [129: .echo6, 136: .neighbours, 1: .udp]
            return answer(kinds[message.type] ?? .other)
        default: return answer(.other)
        }
    }
}

extension ICMPv6 {
    fileprivate func isSolicitation(for address: IPv6Address) -> Bool {
        guard case .neighbourDiscovery(let message) = message else { return false }
        return message.kind == .neighbourSolicitation(target: address)
    }
}

extension Application {
    /// Whether this is an answer of DNS in one of its kinds.
    fileprivate var isResponse: Bool {
        if case .dns(let message, _) = self { message.isResponse } else { false }
    }
}
