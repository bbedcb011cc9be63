import Glibc
package import LeakPolicy
import PacketCapture
package import PacketDecoding
package import ScenarioWorlds
import Synchronization
package import TrafficAccounting
package import TrafficAttribution

/// The traffic of a scenario: every frame is judged as it leaves the guest, on the thread that captures it.
///
/// A leak interrupts the scenario, unless a step announced exactly that leak: an anti-test, which proves that the
/// detector fires.
public final class Traffic: Sendable {
    /// A leak, and who sent it if that was found out.
    struct SeenLeak: Sendable {
        let finding: LeakFinding
        let step: String?
        /// `nil` where nobody has been asked.
        var sender: Sender?
    }

    struct State {
        var judge: PhasedJudge
        var recent = RecentFrames()
        var expected: [LeakExpectation: Int] = [:]
        var leaks: [SeenLeak] = []
        var expectedLeaks: [SeenLeak] = []
        /// The flows whose senders were asked for.
        var inquiredFlows: Set<Flow> = []
        var openQuestions = 0
        /// The flows that an owner was wanted of when somebody last asked.
        var ownersWanted = 0
        var step: String?
        var hasFailedSteps = false
        var changed = Latch()
        /// The judges of other cards, which want to know the phases.
        var cards: [CardJudge] = []

        func error(_ leak: SeenLeak, isExpected: Bool = false) -> LeakError {
            .leaked(leak.finding, step: isExpected ? nil : leak.step, allowed: judge.purposes)
        }
    }

    /// Enough to explain a leak; more of them would explain no more.
    private static let mostFindings = 64
    /// The leaks of which everything is kept that the moment tells.
    private static let mostMoments = 8

    let state: Mutex<State>
    private let scenario: ScenarioContext
    private let capture = Mutex<PacketCapture?>(nil)
    /// What has to be found out at once.
    let questions: AsyncStream<LeakQuestion>
    private let ask: AsyncStream<LeakQuestion>.Continuation

    package init(policy: ResolvedLeakPolicy, guest: GuestFacts, scenario: ScenarioContext) {
        state = Mutex(State(judge: PhasedJudge(LeakJudge(policy: policy, guest: guest))))
        self.scenario = scenario
        (questions, ask) = AsyncStream.makeStream()
        // There is no guest yet, so that no frame can have left before.
        state.withLock { $0.judge.enter(.off, at: 0) }
    }

    // MARK: - For steps

    /// Announces a leak, which then does not end the scenario; the scenario fails if it is not seen.
    ///
    /// `isOutOfPhase` says that it is traffic which is allowed at another time.
    public func expectLeak(of kind: TrafficKind, to destination: Destination, isOutOfPhase: Bool = false) {
        let expectation = LeakExpectation(
            kind.expectation,
            to: destination.host,
            port: destination.port,
            isOutOfPhase: isOutOfPhase
        )
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

    private var missingLeaks: [String] { state.withLock { $0.missingLeaks } }

    /// Makes sure that nothing has leaked until now, announced or not.
    ///
    /// - Throws: ``LeakError/leaked(_:step:)``.
    public func requireNoLeak() throws {
        let error = state.withLock { state in
            state.leaks.first.map { state.error($0) }
                ?? state.expectedLeaks.first.map { state.error($0, isExpected: true) }
        }
        if let error { throw error }
    }

    /// Makes sure that an announced leak was laid at the door of a user, and of a program that held its socket.
    ///
    /// - Throws: ``TrafficError/otherSender(wanted:senders:)``.
    public func requireSender(user: String, program: String?) async throws {
        await settle()
        let senders = state.withLock { $0.expectedLeaks.compactMap(\.sender) }
        let isFound = senders.contains { sender in
            sender.user == user && (program.map(sender.programs.contains) ?? true)
        }
        guard !isFound else { return }
        let wanted = "user \(user)" + (program.map { ", program \($0)" } ?? "")
        throw TrafficError.otherSender(wanted: wanted, senders: senders.map(\.description))
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
        let (finding, phases) = weigh(frame)
        // Beside this very frame, so that whoever judges the capture again comes to the same.
        if !phases.isEmpty, let capture = capture.withLock({ $0 }) {
            for phase in phases { capture.comment(phase.comment, isVital: true) }
        }
        return finding
    }

    /// Judges a frame, and says which phases had begun since the one before.
    package func weigh(_ frame: CapturedFrame) -> (finding: String?, phases: [Phase]) {
        let (comment, error, changed, phases) = state.withLock { state -> (String?, LeakError?, Latch?, [Phase]) in
            state.recent.add(frame)
            let (finding, phases) = state.judge.judge(frame, now: wallClock)
            if state.judge.ownersWanted > state.ownersWanted {
                state.ownersWanted = state.judge.ownersWanted
                put(.owners, &state)
            }
            guard let finding else { return (nil, nil, nil, phases) }
            let (comment, error, changed) = note(finding, frame, &state)
            return (comment, error, changed, phases)
        }
        changed?.open()
        if let error { scenario.interruption.interrupt(with: error) }
        return (comment, phases)
    }

    /// Takes what the judge of another card found: it ends the scenario, unless it was announced.
    ///
    /// - Returns: What is to stand beside the frame in its capture.
    func report(_ finding: LeakFinding, _ frame: CapturedFrame?) -> String {
        let (comment, error, changed) = state.withLock { note(finding, frame, &$0) }
        changed?.open()
        if let error { scenario.interruption.interrupt(with: error) }
        return comment
    }

    /// Notes connections that the guest takes with it from a checkpoint: their beginnings are not in this capture.
    package func carryOver(_ connections: [ConnectionEnds]) {
        state.withLock { state in
            for connection in connections { state.judge.carryOver(from: connection.guest, to: connection.other) }
        }
    }

    /// Notes a leak, and has found out what only this moment can tell.
    private func note(
        _ finding: LeakFinding,
        _ frame: CapturedFrame?,
        _ state: inout State
    ) -> (comment: String, error: LeakError?, changed: Latch?) {
        let comment = "\(finding.summary): \(finding.reason)"
        let expectations = state.expected.keys.filter { $0.matches(finding) }
        let leak = SeenLeak(finding: finding, step: state.step)
        inquire(leak, frame, isExpected: !expectations.isEmpty, &state)
        if !expectations.isEmpty {
            for expectation in expectations { state.expected[expectation, default: 0] += 1 }
            if state.expectedLeaks.count < Self.mostFindings { state.expectedLeaks.append(leak) }
            defer { state.changed = Latch() }
            return ("expected leak: \(comment)", nil, state.changed)
        }
        if state.leaks.count < Self.mostFindings { state.leaks.append(leak) }
        return ("leak: \(comment)", state.error(leak), nil)
    }

    private func inquire(_ leak: SeenLeak, _ frame: CapturedFrame?, isExpected: Bool, _ state: inout State) {
        let flow = leak.finding.flow
        guard state.inquiredFlows.count < Self.mostMoments, state.inquiredFlows.insert(flow).inserted else { return }
        let moment = LeakMoment(
            number: state.inquiredFlows.count,
            finding: leak.finding,
            isExpected: isExpected,
            step: leak.step,
            frame: frame,
            flow: state.judge.report.flows.first { $0.flow == flow },
            before: state.recent.frames(of: flow)
        )
        put(.leak(moment), &state)
    }

    private func put(_ question: LeakQuestion, _ state: inout State) {
        state.openQuestions += 1
        if case .terminated = ask.yield(question) { state.openQuestions -= 1 }
    }

    package func begin(step: String?) {
        state.withLock { $0.step = step }
        if let step { capture.withLock { $0 }?.comment("step: \(step)") }
    }

    /// Says what the guest is doing from now on; a phase that allows more is entered before what needs it begins.
    package func enter(_ phase: Phase) { state.withLock { $0.enter(phase) } }

    /// Says that the guest has come as far as a phase, unless it has come further or is off.
    package func enter(_ phase: Phase, after earlier: Set<Phase>) {
        state.withLock { state in
            guard let current = state.judge.phase, earlier.contains(current) else { return }
            state.enter(phase)
        }
    }

    /// Tells the judge of another card the phases too, from the present one on.
    func tellPhases(to card: CardJudge) {
        state.withLock { state in
            card.enter(state.judge.phase ?? .off, at: 0)
            state.cards.append(card)
        }
    }

    /// What the guest is doing, as far as it was said.
    package var phase: Phase { state.withLock { $0.judge.phase ?? .off } }

    package func stepFailed() { state.withLock { $0.hasFailedSteps = true } }

    /// Whether a step did not pass, so that whoever reads the report wants to know more.
    var hasFailedSteps: Bool { state.withLock { $0.hasFailedSteps } }

    func attach(_ capture: PacketCapture) { self.capture.withLock { $0 = capture } }

    // MARK: - For whoever finds out more

    /// The flows of which the policy wants to know who sends them, and nobody has told yet.
    var flowsWithoutOwner: [(flow: Flow, wanted: TrafficOwner)] { state.withLock { $0.judge.flowsWithoutOwner } }

    /// Says who sends a flow.
    package func attribute(_ flow: Flow, to owner: TrafficOwner) {
        let error = state.withLock { state in
            state.judge.attribute(flow, to: owner).flatMap { note($0, nil, &state).error }
        }
        if let error { scenario.interruption.interrupt(with: error) }
    }

    /// Says who sent the leaks of a flow.
    package func note(_ sender: Sender, of flow: Flow) {
        state.withLock { state in
            for index in state.leaks.indices where state.leaks[index].finding.flow == flow {
                state.leaks[index].sender = sender
            }
            for index in state.expectedLeaks.indices where state.expectedLeaks[index].finding.flow == flow {
                state.expectedLeaks[index].sender = sender
            }
        }
    }

    /// Says that a question has its answer, or never will.
    package func answered() {
        let changed = state.withLock { state in
            state.openQuestions -= 1
            defer { state.changed = Latch() }
            return state.changed
        }
        changed.open()
    }

    /// Waits until everything is found out that had to be at once; each question has a deadline of its own.
    package func settle() async {
        while !Task.isCancelled {
            let (changed, isSettled) = state.withLock { ($0.changed, $0.openQuestions == 0) }
            if isSettled { return }
            await changed.wait()
        }
    }
}

extension Traffic.State {
    fileprivate mutating func enter(_ phase: Phase) {
        let time = wallClock()
        judge.enter(phase, at: time)
        for card in cards { card.enter(phase, at: time) }
    }

    var missingLeaks: [String] { expected.filter { $0.value == 0 }.keys.map(\.description).sorted() }
}

/// Nanoseconds since 1970, by the clock that stamps the frames.
func wallClock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(clamping: time.tv_sec) * 1_000_000_000 + UInt64(clamping: time.tv_nsec)
}

extension TrafficKind {
    fileprivate var expectation: LeakExpectation.Kind {
        switch self {
        case .tcp: .tcp
        case .plainTCP: .plainTCP
        case .udp, .ntp: .udp
        case .tcpDNS: .dnsTCP
        case .udpDNS: .dnsUDP
        case .icmp: .icmp
        case .ipv6: .ipv6
        }
    }
}
