import Foundation
import Testing

extension TestSuite {
    /// Judges the capture of every scenario in a run's record once more, with what the record keeps of the run and quotes
    /// of its policy, and expects the verdict of the live judge.
    ///
    /// - Returns: The verdicts in one word each, in the order of the scenarios.
    func expectSameVerdictsOffline(of run: String = "runs/latest") async throws -> [String] {
        let record = try text(of: "\(run)/messages.ndjson").split(separator: "\n").map {
            try JSONDecoder().decode(RecordedMessage.self, from: Data($0.utf8))
        }
        let quoted = record.compactMap(\.attachment).first { $0.fileName?.hasSuffix("tor-only.policy.yaml") == true }
        try write(try #require(quoted).body, to: "quoted.policy.yaml")
        var words: [String] = []
        for verdict in record.compactMap(\.attachment) where verdict.mediaType == "application/vnd.assay.verdict+json" {
            let conditions = try JSONDecoder().decode(LiveVerdict.self, from: Data(verdict.body.utf8)).conditions
            let live = try #require(conditions.first { $0.name == "traffic" })
            let files = record.compactMap(\.externalAttachment).filter {
                $0.testCaseStartedId == verdict.testCaseStartedId
            }
            let capture = try #require(files.first { $0.mediaType == "application/x-pcapng" })
            let facts = try #require(files.first { $0.mediaType.hasSuffix("name=\"traffic.run.yaml\"") })
            let outcome = try await assay(
                "leaks",
                "\(run)/\(capture.url)",
                "--policy",
                "quoted.policy.yaml",
                "--run",
                "\(run)/\(facts.url)",
                "--format",
                "json"
            )
            let again = try #require(
                try JSONDecoder().decode([VerdictAgain].self, from: Data(outcome.output.utf8)).first,
                "\(outcome.text)"
            )
            #expect(again.verdict == live.word, "\(outcome.text)")
            #expect(again.lines(like: live) == live.ownLines, "\(outcome.text)")
            words.append(live.word)
        }
        return words
    }
}

// MARK: - What is compared

/// What is asked of a message in a run's record.
private struct RecordedMessage: Decodable {
    struct Attachment: Decodable {
        let mediaType: String
        let body: String
        let fileName: String?
        let testCaseStartedId: String?
    }

    struct ExternalAttachment: Decodable {
        let mediaType: String
        let url: String
        let testCaseStartedId: String?
    }

    let attachment: Attachment?
    let externalAttachment: ExternalAttachment?
}

/// The verdict that a run's record holds.
private struct LiveVerdict: Decodable {
    struct Condition: Decodable {
        let name: String
        let word: String
        let details: [String]

        /// What the judge said of frames and, where nothing leaked, of what was allowed; the rest is about the capture,
        /// the guest and its checkpoints.
        var ownLines: [String] {
            details.filter { line in
                line.prefixMatch(of: #/frame \d+: /#) != nil
                    || (word == "leaked"
                        ? line.hasPrefix("phase: ")
                        : line.prefixMatch(of: #/\d+ frames from the guest and|allowed: |never used: /#) != nil)
            }
        }
    }

    let conditions: [Condition]
}

/// The verdict of a capture, as `assay leaks` prints it.
private struct VerdictAgain: Decodable {
    struct Finding: Decodable {
        let frameNumber: Int
        let summary: String
        let reason: String
        let check: String
        let phase: String?
    }

    struct Report: Decodable {
        struct Allowance: Decodable {
            let purpose: String
            let frames: Int
            let bytes: Int
        }

        let framesFromGuest: Int
        let framesToGuest: Int
        let allowances: [Allowance]
    }

    let verdict: String
    let findings: [Finding]
    let report: Report

    /// The verdict in the words of the live one, which tells the phase of the first leak and then no counts.
    func lines(like live: LiveVerdict.Condition) -> [String] {
        let leaks = findings.prefix(16).map { "frame \($0.frameNumber): \($0.summary); \($0.reason) (\($0.check))" }
        if live.word == "leaked" { return (findings.first?.phase.map { ["phase: \($0)"] } ?? []) + leaks }
        let used = report.allowances.filter { $0.frames > 0 }
        let unused = report.allowances.filter { $0.frames == 0 }
        return ["\(report.framesFromGuest) frames from the guest and \(report.framesToGuest) to it were judged."]
            + used.map { "allowed: \($0.purpose): \($0.frames) frames, \($0.bytes) bytes" }
            + unused.map { "never used: \($0.purpose)" } + leaks
    }
}
