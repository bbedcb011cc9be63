import CLinkSocket
import FrameBuilding
import Glibc
import PacketDecoding
import SimulatedInternet
import SystemPackage

/// A station on the guest's LAN that carries out an attack: it hears what the guest sends, and sends frames of its own.
///
/// ```
/// guest ── tap0 ── lan0 ── the gateway
///           │ ears   │
///           └──── station's own port
/// ```
/// What it is sent itself, being taken for the gateway, it passes on, so that the guest notices nothing.
struct HostileStation: Sendable {
    private let identity: StationIdentity
    private let gateway: MACAddress
    private let attack: any Attack
    private let port: LinkPort
    private let ears: LinkEars?
    private let record: Watched<AttackRecord>

    /// More than any of the attacks needs, and little enough for a guest whose processor is emulated.
    private static let framesPerSecond: UInt64 = 1000
    private static let burst: UInt64 = 100
    /// How many frames of one kind are taken before the others have their turn.
    private static let turn = 64

    static func open(
        on guestPort: GuestPort,
        _ attack: some Attack,
        record: Watched<AttackRecord>
    ) async throws -> HostileStation {
        guard let gateway = MACAddress(guestPort.gatewayLinkAddress) else {
            throw SimulatedInternetError.configuration("\(guestPort.gatewayLinkAddress) is no address of a gateway")
        }
        let ears = attack.listens ? try LinkEars(at: guestPort.tap) : nil
        do {
            return HostileStation(
                identity: attack.station,
                gateway: gateway,
                attack: attack,
                port: try await LinkPort.open(on: guestPort.bridge),
                ears: ears,
                record: record
            )
        } catch {
            ears?.close()
            throw error
        }
    }

    /// Attacks until it is time to end.
    func run(until ending: FileDescriptor) throws {
        let timer = try LinkTimer()
        defer {
            ears?.close()
            port.close()
            timer.close()
        }
        var attack = attack
        var budget = FrameBudget(perSecond: Self.framesPerSecond, burst: Self.burst, at: LinkTimer.now)
        if attack.period != nil { try timer.set(to: LinkTimer.now) }
        let files = [port.file, timer.file] + (ears.map { [$0.file] } ?? [])
        while let ready = try ServingThread.wait(for: files, or: ending) {
            if ready.contains(timer.file.rawValue), let period = attack.period {
                timer.clear()
                send(attack.speak(), &budget)
                try timer.set(to: LinkTimer.now + period.nanoseconds)
            }
            if let ears, ready.contains(ears.file.rawValue) {
                for _ in 0..<Self.turn {
                    guard let heard = ears.hear() else { break }
                    // Nor does it answer itself, when it passes something on.
                    guard let frame = HeardFrame(heard.bytes), frame.source != identity.hardware else { continue }
                    send(attack.hear(frame), &budget)
                }
                let missed = ears.takeLosses()
                if missed > 0 { record.update { $0.missed += missed } }
            }
            if ready.contains(port.file.rawValue) {
                for _ in 0..<Self.turn {
                    guard let bytes = port.receive() else { break }
                    take(bytes, &budget)
                }
            }
        }
    }

    private func send(_ frames: [[UInt8]], _ budget: inout FrameBudget) {
        guard !frames.isEmpty else { return }
        let now = LinkTimer.now
        let allowed = frames.filter { _ in budget.spend(at: now) }
        for frame in allowed { port.send(frame) }
        record.update {
            $0.sent += allowed.count
            $0.withheld += frames.count - allowed.count
        }
    }

    // MARK: - What it is sent itself

    private func take(_ bytes: [UInt8], _ budget: inout FrameBudget) {
        guard let frame = HeardFrame(bytes), let ethernet = frame.content.ethernet else { return }
        if let answer = identity.answer(toNeighbour: frame) { return send([answer], &budget) }
        guard ethernet.destination == identity.hardware, frame.addresses.map(isForOthers) ?? false else { return }
        port.send(gateway.bytes + identity.hardware.bytes + bytes[12...])
        record.update { $0.forwarded += 1 }
    }

    private func isForOthers(_ addresses: (source: IPAddress, destination: IPAddress)) -> Bool {
        addresses.destination != .v4(identity.address) && addresses.destination != .v6(identity.address6)
    }
}

extension StationIdentity {
    /// What the station says to somebody who looks for its link address, or `nil` when a frame is nothing of that kind.
    ///
    /// By IPv6 it answers for every address for which it is asked alone: that of each router that it pretends to be.
    func answer(toNeighbour frame: HeardFrame) -> [UInt8]? {
        if case .arp(let asked) = frame.content.content {
            guard asked.operation == .request, asked.target == address else { return nil }
            return frames.arp(2, target: asked.sender, targetHardware: asked.senderHardware, to: asked.senderHardware)
        }
        guard case .icmpv6(let message)? = frame.content.transport,
            case .neighbourDiscovery(let discovery) = message.message,
            case .neighbourSolicitation(let target) = discovery.kind,
            case .v6(let asker)? = frame.addresses?.source,
            frame.content.ethernet?.destination == hardware || target == address6
        else { return nil }
        var frames = frames
        frames.address6 = target
        // A router, asked for, that overrides what is known (RFC 4861, section 4.4).
        let body = [0xe0, 0, 0, 0] + bytes(target.high) + bytes(target.low) + [2, 1] + hardware.bytes
        return frames.icmpv6(136, to: asker, body, station: frame.source)
    }
}
