import Verdicts

/// What can start next: scenarios in the order of the plan, and before them the checkpoints that they need.
///
/// With several workers, checkpoints come before everything else: the sooner they are there, the more can run side by
/// side. A single worker makes each when the first scenario needs it.
///
/// ```
///            first scenario needs it          its scenario passed
///   missing ─────────────────────────> making ───────────────────> there ──> scenarios start from it
///      ▲                                  └──────────────────────> failed ──> they fail with it
///      └── it vanished or is broken (found when a scenario is to start from it)
/// ```
struct Schedule {
    /// Something that a worker does.
    enum Work: Hashable {
        /// The making of a checkpoint, by its identity in the plan.
        case checkpoint(String)
        /// A scenario, by its number in the plan.
        case scenario(Int)
    }

    /// What is known of a checkpoint.
    enum State: Equatable {
        case missing, making, there
        /// It could not be made, for what its scenario came to.
        case failed(Verdict)
    }

    private let plan: Plan
    private let makesAhead: Bool
    private var states: [String: State] = [:]
    /// How often each was begun to be made.
    private var makings: [String: Int] = [:]
    /// One that vanishes again and again has no place to stay.
    private static let mostMakings = 3
    /// The scenarios that have not started.
    private(set) var ahead: [Int]
    /// The scenarios that have not ended.
    private var unfinished: Set<Int>

    /// Begins with the checkpoints that are there already.
    init(_ plan: Plan, there: Set<String>, workers: Int) {
        self.plan = plan
        makesAhead = workers > 1
        ahead = Array(plan.entries.indices)
        unfinished = Set(plan.entries.indices)
        for checkpoint in plan.checkpoints { states[checkpoint.id] = there.contains(checkpoint.id) ? .there : .missing }
    }

    /// What is known of a checkpoint; one that comes from a failed one has failed with it.
    func state(of checkpoint: String) -> State {
        let own = states[checkpoint] ?? .missing
        guard own == .missing, let parent = plan.checkpoint(checkpoint)?.parent else { return own }
        if case .failed(let verdict) = state(of: parent) {
            return .failed(verdict.inherited(from: plan.checkpoint(parent)?.title ?? parent))
        }
        return own
    }

    /// The checkpoints that are being made.
    var inMaking: [String] { states.filter { $0.value == .making }.keys.sorted() }

    /// Finds what to start now.
    ///
    /// - Parameter onlyScenarios: Whether no checkpoint is to be made.
    /// - Returns: The work, or `nil` when nothing can start.
    func next(onlyScenarios: Bool = false) -> Work? {
        if makesAhead, !onlyScenarios, let first = firstMakeable(ahead.compactMap { plan.entries[$0].start }) {
            return first
        }
        for number in ahead {
            guard let start = plan.entries[number].start else { return .scenario(number) }
            switch state(of: start) {
            case .there, .failed: return .scenario(number)
            case .making: continue
            case .missing:
                if !onlyScenarios, let first = makeable(start) { return .checkpoint(first) }
            }
        }
        guard !onlyScenarios else { return nil }
        return firstMakeable(plan.wanted)
    }

    /// The first that is missing and can be made, or what has to be made before it.
    private func firstMakeable(_ checkpoints: [String]) -> Work? {
        checkpoints.lazy.filter { state(of: $0) == .missing }.compactMap(makeable).first.map(Work.checkpoint)
    }

    /// The first missing checkpoint on the way to this one, unless its parent is being made.
    private func makeable(_ id: String) -> String? {
        guard let parent = plan.checkpoint(id)?.parent else { return id }
        return switch state(of: parent) {
        case .there: id
        case .making, .failed: nil
        case .missing: makeable(parent)
        }
    }

    /// Notes that work has started.
    mutating func start(_ work: Work) {
        switch work {
        case .checkpoint(let id):
            states[id] = .making
            makings[id, default: 0] += 1
        case .scenario(let number): ahead.removeAll { $0 == number }
        }
    }

    /// Notes what a checkpoint's making came to.
    mutating func finish(checkpoint id: String, _ state: State) { states[id] = state }

    /// Notes that a scenario has ended.
    mutating func finish(scenario number: Int) { unfinished.remove(number) }

    /// Puts a scenario back that was prepared and not begun, or whose checkpoint was not there after all.
    mutating func putBack(scenario number: Int) { ahead = (ahead + [number]).sorted() }

    /// Notes that a checkpoint is gone that was there.
    mutating func lose(_ id: String) {
        guard state(of: id) == .there else { return }
        let title = plan.checkpoint(id)?.title ?? id
        states[id] =
            makings[id, default: 0] < Self.mostMakings
            ? .missing : .failed(Verdict(ofHarness: CheckpointError.vanished(title, times: Self.mostMakings)))
    }

    /// The checkpoints that are temporary, and that nothing needs any more.
    var expendable: [String] {
        plan.checkpoints.filter { checkpoint in
            guard checkpoint.isTemporary, state(of: checkpoint.id) == .there else { return false }
            return !unfinished.contains { number in
                // An ancestor is needed as long as what comes from it still has to be made.
                var id = plan.entries[number].start
                while let current = id {
                    if current == checkpoint.id { return true }
                    if state(of: current) == .there { return false }
                    id = plan.checkpoint(current)?.parent
                }
                return false
            }
        }.map(\.id)
    }
}
