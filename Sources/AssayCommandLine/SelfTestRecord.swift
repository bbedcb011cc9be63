import CucumberMessages
import Diagnostics
import Foundation
import LeakSelfTest
import ScenarioRunner

extension RunReports {
    /// Proves that the judge of traffic is not blind, and keeps the proof in the record.
    ///
    /// Takes a fraction of a second, and is done before any machine starts: what a blind judge saw would prove nothing.
    ///
    /// - Throws: A ``BlindJudge`` when a check did not fire, or fired on innocent traffic.
    func proveLeakJudge() throws {
        let report = try LeakSelfTest.run()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try receive(
            .attachment(
                Attachment(
                    body: String(decoding: try encoder.encode(report), as: UTF8.self),
                    contentEncoding: .identity,
                    fileName: "leak-self-test.json",
                    mediaType: LeakSelfTestReport.mediaType,
                    timestamp: .now
                )
            )
        )
        guard !report.passed else { return }
        try finish()
        throw BlindJudge(report: report)
    }
}

/// The self-test of the judge did not pass, so that no verdict on traffic would mean anything.
struct BlindJudge: ExplainedError {
    let report: LeakSelfTestReport

    var blame: Blame { .harness }
    var summary: String { "The judge of traffic did not pass its self-test, so that no scenario was run." }
    var context: [String] { report.text.split(separator: "\n").prefix(12).map(String.init) }
    var hint: String? { "Run: assay leaks --self-test" }
}
