/// Decides whether one more job may start, so that guests never use more memory than there is.
///
/// What counts is what jobs of a kind were seen to use (Pss: pages that clones share count once), not what their
/// machines are configured with. A running job counts as what is expected of it until it uses more.
package struct MemoryAdmission: Sendable {
    /// A job that asks to start.
    package struct Request: Hashable, Sendable {
        /// What makes jobs alike in memory: the checkpoint that they start from, or the size of the machine.
        package let kind: String
        /// What the machine is configured with, in bytes.
        package let configured: Int

        /// Describes a request.
        package init(kind: String, configured: Int) {
            self.kind = kind
            self.configured = configured.limited
        }
    }

    /// Why a job may not start now.
    package enum Refusal: Hashable, Sendable {
        /// The jobs that run leave too little of the run's budget.
        case overBudget(Request, expected: Int, others: Int, budget: Int)
        /// The host has less memory left than the budget promised: others use it.
        case hostIsShort(Request, expected: Int, available: Int)

        /// One sentence, which says what is needed and what is there.
        package var text: String {
            switch self {
            case .overBudget(let request, let expected, let others, let budget):
                "A job of the kind “\(request.kind)” is expected to use \(mebibytes(expected)), "
                    + "and those that run use \(mebibytes(others)) of \(mebibytes(budget))."
            case .hostIsShort(let request, let expected, let available):
                "A job of the kind “\(request.kind)” is expected to use \(mebibytes(expected)), "
                    + "and the host has \(mebibytes(available)) to spare."
            }
        }
    }

    private struct Running: Sendable {
        let request: Request
        let expected: Int
        var measured = 0
        var peak = 0

        var counted: Int { max(expected, measured) }
        /// What it has not taken yet, and will.
        var growth: Int { max(0, expected - measured) }
    }

    /// What jobs may use together, in bytes.
    package let budget: Int
    /// What stays free on the host whatever happens, in bytes.
    package let reserve: Int
    /// What a machine that nothing measured yet takes beyond its configured memory, in bytes.
    package let overhead: Int
    /// What was learned, also from earlier runs.
    package private(set) var learned: LearnedMemory
    private var running: [String: Running] = [:]

    /// Begins a run.
    ///
    /// - Parameters:
    ///   - available: What the host can give at the start, in bytes (`MemAvailable` of proc(5)).
    ///   - reserve: What is to stay free, in bytes.
    ///   - overhead: What a machine takes beyond its configured memory, in bytes: the emulator and the worker.
    ///   - learned: What earlier runs learned.
    package init(available: Int, reserve: Int, overhead: Int, learned: LearnedMemory = LearnedMemory()) {
        self.reserve = reserve.limited
        self.overhead = overhead.limited
        budget = max(0, available.limited - self.reserve)
        self.learned = learned
    }

    // MARK: - Deciding

    /// What a job is expected to use, in bytes.
    package func expectedUse(of request: Request) -> Int {
        learned.peak(of: request.kind) ?? request.configured + overhead
    }

    /// Why a job may not start now, or `nil` when it may.
    ///
    /// When no other job runs it always may: otherwise a run on a small host would never end.
    ///
    /// - Parameters:
    ///   - request: The job.
    ///   - available: What the host can give now, in bytes, or `nil` when that is not known.
    /// - Returns: What is too little, to be told to whoever waits.
    package func refusal(of request: Request, available: Int? = nil) -> Refusal? {
        guard !running.isEmpty else { return nil }
        let expected = expectedUse(of: request)
        let others = running.values.reduce(0) { $0 + $1.counted }
        guard others + expected <= budget else {
            return .overBudget(request, expected: expected, others: others, budget: budget)
        }
        guard let available else { return nil }
        let spare = max(0, available.limited - reserve - running.values.reduce(0) { $0 + $1.growth })
        return expected <= spare ? nil : .hostIsShort(request, expected: expected, available: spare)
    }

    /// Whether a job may start now.
    package func admits(_ request: Request, available: Int? = nil) -> Bool {
        refusal(of: request, available: available) == nil
    }

    // MARK: - What happens

    /// A job has started.
    ///
    /// - Parameters:
    ///   - job: Its identity among those that run.
    ///   - request: What it asked with.
    package mutating func begin(_ job: String, _ request: Request) {
        running[job] = Running(request: request, expected: expectedUse(of: request))
    }

    /// A running job was measured; measurements of jobs that do not run are ignored.
    package mutating func measure(_ job: String, bytes: Int) {
        guard var state = running[job] else { return }
        state.measured = bytes.limited
        state.peak = max(state.peak, state.measured)
        running[job] = state
    }

    /// A job is over: what it used is learned.
    ///
    /// - Parameters:
    ///   - job: Its identity among those that ran.
    ///   - isComplete: Whether it came to its end. One cut short would have used more, and teaches at most that
    ///     its kind uses more than was known.
    package mutating func end(_ job: String, isComplete: Bool) {
        guard let state = running.removeValue(forKey: job) else { return }
        guard isComplete || state.peak > expectedUse(of: state.request) else { return }
        learned.learn(state.request.kind, peak: state.peak)
    }

    /// How many jobs run.
    package var runningCount: Int { running.count }
    /// What the running jobs count as, in bytes.
    package var countedUse: Int { running.values.reduce(0) { $0 + $1.counted } }
}

private func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 19)) >> 20) MiB" }
