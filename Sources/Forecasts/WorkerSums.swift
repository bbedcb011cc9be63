/// How much of a run a worker spent on what.
package struct WorkerSums: Hashable, Sendable {
    /// How many scenarios it ran.
    package private(set) var scenarios = 0
    /// The time that they took.
    package private(set) var scenarioTime = Duration.zero
    /// How many checkpoints it made.
    package private(set) var checkpoints = 0
    /// The time that they took.
    package private(set) var checkpointTime = Duration.zero
    /// The time in which all that was left needed a checkpoint that others made.
    package private(set) var waitingForCheckpoint = Duration.zero
    /// The time in which the memory of the host was taken.
    package private(set) var waitingForMemory = Duration.zero
    /// The time in which what was left might not run beside what ran.
    package private(set) var waitingForTurn = Duration.zero
    /// The time in which nothing was left to begin.
    package private(set) var idle = Duration.zero

    init(of spans: [WorkerTimes.Span]) {
        for span in spans {
            switch span.kind {
            case .scenario:
                scenarios += 1
                scenarioTime += span.length
            case .checkpoint:
                checkpoints += 1
                checkpointTime += span.length
            case .waitingForCheckpoint: waitingForCheckpoint += span.length
            case .waitingForMemory: waitingForMemory += span.length
            case .waitingForTurn: waitingForTurn += span.length
            case .idle: idle += span.length
            }
        }
    }
}

extension WorkerTimes {
    /// Each worker's time, by what it was spent on.
    package var sums: [WorkerSums] { workers.map { WorkerSums(of: $0) } }

    /// When the last worker ended, counted from the beginning of the run.
    package var end: Duration { .seconds(workers.compactMap { $0.last?.to }.max() ?? 0) }

    /// Whether there is more to tell than that one worker ran one scenario after the other.
    package var areWorthTelling: Bool {
        workers.count > 1 || workers.joined().contains { $0.kind == .checkpoint }
    }

    /// What workers waited for, and how long all of them together; the longest first.
    package var awaitedCheckpoints: [(title: String, length: Duration)] {
        var lengths: [String: Duration] = [:]
        for span in workers.joined() where span.kind == .waitingForCheckpoint {
            lengths[span.title, default: .zero] += span.length
        }
        return lengths.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}

extension WorkerTimes.Span {
    /// How long it lasted.
    package var length: Duration { .seconds(max(0, to - from)).limited }
}
