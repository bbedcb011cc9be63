import Diagnostics
import ScenarioWorlds
import StepDefinitions
import Synchronization
import Verdicts

/// Watches the conditions that steps demand, until the scenario's last step has ended.
///
/// ```
///            a check throws, or a watch does
///   open ──────────────────────────────────────> broken   (by the system: the scenario is interrupted, and fails)
///    │  └──> the host or the check itself fails ─> unproven (the scenario is interrupted by that error)
///    └─────> the steps have ended, and it is asked once more ──> held
/// ```
final class ConditionWatch: Sendable {
    /// What is known of one condition.
    private struct Known {
        let condition: OpenedCondition
        /// How often it was asked, the first time by the step itself.
        var checks = 1
        var longestPause = Duration.zero
        var failure: ConditionError?
    }

    private let interruption: Interruption
    private let clock: any Clock<Duration>
    private let checkDeadline: Duration
    private let known = Mutex<[Known]>([])
    private let opened = AsyncStream.makeStream(of: Int.self)

    /// Creates a watch in which nothing is demanded yet.
    ///
    /// - Parameters:
    ///   - interruption: Ends the scenario when something does not hold.
    ///   - clock: What pauses go by.
    ///   - checkDeadline: How long the last check may take.
    init(interruption: Interruption, clock: any Clock<Duration>, checkDeadline: Duration) {
        self.interruption = interruption
        self.clock = clock
        self.checkDeadline = checkDeadline
    }

    /// Watches a condition from now on.
    func open(_ condition: OpenedCondition) {
        let number = known.withLock { known in
            known.append(Known(condition: condition))
            return known.count - 1
        }
        opened.continuation.yield(number)
    }

    /// Runs a scenario's steps, and watches meanwhile.
    ///
    /// - Parameters:
    ///   - hasPassed: Whether all steps have; only then it is worth to ask a last time.
    ///   - steps: The steps.
    /// - Returns: What became of each condition, in the order in which they were demanded.
    func during(hasPassed: () async -> Bool, _ steps: () async -> Void) async -> [ConditionReport] {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await number in self.opened.stream { group.addTask { await self.watch(number) } }
                    group.cancelAll()
                }
            }
            await steps()
            opened.continuation.finish()
        }
        for number in known.withLock({ $0.indices }) where await hasPassed() { await checkLastTime(number) }
        return reports(isWhole: await hasPassed())
    }

    // MARK: - Watching

    private func watch(_ number: Int) async {
        let condition = known.withLock { $0[number].condition }
        do {
            switch condition.proof {
            case .checks(let period, let check):
                while true {
                    let pause = stopwatch(clock)
                    try await clock.sleep(for: period)
                    try await check()
                    note(number, pause())
                }
            case .watch(let watch):
                try await watch()
                try Task.checkCancellation()
                fail(number, .watchEnded(condition.name))
            }
        } catch {
            // What ends because the steps have ended says nothing; the last check does.
            guard !Task.isCancelled else { return }
            fail(number, .broken(condition.name, cause: error))
        }
    }

    private func checkLastTime(_ number: Int) async {
        let (condition, hasFailed) = known.withLock { ($0[number].condition, $0[number].failure != nil) }
        guard !hasFailed, case .checks(_, let check) = condition.proof else { return }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await check() }
                group.addTask { [clock, checkDeadline] in
                    try await clock.sleep(for: checkDeadline)
                    throw RunnerError.checkTooSlow(condition.name, limit: checkDeadline)
                }
                try await group.next()
            }
            note(number, .zero)
        } catch {
            fail(number, .broken(condition.name, cause: error))
        }
    }

    private func note(_ number: Int, _ pause: Duration) {
        known.withLock { known in
            known[number].checks += 1
            known[number].longestPause = max(known[number].longestPause, pause)
        }
    }

    private func fail(_ number: Int, _ error: ConditionError) {
        known.withLock { $0[number].failure = $0[number].failure ?? error }
        interruption.interrupt(with: error)
    }

    // MARK: - What became of them

    /// Tells of each, and whether the scenario went on to its end.
    private func reports(isWhole: Bool) -> [ConditionReport] {
        known.withLock { known in
            known.map { known in
                let name = known.condition.name
                var details = ["demanded at \(known.condition.place)"]
                if case .checks = known.condition.proof {
                    details.append("asked \(known.checks) times, at most \(known.longestPause) apart")
                }
                guard let failure = known.failure else {
                    return ConditionReport(
                        name: name,
                        state: .held,
                        word: "held",
                        summary: "It held \(isWhole ? "throughout" : "as long as the scenario went on") that \(name).",
                        details: details
                    )
                }
                // What is not the system's fault leaves open whether it would have held.
                let isBroken = failure.blame == .systemUnderTest
                return ConditionReport(
                    name: name,
                    state: isBroken ? .broken : .unproven,
                    word: isBroken ? "broken" : "unknown",
                    summary: failure.summary,
                    details: failure.context + details
                )
            }
        }
    }
}
