package import Diagnostics

/// One of several parts into which a plan is cut, to be run on as many hosts.
package struct Shard: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The number of this part, from 1.
    package let index: Int
    /// How many parts there are.
    package let count: Int

    /// The most parts.
    package static let most = 1_000

    /// Makes a part, or returns `nil` when there is none of that number.
    package init?(index: Int, count: Int) {
        guard (1...Self.most).contains(count), (1...count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `2/5`, the second of five.
    ///
    /// - Throws: ``ShardError/malformed(_:)``.
    package init(_ text: String) throws(ShardError) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
            let shard = Shard(index: index, count: count)
        else { throw .malformed(text) }
        self = shard
    }

    /// The part that an engine for continuous integration has this job run, or `nil` when it runs all.
    ///
    /// GitLab counts `CI_NODE_INDEX` from 1. An engine that counts from 0 is told apart by its first job.
    ///
    /// - Throws: ``ShardError/environment(index:total:)`` when the variables are no part of anything.
    package static func ofEnvironment(_ environment: [String: String]) throws(ShardError) -> Shard? {
        guard let total = environment["CI_NODE_TOTAL"], !total.isEmpty, total != "1" else { return nil }
        let index = environment["CI_NODE_INDEX"] ?? ""
        guard let number = Int(index), let count = Int(total), let shard = Shard(index: number, count: count) else {
            throw .environment(index: index, total: total)
        }
        return shard
    }

    package var description: String { "\(index)/\(count)" }
}

/// A reason why there is no such part of a plan.
package enum ShardError: ExplainedError, Equatable {
    case malformed(String)
    case environment(index: String, total: String)

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .malformed(let text):
            "--shard needs the number of a part and how many there are, such as 2/5, and \(text.debugDescription) was given."
        case .environment(let index, let total):
            "CI_NODE_INDEX has to be a number from 1 to CI_NODE_TOTAL, and they are \(index.debugDescription) and \(total.debugDescription)."
        }
    }

    package var hint: String? {
        switch self {
        case .malformed: nil
        case .environment: "Give --shard i/n, with i counted from 1; --shard 1/1 runs everything."
        }
    }
}
