import Foundation
import LeakPolicy
import PacketCapture
import PacketDecoding
import Subprocess
import Synchronization
import SystemPackage
import TrafficAccounting

/// What became of the leaks that were injected.
struct LatencyReport: Codable {
    /// From just before the guest's side wrote a frame to the tap until it was judged to be a leak, in milliseconds.
    var latencies: [Double] = []
    var injected = 0
    /// Findings that nobody injected.
    var falseAlarms = 0
    /// Of innocent traffic, as it was written: megabits in each second.
    var megabitsPerSecond = 0.0
    var framesFromGuest = 0
    var kernelDrops = 0
    /// Why the capture proves nothing; empty when it saw every frame.
    var reasons: [String] = []
}

/// Plays a guest that leaks while it does something innocent, and judges it as a scenario's traffic is judged.
func measure(megabits: Int, leaks: Int, policy file: String, capture: FilePath) async throws -> LatencyReport {
    let policy = try LeakPolicy(yaml: String(contentsOfFile: file, encoding: .utf8), file: file)
    let resolved = try policy.resolved(
        with: Dictionary(uniqueKeysWithValues: policy.groups.map { ($0, [LeakingGuest.relay]) })
    )
    let guest = LeakingGuest(megabits: megabits, leaks: leaks)
    var connected = LeakJudge(policy: resolved, guest: LeakingGuest.facts)
    // The only phase in which what the guest does beside its leaks is innocent.
    connected.enter(.connected)
    let judge = Mutex(connected)
    let books = Mutex(GuestBooks())
    let seen = Seen(count: leaks)
    try await makeTap()
    let (result, evidence) = try await withPacketCapture(
        on: LeakingGuest.tap,
        writingTo: capture,
        deliver: { frame in
            let finding = judge.withLock { $0.judge(frame) }
            // Part of what holds up the frames behind.
            defer { books.withLock { $0.add(frame, isReported: finding != nil) } }
            guard let finding else { return nil }
            seen.note(finding.flow.source.port.flatMap { LeakingGuest.number(ofPort: $0) })
            return finding.reason
        }
    ) { _ in
        try await guest.play()
    }
    let sent = try result.get()
    var report = LatencyReport()
    report.injected = sent.leaks.count
    let found = seen.found
    report.latencies = zip(sent.leaks, found.times).compactMap { written, judged in
        judged.map { written.duration(to: $0) / .milliseconds(1) }
    }
    report.falseAlarms = found.falseAlarms
    report.megabitsPerSecond = Double(sent.innocentBytes) * 8 / 1e6 / (sent.time / .seconds(1))
    report.framesFromGuest = evidence.framesFromGuest
    report.kernelDrops = evidence.kernelDrops
    report.reasons = evidence.reasons
    return report
}

/// When each leak was found, as the capture's thread tells.
private final class Seen: Sendable {
    private let state: Mutex<(times: [ContinuousClock.Instant?], falseAlarms: Int)>

    init(count: Int) { state = Mutex((Array(repeating: nil, count: count), 0)) }

    var found: (times: [ContinuousClock.Instant?], falseAlarms: Int) { state.withLock { $0 } }

    func note(_ number: Int?) {
        let now = ContinuousClock.now
        state.withLock { state in
            if let number, state.times.indices.contains(number), state.times[number] == nil {
                state.times[number] = now
            } else {
                state.falseAlarms += 1
            }
        }
    }
}

private func makeTap() async throws {
    for arguments in [["tuntap", "add", LeakingGuest.tap, "mode", "tap"], ["link", "set", LeakingGuest.tap, "up"]] {
        let result = try await run(
            .name("ip"),
            arguments: Arguments(arguments),
            output: .discarded,
            error: .string(limit: 4096)
        )
        guard result.terminationStatus.isSuccess else { throw MeasurementError(description: result.standardError) }
    }
}

/// A measurement that could not be made.
struct MeasurementError: Error, CustomStringConvertible {
    let description: String
}
