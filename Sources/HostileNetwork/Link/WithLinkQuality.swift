import Glibc
package import SimulatedInternet
import SystemPackage

/// Runs `body` while the guest's link is as bad as `quality` says at each moment, and makes it good again after.
///
/// Only one such link can be at a time. What is under way when it ends is lost.
///
/// - Returns: What `body` returned.
/// - Throws: The error of `body`, or a `SimulatedInternetError`; when the link breaks down, `body` is cancelled.
package func withLinkQuality<Value: Sendable>(
    _ quality: Watched<LinkQuality>,
    in internet: SimulatedInternet,
    record: Watched<LinkRecord>,
    body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try quality.value.validate()
    let link = try SlowLink(internet.guestPort, quality, record)
    try await link.connect()
    let result: Result<Value, any Error>
    do {
        result = .success(
            try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask {
                    try await ServingThread.run("link") { try link.run(until: $0) }
                    return nil
                }
                group.addTask { try await body() }
                defer { group.cancelAll() }
                // The link never returns by itself, so the first value is that of the body.
                for try await finished in group {
                    if let finished { return finished }
                }
                throw CancellationError()
            }
        )
    } catch {
        result = .failure(error)
    }
    // In a task of its own: a scope that is cancelled has to clean up as well.
    try await Task { try await link.disconnect() }.value
    return try result.get()
}

/// A link of two ports between which this process carries frames.
///
/// ```
/// guest ── tap0 ── near0 ── port ── this process ── port ── lan0
///           │ the capture hears what the guest sent, and what it is really given
/// ```
/// It needs nothing but taps and bridges, so that it behaves the same on every kernel.
struct SlowLink: Sendable {
    /// A bridge with no part in it for the host.
    private static let bridge = "near0"
    private static let table = "near"
    /// How many frames of one direction are taken before the other has its turn.
    private static let turn = 64

    private let guestPort: GuestPort
    private let near: LinkPort
    private let far: LinkPort
    private let quality: Watched<LinkQuality>
    private let record: Watched<LinkRecord>

    init(_ guestPort: GuestPort, _ quality: Watched<LinkQuality>, _ record: Watched<LinkRecord>) throws {
        near = try LinkPort.make()
        do {
            far = try LinkPort.make()
        } catch {
            near.close()
            throw error
        }
        (self.guestPort, self.quality, self.record) = (guestPort, quality, record)
    }

    // MARK: - Links

    /// Puts the link in the way, or leaves everything as it was when that fails.
    func connect() async throws {
        do {
            try await HostProgram.nft.run(["-f", "-"], input: deafness)
        } catch {
            closePorts()
            throw error
        }
        do {
            try await HostProgram.ip.run(["-batch", "-"], input: lines(connecting))
        } catch {
            try? await Task { try await disconnect() }.value
            throw error
        }
    }

    func disconnect() async throws {
        closePorts()
        try await HostProgram.ip.run(["-batch", "-"], input: lines(disconnecting))
        try await HostProgram.nft.run(["delete", "table", "inet", Self.table])
    }

    private func closePorts() {
        near.close()
        far.close()
    }

    /// Input of `nft -f`: the host must not hear, let alone answer, what comes by on the guest's side of the link.
    ///
    /// Not earlier than its input, where kernels with br_netfilter would also bring what the bridge only passes on.
    private var deafness: String {
        """
        create table inet \(Self.table)
        table inet \(Self.table) {
            chain heard {
                type filter hook input priority -300; policy accept;
                iifname "\(Self.bridge)" drop
            }
        }

        """
    }

    private var connecting: [String] {
        [
            "link add \(Self.bridge) type bridge mcast_snooping 0",
            "link set \(Self.bridge) arp off",
            "link set \(guestPort.tap) arp off",
            "link set \(near.name) master \(Self.bridge)",
            "link set \(far.name) master \(guestPort.bridge)",
            // A thread that has to wait for a processor for a moment loses nothing.
            "link set \(near.name) txqueuelen 8192",
            "link set \(far.name) txqueuelen 8192",
            "link set \(near.name) up",
            "link set \(far.name) up",
            "link set \(Self.bridge) up",
            "link set \(guestPort.tap) master \(Self.bridge)",
        ]
    }

    private var disconnecting: [String] {
        [
            "link set \(guestPort.tap) master \(guestPort.bridge)",
            "link set \(guestPort.tap) arp on",
            "link delete \(Self.bridge)",
        ]
    }

    private func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    // MARK: - Frames

    func run(until ending: FileDescriptor) throws {
        let timer = try LinkTimer()
        defer { timer.close() }
        let seed = quality.value.seed
        var fromGuest = LinkDirection(seed: seed)
        var toGuest = LinkDirection(seed: seed ^ .max)
        while let ready = try ServingThread.wait(for: [near.file, far.file, timer.file], or: ending) {
            if ready.contains(timer.file.rawValue) { timer.clear() }
            let quality = quality.value
            if ready.contains(near.file.rawValue) { take(from: near, into: &fromGuest, quality) }
            if ready.contains(far.file.rawValue) { take(from: far, into: &toGuest, quality) }
            deliver(&fromGuest, to: far)
            deliver(&toGuest, to: near)
            record.update { $0 = LinkRecord(fromGuest: fromGuest.counts, toGuest: toGuest.counts) }
            try timer.set(to: [fromGuest.nextDue, toGuest.nextDue].compactMap { $0 }.min())
        }
        // What the guest has sent by now counts as under way.
        take(from: near, into: &fromGuest, quality.value)
        take(from: far, into: &toGuest, quality.value)
        fromGuest.end()
        toGuest.end()
        // What no one had time to read is told only once, since that takes a look at all interfaces.
        fromGuest.counts.missed = InterfaceCounters.droppedToGuest(of: near.name)
        toGuest.counts.missed = InterfaceCounters.droppedToGuest(of: far.name)
        record.update { $0 = LinkRecord(fromGuest: fromGuest.counts, toGuest: toGuest.counts) }
    }

    private func take(from port: LinkPort, into direction: inout LinkDirection, _ quality: LinkQuality) {
        for _ in 0..<Self.turn {
            guard let frame = port.receive() else { return }
            direction.take(frame, at: LinkTimer.now, quality)
        }
    }

    private func deliver(_ direction: inout LinkDirection, to port: LinkPort) {
        while let frame = direction.arrival(by: LinkTimer.now) { port.send(frame) }
    }
}

extension LinkRecord {
    fileprivate init(fromGuest: LinkDirection.Counts, toGuest: LinkDirection.Counts) {
        self.init()
        (self.fromGuest, self.toGuest) = (fromGuest, toGuest)
    }
}
