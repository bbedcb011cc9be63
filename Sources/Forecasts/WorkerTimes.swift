/// What the workers of a run did all the time, and what they waited for.
package struct WorkerTimes: Codable, Hashable, Sendable {
    /// The type under which it is attached to a run.
    package static let mediaType = "application/vnd.assay.worker-times+json"

    /// A while that a worker spent on one thing.
    package struct Span: Codable, Hashable, Sendable {
        /// What it did.
        package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
            case scenario, checkpoint
            /// Another worker made the checkpoint that everything left to do starts from.
            case waitingForCheckpoint
            /// The memory of the host was taken.
            case waitingForMemory
            /// What was left may not run beside what ran, or the processors of the host were taken.
            case waitingForTurn
            /// Everything was done or being done.
            case idle
        }

        /// What it did.
        package let kind: Kind
        /// The scenario, or what was waited for.
        package let title: String
        /// The attempt, if the time went into one.
        package let attempt: String?
        /// When it began, in seconds after the beginning of the run.
        package let from: Double
        /// When it ended, in seconds after the beginning of the run.
        package var to: Double
    }

    /// The version of this format.
    package var version = 1
    /// What each worker did, from first to last.
    package private(set) var workers: [[Span]]

    /// Begins with workers that have done nothing.
    package init(workers: Int) { self.workers = Array(repeating: [], count: workers) }

    /// Notes what a worker does from now on.
    package mutating func note(
        _ kind: Span.Kind,
        _ title: String = "",
        attempt: String? = nil,
        worker: Int,
        at time: Double
    ) {
        if let last = workers[worker].last {
            if last.kind == kind, last.title == title, last.attempt == attempt { return }
            workers[worker][workers[worker].count - 1].to = time
        }
        workers[worker].append(Span(kind: kind, title: title, attempt: attempt, from: time, to: time))
    }

    /// Ends what the workers are doing.
    package mutating func close(at time: Double) {
        for worker in workers.indices where !workers[worker].isEmpty {
            workers[worker][workers[worker].count - 1].to = time
        }
    }
}

extension WorkerTimes {
    /// Joins the workers of several runs, each of which began some seconds after the first.
    package init(joining runs: [(times: WorkerTimes, after: Double)]) {
        self.init(workers: 0)
        for (times, after) in runs { workers += times.delayed(by: after) }
    }

    /// Joins what the same workers did in a run that was stopped and went on, some seconds after it began.
    package init(continuing stretches: [(times: WorkerTimes, after: Double)]) {
        self.init(workers: stretches.map(\.times.workers.count).max() ?? 0)
        for (times, after) in stretches {
            for (worker, spans) in times.delayed(by: after).enumerated() { workers[worker] += spans }
        }
    }

    /// When the last worker ended, in seconds after the beginning.
    package var length: Double { workers.joined().map(\.to).max() ?? 0 }

    private func delayed(by seconds: Double) -> [[Span]] {
        // What a worker did before its run began is nothing.
        let delay = max(0, seconds)
        return workers.map { spans in
            spans.map { span in
                Span(
                    kind: span.kind,
                    title: span.title,
                    attempt: span.attempt,
                    from: span.from + delay,
                    to: span.to + delay
                )
            }
        }
    }

    /// The same times, with other identities of attempts.
    package func renaming(_ name: (String) -> String) -> WorkerTimes {
        var times = self
        times.workers = workers.map { spans in
            spans.map { span in
                Span(
                    kind: span.kind,
                    title: span.title,
                    attempt: span.attempt.map(name),
                    from: span.from,
                    to: span.to
                )
            }
        }
        return times
    }
}
