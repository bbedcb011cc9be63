import CucumberMessages
import Forecasts
import Foundation
import Reports
import ScenarioRunner
import Verdicts

/// Joins the runs of all shards into one run directory.
///
/// The attempts of all shards stand in one record in the order of their times, as if one host had run them; evidence keeps
/// its name, which is that of its content. Joining the same shards again gives the same files.
package struct MergedRun {
    private let set: ShardSet
    private let failOnFlaky: Bool

    /// Prepares to join a set.
    ///
    /// - Parameters:
    ///   - set: All shards of a run.
    ///   - failOnFlaky: Whether flaky scenarios fail the joined run, also if they fail none of the shards.
    package init(_ set: ShardSet, failOnFlaky: Bool = false) {
        self.set = set
        self.failOnFlaky = failOnFlaky
    }

    /// Writes the joined run; it appears whole or not at all, in place of an earlier merge of the same run.
    ///
    /// - Throws: ``MergeError``, or a `ReportError` when a record can't be read.
    package func write(to output: String) throws {
        try requireRoom(at: output)
        let files = FileManager.default
        let draft = "\(output).draft-\(String(UInt32.random(in: .min ... .max), radix: 16))"
        defer { try? files.removeItem(atPath: draft) }
        do {
            try files.createDirectory(atPath: "\(draft)/attachments", withIntermediateDirectories: true)
            for member in set.members { try copyEvidence(of: member, to: draft) }
            try writeRecord(to: "\(draft)/messages.ndjson")
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try encoder.encode(set.plan).write(to: URL(filePath: "\(draft)/plan.json"))
            if files.fileExists(atPath: output) { try files.removeItem(atPath: output) }
            try files.moveItem(atPath: draft, toPath: output)
        } catch let error as MergeError {
            throw error
        } catch let error as ReportError {
            throw error
        } catch {
            throw MergeError.unwritable(output, reason: error.localizedDescription)
        }
    }

    /// Only what can be made again from the shards may be replaced.
    private func requireRoom(at output: String) throws(MergeError) {
        guard let contents = try? FileManager.default.contentsOfDirectory(atPath: output) else {
            if FileManager.default.fileExists(atPath: output) { throw .occupied(output) }
            return
        }
        if contents.isEmpty { return }
        guard let data = FileManager.default.contents(atPath: "\(output)/plan.json"),
            let plan = try? JSONDecoder().decode(PlanDocument.self, from: data),
            plan.digest == set.plan.digest, plan.shards == set.plan.shards, plan.shards != nil
        else { throw .occupied(output) }
    }

    private func copyEvidence(of member: ShardSet.Member, to draft: String) throws {
        let files = FileManager.default
        let folder = "\(member.directory)/attachments"
        for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
            let target = "\(draft)/attachments/\(name)"
            // Of one content, whichever shard it came from.
            if files.fileExists(atPath: target) { continue }
            let attributes = try files.attributesOfItem(atPath: "\(folder)/\(name)")
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            // A second name for the same file costs no room, where both lie on one disk.
            if link("\(folder)/\(name)", target) != 0 {
                try files.copyItem(atPath: "\(folder)/\(name)", toPath: target)
            }
        }
    }

    // MARK: - The record

    private func writeRecord(to path: String) throws {
        var shards: [ShardRecord] = []
        for (number, member) in set.members.enumerated() {
            shards.append(try ShardRecord(of: member, shard: number + 1))
        }
        let sink = try ReportSink.file(path)
        func write(_ envelope: Envelope) throws { try sink.write(MessagesReport.line(for: envelope)) }

        // The shards read the same features: what the first one's record begins with is what all begin with.
        for envelope in shards[0].preamble { try write(envelope) }
        guard var begin = shards.map(\.began).min(by: { $0.timestamp < $1.timestamp }) else { return }
        begin.id = shards[0].began.id
        try write(.testRunStarted(begin))
        // Identities count along the plan, so that the scenarios stand as if nobody had shared them out.
        let cases = shards.flatMap(\.cases).sorted { (Int($0.id) ?? 0, $0.id) < (Int($1.id) ?? 0, $1.id) }
        for testCase in cases { try write(.testCase(testCase)) }

        var heads: [(envelope: Envelope, at: Timestamp)?] = []
        for index in shards.indices { heads.append(try shards[index].next()) }
        var seen: Set<String> = []
        while let index = Self.earliest(heads), let head = heads[index] {
            // Several shards may have read the file of one checkpoint.
            let isNew = head.envelope.definition.map { seen.insert($0).inserted } ?? true
            if isNew { try write(head.envelope) }
            heads[index] = try shards[index].next()
        }
        let rule = failOnFlaky ? Self.attachment(ExitRule(failOnFlaky: true), ExitRule.mediaType) : nil
        let common = shards.map(\.common) + [[rule].compactMap(\.self)]
        for envelope in Self.joined(common) { try write(envelope) }
        if let times = Self.times(of: shards, since: begin.timestamp) { try write(times) }
        if let end = Self.end(of: shards, run: begin.id) { try write(.testRunFinished(end)) }
    }

    /// Of several at one time the first shard's.
    private static func earliest(_ heads: [(envelope: Envelope, at: Timestamp)?]) -> Int? {
        heads.indices.filter { heads[$0] != nil }
            .min { first, second in (heads[first]?.at ?? .now, first) < (heads[second]?.at ?? .now, second) }
    }

    /// What belongs to the run, each thing once: shards say much that is the same.
    private static func joined(_ common: [[Envelope]]) -> [Envelope] {
        var facts: [RunFact] = []
        var others: [Envelope] = []
        var seen: Set<String> = []
        for envelope in common.joined() {
            guard case .attachment(let attachment) = envelope else { continue }
            if attachment.mediaType == RunFact.mediaType,
                let more = try? JSONDecoder().decode([RunFact].self, from: Data(attachment.body.utf8))
            {
                for fact in more where !facts.contains(fact) { facts.append(fact) }
            } else if seen.insert("\(attachment.mediaType)\n\(attachment.fileName ?? "")\n\(attachment.body)").inserted
            {
                others.append(envelope)
            }
        }
        return [attachment(facts, RunFact.mediaType)].compactMap(\.self) + others
    }

    private static func times(of shards: [ShardRecord], since begin: Timestamp) -> Envelope? {
        let parts = shards.compactMap { shard in
            shard.times.map { ($0, shard.began.timestamp.since(begin) / .seconds(1)) }
        }
        return parts.isEmpty ? nil : attachment(WorkerTimes(joining: parts), WorkerTimes.mediaType)
    }

    private static func attachment(_ body: some Encodable, _ mediaType: String) -> Envelope? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(body) else { return nil }
        return .attachment(
            Attachment(
                body: String(decoding: data, as: UTF8.self),
                contentEncoding: .identity,
                mediaType: mediaType
            )
        )
    }

    /// The end, if every shard has come to its own.
    private static func end(of shards: [ShardRecord], run: String?) -> TestRunFinished? {
        let ends = shards.compactMap(\.ended)
        guard ends.count == shards.count, let last = ends.map(\.timestamp).max() else { return nil }
        let messages = zip(1..., shards).compactMap { number, shard in
            shard.ended?.message.map { "Shard \(number): \($0)" }
        }
        return TestRunFinished(
            message: messages.isEmpty ? nil : messages.joined(separator: "\n"),
            success: ends.allSatisfy(\.success),
            timestamp: last,
            testRunStartedId: run
        )
    }
}

extension Envelope {
    /// What a message defines that stands in the record once.
    fileprivate var definition: String? {
        switch self {
        case .source(let source): "source \(source.uri)"
        case .gherkinDocument(let document): "document \(document.uri ?? "")"
        case .pickle(let pickle): "pickle \(pickle.id)"
        default: nil
        }
    }
}
