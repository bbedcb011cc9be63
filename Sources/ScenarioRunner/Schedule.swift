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
    /// Those of them whose next attempt the record promises.
    private var promised: Set<Int> = []
    /// The scenarios that have not ended.
    private var unfinished: Set<Int>

    /// Begins with the checkpoints that are there already, without the scenarios that have ended in an earlier run.
    init(_ plan: Plan, there: Set<String>, workers: Int, ended: Set<Int> = []) {
        self.plan = plan
        makesAhead = workers > 1
        ahead = plan.entries.indices.filter { !ended.contains($0) }
        unfinished = Set(ahead)
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

    /// What may start.
    enum Choice {
        case anything
        /// No checkpoint is to be made.
        case scenarios
        /// Only attempts that the record promises, and what they need.
        case promised
    }

    /// Finds what to start now.
    ///
    /// - Parameters:
    ///   - choice: What may start.
    ///   - isWelcome: Whether work may run beside what runs. With several workers others go first meanwhile; a single one
    ///     keeps the order.
    /// - Returns: The work, or `nil` when nothing can start.
    func next(_ choice: Choice = .anything, where isWelcome: (Work) -> Bool = { _ in true }) -> Work? {
        if makesAhead, choice == .anything,
            let first = firstMakeable(ahead.lazy.compactMap { plan.entries[$0].start }, where: isWelcome)
        {
            return first
        }
        for number in ahead where choice != .promised || promised.contains(number) {
            let work: Work
            switch plan.entries[number].start.map({ ($0, state(of: $0)) }) {
            case nil, (_, .there)?, (_, .failed)?: work = .scenario(number)
            case (_, .making)?: continue
            case (let start, .missing)?:
                guard choice != .scenarios, let first = makeable(start) else { continue }
                work = .checkpoint(first)
            }
            if isWelcome(work) { return work }
            if !makesAhead { return nil }
        }
        guard choice == .anything else { return nil }
        return firstMakeable(plan.wanted, where: isWelcome)
    }

    /// The first that is missing and can be made, or what has to be made before it.
    private func firstMakeable(_ checkpoints: some Sequence<String>, where isWelcome: (Work) -> Bool) -> Work? {
        guard states.values.contains(.missing) else { return nil }
        for checkpoint in checkpoints where state(of: checkpoint) == .missing {
            if let first = makeable(checkpoint), isWelcome(.checkpoint(first)) { return .checkpoint(first) }
        }
        return nil
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
    mutating func finish(scenario number: Int) {
        unfinished.remove(number)
        promised.remove(number)
    }

    /// Notes that a scenario is tried again: an attempt that the record promises.
    mutating func promise(scenario number: Int) {
        promised.insert(number)
        putBack(scenario: number)
    }

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
