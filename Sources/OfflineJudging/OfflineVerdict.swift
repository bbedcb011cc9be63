package import LeakPolicy

/// What a capture proves.
package struct OfflineVerdict: Hashable, Sendable, Codable {
    package enum Word: String, Hashable, Sendable, Codable {
        case clean, leaked, inconclusive
    }

    /// The capture's name, as it was given.
    package let capture: String
    package let verdict: Word
    /// The first leaks; ``findingCount`` counts all of them.
    package let findings: [LeakFinding]
    package let findingCount: Int
    /// Why the capture can't prove that nothing leaked.
    package let reasons: [String]
    package let canaries: Int
    package let report: TrafficReport

    init(
        capture: String,
        findings: [LeakFinding],
        findingCount: Int,
        reasons: [String],
        canaries: Int,
        report: TrafficReport
    ) {
        self.capture = capture
        // A leak is a leak, whatever else the capture missed.
        verdict = findingCount > 0 ? .leaked : reasons.isEmpty ? .clean : .inconclusive
        (self.findings, self.findingCount, self.reasons) = (findings, findingCount, reasons)
        (self.canaries, self.report) = (canaries, report)
    }

    /// The verdict for a terminal.
    package var text: String {
        var lines = ["\(verdict.rawValue)  \(capture)"]
        lines.append(
            "  \(report.framesFromGuest) frames from the guest, \(report.framesToGuest) to it, \(canaries) canaries"
        )
        let shown = 20
        for finding in findings.prefix(shown) {
            lines.append("  leak      frame \(finding.frameNumber): \(finding.summary)")
            lines.append("              \(finding.reason) (\(finding.check.rawValue))")
            if let rule = finding.rule { lines.append("              breaks: \(rule)") }
        }
        if findingCount > shown { lines.append("            and \(findingCount - min(shown, findings.count)) more") }
        lines += reasons.map { "  doubt     \($0)" }
        for use in report.allowances where use.frames > 0 {
            lines.append("  allowed   \(use.purpose): \(use.frames) frames, \(use.bytes) bytes")
        }
        lines += report.unusedAllowances.map { "  not used  \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
