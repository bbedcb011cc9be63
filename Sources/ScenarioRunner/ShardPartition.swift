import Crypto
import Foundation

/// How the scenarios of a plan are shared out between shards, each of which works this out for itself.
///
/// What takes longest is placed first, always with the shard that is then done soonest. Scenarios that start from one
/// checkpoint belong together, since every shard that runs one of them has to make it; they are only cut apart where
/// all of them are more than a fair share.
package struct ShardPartition: Sendable {
    /// The numbers of the scenarios of each shard, in the order of the plan.
    package let shards: [[Int]]
    /// How long each shard will probably be busy with one worker, checkpoints included.
    package let loads: [Duration]
    /// The SHA-256 of all that says who runs what; shards of one run agree on it.
    package let digest: String

    /// Shares scenarios out.
    ///
    /// - Parameters:
    ///   - plan: The whole plan.
    ///   - count: How many shards there are.
    ///   - durations: How long scenarios take, by the identity of their test case; the others count as these do on
    ///     average, or by their steps when nothing is known.
    package init(_ plan: Plan, count: Int, durations: [String: Duration] = [:]) {
        let weights = Weights(plan, durations)
        var parts = Array(repeating: Part(), count: max(1, count))
        for piece in Self.pieces(of: plan, weights, count: parts.count) {
            // Of equals the first: every shard must come to the same.
            let best = parts.indices.min { parts[$0].load(with: piece, weights) < parts[$1].load(with: piece, weights) }
            if let best { parts[best].add(piece, weights) }
        }
        shards = parts.map { $0.scenarios.sorted() }
        loads = parts.map(\.load)
        digest = Self.digest(plan, shards)
    }

    private static func digest(_ plan: Plan, _ shards: [[Int]]) -> String {
        let lines = shards.map { $0.map(String.init).joined(separator: " ") + "\n" }.joined()
        return SHA256.hash(data: Data("\(plan.digest) \(shards.count)\n\(lines)".utf8))
            .map { String(format: "%02x", $0) }.joined()
    }

    /// Scenarios that go to one shard.
    private struct Piece {
        var scenarios: [Int] = []
        var work = Duration.zero
        let start: String?
    }

    private struct Part {
        var scenarios: [Int] = []
        var load = Duration.zero
        var made: Set<String> = []

        /// The load if the piece comes here too, with the checkpoints that it needs and that are not made here yet.
        func load(with piece: Piece, _ weights: Weights) -> Duration {
            weights.chain(piece.start).filter { !made.contains($0.id) }.reduce(load + piece.work) { $0 + $1.duration }
        }

        mutating func add(_ piece: Piece, _ weights: Weights) {
            load = load(with: piece, weights)
            made.formUnion(weights.chain(piece.start).map(\.id))
            scenarios += piece.scenarios
        }
    }

    private static func pieces(of plan: Plan, _ weights: Weights, count: Int) -> [Piece] {
        let share = weights.scenarios.reduce(.zero, +) / count
        var ofStart: [String: [Int]] = [:]
        var pieces: [Piece] = []
        for (number, entry) in plan.entries.enumerated() {
            if let start = entry.start {
                ofStart[start, default: []].append(number)
            } else {
                pieces.append(Piece(scenarios: [number], work: weights.scenarios[number], start: nil))
            }
        }
        func isLonger(_ first: Int, _ second: Int) -> Bool {
            (weights.scenarios[second], first) < (weights.scenarios[first], second)
        }
        for (start, numbers) in ofStart {
            let work = numbers.reduce(.zero) { $0 + weights.scenarios[$1] }
            let cuts = share > .zero ? min(count, numbers.count, max(1, Int((work / share).rounded(.up)))) : 1
            var cut = Array(repeating: Piece(start: start), count: cuts)
            for number in numbers.sorted(by: isLonger) {
                let shortest = cut.indices.min { (cut[$0].work, $0) < (cut[$1].work, $1) } ?? 0
                cut[shortest].scenarios.append(number)
                cut[shortest].work += weights.scenarios[number]
            }
            pieces += cut
        }
        // The first scenario tells pieces of one length apart: no two have the same.
        return pieces.sorted { ($1.work, $0.scenarios.min() ?? 0) < ($0.work, $1.scenarios.min() ?? 0) }
    }

    /// How long everything takes.
    private struct Weights {
        let scenarios: [Duration]
        private let checkpoints: [String: (parent: String?, duration: Duration)]

        init(_ plan: Plan, _ durations: [String: Duration]) {
            let known = plan.entries.compactMap { durations[$0.testCase.id] }
            let average = known.isEmpty ? nil : known.reduce(.zero, +) / known.count
            func weight(_ entry: Plan.Entry) -> Duration {
                // No scenario is for nothing, so that those without a measured length are shared out as well.
                max(
                    .milliseconds(1),
                    durations[entry.testCase.id] ?? average ?? .seconds(max(1, entry.pickle.steps.count))
                )
            }
            scenarios = plan.entries.map(weight)
            checkpoints = Dictionary(
                plan.checkpoints.map { ($0.id, ($0.parent, weight($0.entry))) }
            ) { first, _ in first }
        }

        /// A checkpoint and those that it comes from.
        func chain(_ start: String?) -> [(id: String, duration: Duration)] {
            var chain: [(id: String, duration: Duration)] = []
            var next = start
            while let id = next, let checkpoint = checkpoints[id], chain.count <= checkpoints.count {
                chain.append((id, checkpoint.duration))
                next = checkpoint.parent
            }
            return chain
        }
    }
}
