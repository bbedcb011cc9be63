/// What a scan found out, and how much of it is proven.
package struct ScanReport: Hashable, Sendable, Codable {
    /// What became of the probes of one kind.
    package struct Tally: Hashable, Sendable, Codable {
        package internal(set) var sent = 0
        /// Seen at the guest's port on their way to it.
        package internal(set) var arrived = 0
        package internal(set) var answered = 0
    }

    /// Something that the guest sent to the scanner.
    package struct Answer: Hashable, Sendable, Codable {
        package let kind: ScanPlan.Kind
        /// The port that it came from, if it has one.
        package let port: UInt16?
        /// Whether a service was there, rather than a system that says that there is none.
        package let isService: Bool
        /// The frame in words.
        package let summary: String
    }

    /// By kind; those that were not planned are not there.
    package internal(set) var tallies: [ScanPlan.Kind: Tally] = [:]
    /// The first answers of services and the first of the system itself; all are counted.
    package internal(set) var answers: [Answer] = []
    /// Why the scan proves nothing; empty when it does.
    package internal(set) var doubts: [String] = []

    /// Enough to tell what listens; a guest may answer every probe.
    static let mostAnswers = 200

    /// Creates a report of nothing.
    package init() {}

    /// Whether every probe that was planned has arrived.
    package var isConclusive: Bool { doubts.isEmpty }

    /// The answers of kinds that are not allowed, services first.
    package func answers(besides allowed: Set<ScanPlan.Kind>) -> [Answer] {
        let unwanted = answers.filter { !allowed.contains($0.kind) }
        return unwanted.filter(\.isService) + unwanted.filter { !$0.isService }
    }

    mutating func add(_ answer: Answer) {
        tallies[answer.kind, default: .init()].answered += 1
        // Each for itself: a guest that refuses a thousand ports must not hide the one that is open.
        if answers.count(where: { $0.isService == answer.isService }) < Self.mostAnswers { answers.append(answer) }
    }

    /// How many answers of kinds that are not allowed there were, those that were not kept included.
    package func answerCount(besides allowed: Set<ScanPlan.Kind>) -> Int {
        tallies.filter { !allowed.contains($0.key) }.reduce(0) { $0 + $1.value.answered }
    }

    /// A line for each kind, for a report.
    package var lines: [String] {
        tallies.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, tally in
            kind == .other
                ? "answers of no kind that was asked for: \(tally.answered)"
                : "\(kind.rawValue): \(tally.sent) probe\(tally.sent == 1 ? "" : "s") sent, \(tally.arrived) arrived, \(tally.answered) answered"
        }
    }
}
