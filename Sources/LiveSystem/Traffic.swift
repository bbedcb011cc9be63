public import Diagnostics
package import LeakPolicy
package import PacketCapture
package import PacketDecoding
package import ScenarioWorlds
import Synchronization
package import TrafficAccounting
package import Verdicts

/// The traffic of a scenario: every frame is judged as it leaves the guest, on the thread that captures it.
///
/// A leak interrupts the scenario, unless a step announced exactly that leak: an anti-test, which proves that the
/// detector fires.
public final class Traffic: Sendable {
    private struct State {
        var judge: LeakJudge
        var expected: [LeakExpectation: Int] = [:]
        var leaks: [LeakFinding] = []
        var expectedLeaks: [LeakFinding] = []
        var step: String?
        var stepOfFirstLeak: String?
        var hasFailedSteps = false
        /// Whether the judge was told that there are no more frames.
        var hasEnded = false
        var changed = Latch()
        /// Connections that the guest took with it from a checkpoint, in whose making their beginnings were judged.
        var earlier: Set<ConnectionEnds> = []
        var framesOfEarlier = 0

        func error(_ leak: LeakFinding, step: String?) -> LeakError {
            .leaked(leak, step: step, allowed: judge.purposes)
        }
    }

    /// Enough to explain a leak; more of them would explain no more.
    private static let mostFindings = 64

    private let state: Mutex<State>
    private let scenario: ScenarioContext
    private let capture = Mutex<PacketCapture?>(nil)

    package init(policy: ResolvedLeakPolicy, guest: GuestFacts, scenario: ScenarioContext) {
        state = Mutex(State(judge: LeakJudge(policy: policy, guest: guest)))
        self.scenario = scenario
    }

    // MARK: - For steps

    /// Announces a leak, which then does not end the scenario; the scenario fails if it is not seen.
    public func expectLeak(of kind: TrafficKind, to destination: Destination) {
        let expectation = LeakExpectation(kind.expectation, to: destination.host, port: destination.port)
        state.withLock { $0.expected[expectation, default: 0] += 0 }
    }

    /// Waits until every announced leak was seen.
    ///
    /// - Throws: A ``TrafficError`` when one was not seen in time, or none was announced.
    public func waitForExpectedLeaks(within limit: Duration) async throws {
        try await waitForExpectedLeaks(within: limit, on: ContinuousClock())
    }

    package func waitForExpectedLeaks(within limit: Duration, on clock: any Clock<Duration>) async throws {
        guard state.withLock({ !$0.expected.isEmpty }) else { throw TrafficError.nothingAnnounced }
        try await withDeadline(limit, on: clock) {
            while !Task.isCancelled {
                // Taken before the look, so that what happens in between opens it.
                let changed = self.state.withLock { $0.changed }
                if self.missingLeaks.isEmpty { return }
                await changed.wait()
            }
        } else: {
            TrafficError.leakNotSeen(missingLeaks, within: limit)
        }
    }

    private var missingLeaks: [String] {
        state.withLock { $0.expected.filter { $0.value == 0 }.keys.map(\.description).sorted() }
    }

    /// Makes sure that nothing has leaked until now, announced or not.
    ///
    /// - Throws: ``LeakError/leaked(_:step:)``.
    public func requireNoLeak() throws {
        let error = state.withLock { state in
            state.leaks.first.map { state.error($0, step: state.stepOfFirstLeak) }
                ?? state.expectedLeaks.first.map { state.error($0, step: nil) }
        }
        if let error { throw error }
    }

    /// Ends the capture, to prove that a dead capture is noticed.
    public func breakOffCapture() async {
        await capture.withLock { $0 }?.breakOff()
    }

    // MARK: - For the provider

    /// Judges a frame, on the thread that captures it, so that a leak is seen at once.
    ///
    /// - Returns: What is to stand beside the frame in the capture, when something is wrong with it.
    package func judge(_ frame: CapturedFrame) -> String? {
        let finding = state.withLock { state -> LeakFinding? in
            guard let finding = state.judge.judge(frame) else { return nil }
            guard finding.isOfConnection(in: state.earlier) else { return finding }
            state.framesOfEarlier += 1
            return nil
        }
        return finding.map(report)
    }

    /// Notes connections that the guest takes with it from a checkpoint: their beginnings are not in this capture.
    package func carryOver(_ connections: [ConnectionEnds]) {
        state.withLock { $0.earlier.formUnion(connections) }
    }

    /// Takes what a judge found: it ends the scenario, unless it was announced.
    ///
    /// - Returns: What is to stand beside the frame in its capture.
    func report(_ finding: LeakFinding) -> String {
        let (comment, error, changed) = state.withLock { state -> (String, LeakError?, Latch?) in
            let comment = "\(finding.summary): \(finding.reason)"
            let expectations = state.expected.keys.filter { $0.matches(finding) }
            if !expectations.isEmpty {
                for expectation in expectations { state.expected[expectation, default: 0] += 1 }
                if state.expectedLeaks.count < Self.mostFindings { state.expectedLeaks.append(finding) }
                defer { state.changed = Latch() }
                return ("expected leak: \(comment)", nil, state.changed)
            }
            if state.leaks.isEmpty { state.stepOfFirstLeak = state.step }
            if state.leaks.count < Self.mostFindings { state.leaks.append(finding) }
            return ("leak: \(comment)", state.error(finding, step: state.step), nil)
        }
        changed?.open()
        if let error { scenario.interruption.interrupt(with: error) }
        return comment
    }

    package func begin(step: String?) {
        state.withLock { $0.step = step }
        if let step { capture.withLock { $0 }?.comment("step: \(step)") }
    }

    /// Says what the guest is doing from now on, to the judge and beside the frames.
    package func enter(_ phase: Phase) {
        state.withLock { $0.judge.enter(phase) }
        capture.withLock { $0 }?.comment("phase: \(phase.rawValue)")
    }

    package func stepFailed() { state.withLock { $0.hasFailedSteps = true } }

    /// Whether a step did not pass, so that whoever reads the report wants to know more.
    var hasFailedSteps: Bool { state.withLock { $0.hasFailedSteps } }

    func attach(_ capture: PacketCapture) { self.capture.withLock { $0 = capture } }

    /// What the traffic of the whole scenario proves, once the capture is over.
    package func report(_ evidence: CaptureEvidence) -> ConditionReport {
        state.withLock { state in
            if !state.hasEnded {
                state.hasEnded = true
                state.leaks += state.judge.finish()
            }
            let seen = state.judge.report
            let counts = "\(seen.framesFromGuest) frames from the guest and \(seen.framesToGuest) to it were judged."
            let earlier =
                state.framesOfEarlier == 0
                ? [] : ["\(state.framesOfEarlier) frames were of connections from before the checkpoint."]
            let uses = seen.allowances.filter { $0.frames > 0 }.map {
                "allowed: \($0.purpose): \($0.frames) frames, \($0.bytes) bytes"
            }
            let unused = seen.unusedAllowances.map { "never used: \($0)" }
            let found = (state.leaks + state.expectedLeaks).prefix(16).map {
                "frame \($0.frameNumber): \($0.summary); \($0.reason) (\($0.check.rawValue))"
            }
            let missing = state.expected.filter { $0.value == 0 }.keys.map(\.description).sorted()
            if let leak = state.leaks.first {
                let error = state.error(leak, step: state.stepOfFirstLeak)
                return ConditionReport(
                    name: "traffic",
                    state: .broken,
                    word: "leaked",
                    summary: error.summary,
                    details: error.context + found
                )
            }
            guard evidence.isConclusive, seen.doubts.isEmpty else {
                return ConditionReport(
                    name: "traffic",
                    state: .unproven,
                    word: "inconclusive",
                    summary: "The capture can't prove that it saw everything.",
                    details: evidence.reasons + seen.doubts + [counts]
                )
            }
            guard missing.isEmpty else {
                return ConditionReport(
                    name: "traffic",
                    state: .unproven,
                    word: "inconclusive",
                    summary: "The scenario announced a leak that was not seen: \(missing.joined(separator: ", ")).",
                    details: [counts] + found
                )
            }
            return ConditionReport(
                name: "traffic",
                state: state.expected.isEmpty ? .held : .brokenAsExpected,
                word: state.expected.isEmpty ? "clean" : "leaked",
                summary: state.expected.isEmpty
                    ? "Nothing left the guest that the policy does not allow." : "Only the announced leak was seen.",
                details: [counts] + earlier + uses + unused + found
            )
        }
    }
}

extension LeakFinding {
    /// Whether all that is wrong is that the beginning of a connection was not seen, which was seen elsewhere.
    fileprivate func isOfConnection(in earlier: Set<ConnectionEnds>) -> Bool {
        guard check == .tcpWithoutBeginning, case .endpoint(let guest) = flow.source,
            case .endpoint(let other) = flow.destination
        else { return false }
        return earlier.contains(ConnectionEnds(guest: guest, other: other))
    }
}

extension TrafficKind {
    fileprivate var expectation: LeakExpectation.Kind {
        switch self {
        case .tcp: .tcp
        case .plainTCP: .plainTCP
        case .udp: .udp
        case .tcpDNS: .dnsTCP
        case .udpDNS: .dnsUDP
        case .icmp: .icmp
        case .ipv6: .ipv6
        }
    }
}

/// A reason why traffic is not what a step needs it to be.
public enum TrafficError: ExplainedError, Equatable {
    case leakNotSeen([String], within: Duration)
    case nothingAnnounced

    public var blame: Blame {
        switch self {
        case .leakNotSeen: .harness
        case .nothingAnnounced: .testAuthor
        }
    }

    public var summary: String {
        switch self {
        case .leakNotSeen(let leaks, let limit):
            "The detector had to report \(leaks.joined(separator: ", ")) within \(limit), and did not."
        case .nothingAnnounced: "A leak has to be announced before it can be waited for, and none was."
        }
    }

    public var hint: String? {
        switch self {
        case .leakNotSeen: "Look in the capture whether the frames are there; if they are, the detector is blind."
        case .nothingAnnounced: "Begin with the step “TCP to \"203.0.113.80:80\" must be reported as a leak”."
        }
    }
}
