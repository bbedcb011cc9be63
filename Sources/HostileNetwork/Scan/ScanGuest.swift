import FoundationEssentials
import Glibc
package import SimulatedInternet
import SystemPackage

/// Asks the guest whatever a stranger on its network can ask, and reports what it answers.
///
/// Has to be called within `withSimulatedInternet`. Where the guest is, is found out as a stranger would: by asking
/// everybody, and by hearing what the guest sends. Answers are judged by the leak policy as well, like all that leaves
/// the guest.
///
/// - Throws: A `SimulatedInternetError` when the network can't be used, or `CancellationError`.
package func scanGuest(_ plan: ScanPlan = ScanPlan(), in internet: SimulatedInternet) async throws -> ScanReport {
    let ears = try LinkEars(at: internet.guestPort.tap, hearsBoth: true)
    defer { ears.close() }
    let port = try await LinkPort.open(on: internet.guestPort.bridge)
    defer { port.close() }
    let scan = RunningScan(plan, tap: internet.guestPort.tap, ears: ears, port: port)
    let report = Watched<ScanReport?>(nil)
    try await ServingThread.run("scan") { ending in
        let result = try scan.run(until: ending)
        report.update { $0 = result }
    }
    guard let report = report.value else { throw CancellationError() }
    return report
}

/// Sends probes at their pace, and listens.
///
/// ```
/// ask everybody ──> learn where the guest is ──> ask it alone ──> see the last probe arrive ──> wait for answers
/// ```
private struct RunningScan: Sendable {
    /// Addresses that the guest may have been given, by whichever server.
    private static let addresses: ClosedRange<UInt32> = 0x0a02_0164...0x0a02_01d2
    /// Often enough for a steady pace.
    private static let tick: UInt64 = 10_000_000
    private static let turn = 256

    private let plan: ScanPlan
    private let tap: String
    private let ears: LinkEars
    private let port: LinkPort

    init(_ plan: ScanPlan, tap: String, ears: LinkEars, port: LinkPort) {
        (self.plan, self.tap, self.ears, self.port) = (plan, tap, ears, port)
    }

    /// Scans, or returns `nil` when it is time to end before that.
    func run(until ending: FileDescriptor) throws -> ScanReport? {
        let timer = try LinkTimer()
        defer { timer.close() }
        var book = ScanBook(plan)
        let droppedBefore = dropped
        let everybody = plan.broadcastProbes(addresses: Self.addresses)
        guard try send(everybody, &book, timer, until: ending),
            try wait(&book, timer, until: ending, or: { $0.target?.address != nil })
        else { return nil }
        let probes = book.target.map(plan.probes(of:)) ?? []
        guard try send(probes, &book, timer, until: ending),
            // A link that delays has what was sent last under way for longer than an answer takes.
            try wait(&book, timer, until: ending, or: \.allArrived),
            try wait(&book, timer, until: ending, or: { _ in false })
        else { return nil }
        let missed = ears.takeLosses()
        if missed > 0 { book.doubt("\(missed) frames at the system's port were not heard.") }
        let lost = dropped - droppedBefore
        if lost > 0 { book.doubt("The system's card had no room for \(lost) frames.") }
        book.close()
        return book.report
    }

    /// Sends probes at their pace; returns whether it came to the end.
    private func send(
        _ probes: [ScanPlan.Probe],
        _ book: inout ScanBook,
        _ timer: LinkTimer,
        until ending: FileDescriptor
    ) throws -> Bool {
        let began = LinkTimer.now
        var next = 0
        while next < probes.count {
            let time = (LinkTimer.now - began) / 1000 * UInt64(plan.probesPerSecond)
            // At most a tick's worth at once, however late the tick comes: a queue of the guest is finite.
            let allowed = min(Int(time / 1_000_000) + 1, next + max(1, plan.probesPerSecond / 50))
            while next < min(allowed, probes.count) {
                book.sent(probes[next])
                port.send(probes[next].frame)
                next += 1
            }
            guard try listen(&book, timer, to: LinkTimer.now + Self.tick, until: ending, or: { _ in false }) else {
                return false
            }
        }
        return true
    }

    /// Listens for as long as the plan waits, or until something is so; returns whether it may go on.
    private func wait(
        _ book: inout ScanBook,
        _ timer: LinkTimer,
        until ending: FileDescriptor,
        or isSo: (ScanBook) -> Bool
    ) throws -> Bool {
        try listen(&book, timer, to: LinkTimer.now + plan.patience.nanoseconds, until: ending, or: isSo)
    }

    private func listen(
        _ book: inout ScanBook,
        _ timer: LinkTimer,
        to deadline: UInt64,
        until ending: FileDescriptor,
        or isSo: (ScanBook) -> Bool
    ) throws -> Bool {
        try timer.set(to: deadline)
        while !isSo(book), LinkTimer.now < deadline {
            guard let ready = try ServingThread.wait(for: [ears.file, port.file, timer.file], or: ending) else {
                return false
            }
            // What reaches the port was heard before, at the guest's own.
            if ready.contains(port.file.rawValue) { while port.receive() != nil {} }
            guard ready.contains(ears.file.rawValue) else { continue }
            for _ in 0..<Self.turn {
                guard let heard = ears.hear() else { break }
                if heard.isToGuest {
                    book.passed(heard.bytes)
                } else if let frame = HeardFrame(heard.bytes), let reply = book.heard(frame) {
                    port.send(reply)
                }
            }
        }
        return true
    }

    /// How many frames to the guest its card has had no room for.
    private var dropped: Int { InterfaceCounters.droppedToGuest(of: tap) }
}
