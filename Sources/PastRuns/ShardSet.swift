package import Diagnostics
import Foundation
package import ScenarioRunner

/// The run directories of all shards of one run.
package struct ShardSet: Sendable {
    /// One shard's run.
    package struct Member: Sendable {
        /// Its directory.
        package let directory: String
        /// Its plan.
        package let plan: PlanDocument
    }

    /// The members, the first shard first.
    package let members: [Member]

    /// Looks at the directories that are said to be the shards of one run.
    ///
    /// - Throws: ``MergeError`` when one is missing, double or foreign.
    package init(_ directories: [String]) throws(MergeError) {
        var members: [Int: Member] = [:]
        var first: (member: Member, part: PlanDocument.Part)?
        for directory in directories {
            guard let data = FileManager.default.contents(atPath: "\(directory)/plan.json"),
                let plan = try? JSONDecoder().decode(PlanDocument.self, from: data), plan.version == 1
            else { throw .noPlan(directory) }
            guard let part = plan.shard else { throw .noShard(directory) }
            let member = Member(directory: directory, plan: plan)
            let leading = first ?? (member, part)
            first = leading
            try Self.compare(member, part, with: leading.member, leading.part)
            if let other = members.updateValue(member, forKey: part.index) {
                throw .double(part.index, other.directory, directory)
            }
        }
        guard let first else { throw .nothing }
        let missing = (1...max(1, min(first.part.count, Shard.most))).filter { members[$0] == nil }
        guard missing.isEmpty else { throw .missing(missing, of: first.part.count) }
        self.members = members.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func compare(
        _ member: Member,
        _ part: PlanDocument.Part,
        with first: Member,
        _ leading: PlanDocument.Part
    ) throws(MergeError) {
        func foreign(_ what: String) -> MergeError { .foreign(member.directory, what, first.directory) }
        guard member.plan.digest == first.plan.digest else { throw foreign("the plan") }
        guard part.count == leading.count else { throw foreign("the number of shards") }
        guard part.partition == leading.partition else { throw foreign("how the scenarios are shared out") }
        guard member.plan.versions == first.plan.versions else { throw foreign("the version of the program") }
        // A shard without scenarios has no images.
        let images = Dictionary(first.plan.images.map { ($0.name, $0.sha256) }) { first, _ in first }
        for image in member.plan.images where (images[image.name] ?? image.sha256) != image.sha256 {
            throw foreign("the image \(image.name)")
        }
    }

    /// The plan of the whole run.
    package var plan: PlanDocument {
        var whole = members[0].plan
        whole.shards = whole.shard?.count
        whole.shard = nil
        whole.request?.shard = nil
        whole.scenarios = members.flatMap(\.plan.scenarios).sorted { ($0.uri, $0.line ?? 0) < ($1.uri, $1.line ?? 0) }
        var seen: Set<String> = []
        whole.checkpoints = members.flatMap(\.plan.checkpoints).filter { seen.insert($0.id).inserted }
        var images: Set<String> = []
        whole.images = members.flatMap(\.plan.images).filter { images.insert($0.name).inserted }
        return whole
    }
}

/// A reason why run directories are not the shards of one run.
package enum MergeError: ExplainedError, Equatable {
    case nothing
    case noPlan(String)
    case noShard(String)
    /// The record ends before the run began.
    case notBegun(String)
    case foreign(String, String, String)
    case double(Int, String, String)
    case missing([Int], of: Int)
    case damaged(String, line: Int, reason: String)
    case occupied(String)
    case unwritable(String, reason: String)

    package var blame: Blame {
        switch self {
        case .nothing, .noPlan, .noShard, .notBegun, .foreign, .double, .missing, .occupied: .testAuthor
        case .damaged, .unwritable: .host
        }
    }

    package var summary: String {
        switch self {
        case .nothing: "The run directories of all shards are expected, and none was given."
        case .noPlan(let directory): "A run directory with a plan.json is expected, and \(directory) has none."
        case .noShard(let directory): "The run of a shard is expected, and \(directory) is a run of its own."
        case .notBegun(let directory): "The run of a shard is expected, and that in \(directory) ends before it began."
        case .foreign(let directory, let what, let first):
            "\(directory) does not belong to the run of \(first): \(what) differs."
        case .double(let index, let first, let second): "Shard \(index) is there twice: \(first) and \(second)."
        case .missing(let numbers, let count):
            "Every one of \(count) shards is expected, and missing: \(numbers.map(String.init).joined(separator: ", "))."
        case .damaged(let path, let line, let reason):
            "The record of a shard is damaged: line \(line) of \(path): \(reason)"
        case .occupied(let path):
            "The output has to be absent, or an earlier merge of the same run, and \(path) is neither."
        case .unwritable(let path, let reason):
            "The joined run needs to be written to \(path), but that failed: \(reason)"
        }
    }

    package var hint: String? {
        switch self {
        case .foreign: "Let all shards run the same features, program and image, with one file of --durations."
        case .notBegun, .missing:
            "Run the missing ones with --shard, or go on with one that was killed: assay run --resume."
        case .occupied: "Choose another folder with --output."
        case .unwritable: "Free some space, or choose another folder with --output."
        case .nothing, .noPlan, .noShard, .double, .damaged: nil
        }
    }
}
