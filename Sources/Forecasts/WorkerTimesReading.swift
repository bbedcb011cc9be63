import FoundationEssentials

extension WorkerTimes {
    /// The most workers that are believed.
    package static let mostWorkers = 1_024
    /// The most spans of all workers together that are believed.
    package static let mostSpans = 200_000
    /// The longest text that is read, in bytes.
    package static let longestText = 32 << 20

    /// Reads what a run wrote down, or returns `nil` when it can't be what a run wrote.
    ///
    /// Every worker's spans follow each other and end within decades.
    package init?(reading text: String) {
        guard text.utf8.count <= Self.longestText,
            let times = try? JSONDecoder().decode(WorkerTimes.self, from: Data(text.utf8)), times.isSound
        else { return nil }
        self = times
    }

    private var isSound: Bool {
        guard version == 1, (1...Self.mostWorkers).contains(workers.count),
            workers.reduce(0, { $0 + $1.count }) <= Self.mostSpans
        else { return false }
        return workers.allSatisfy { spans in
            var now = 0.0
            return spans.allSatisfy { span in
                defer { now = span.to }
                // A comparison with what is no number is false as well.
                return span.from >= now && span.to >= span.from && span.to <= 1e9
            }
        }
    }
}
