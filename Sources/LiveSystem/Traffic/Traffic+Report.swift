import LeakPolicy
package import PacketCapture
package import Verdicts

extension Traffic {
    /// What the traffic of the whole scenario proves, once the capture is over.
    package func report(_ evidence: CaptureEvidence) -> ConditionReport {
        state.withLock { state in
            state.end()
            let (seen, doubts) = (state.judge.report, state.judge.doubts)
            if let leak = state.leaks.first {
                let error = state.error(leak)
                return .traffic(.broken, "leaked", error.summary, state.senders + error.context + state.findings)
            }
            guard evidence.isConclusive, doubts.isEmpty else {
                let details = evidence.reasons + doubts + [seen.counts]
                return .traffic(.unproven, "inconclusive", "The capture can't prove that it saw everything.", details)
            }
            let missing = state.missingLeaks
            guard missing.isEmpty else {
                let summary = "The scenario announced a leak that was not seen: \(missing.joined(separator: ", "))."
                return .traffic(.unproven, "inconclusive", summary, [seen.counts] + state.findings)
            }
            let canaries = "canaries: \(evidence.canariesSeen) of \(evidence.canariesSent) came through"
            let earlier =
                state.judge.framesOfEarlier == 0
                ? [] : ["\(state.judge.framesOfEarlier) frames were of connections from before the checkpoint."]
            let details = [seen.counts, canaries] + earlier + seen.uses + state.senders + state.findings
            return state.expected.isEmpty
                ? .traffic(.held, "clean", "Nothing left the guest that the policy does not allow.", details)
                : .traffic(.brokenAsExpected, "leaked", "Only the announced leak was seen.", details)
        }
    }
}

extension Traffic.State {
    /// Tells the judge that there are no more frames.
    fileprivate mutating func end() {
        leaks += judge.finish().map { Traffic.SeenLeak(finding: $0, step: nil) }
    }

    fileprivate var findings: [String] {
        (leaks + expectedLeaks).prefix(16).map {
            "frame \($0.finding.frameNumber): \($0.finding.summary); \($0.finding.reason) (\($0.finding.check.rawValue))"
        }
    }

    /// Who sent the leaks, each flow once.
    fileprivate var senders: [String] {
        var lines: [String] = []
        for leak in leaks + expectedLeaks {
            guard let sender = leak.sender else { continue }
            let line = "sent by: \(sender): \(leak.finding.flow)"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }
}

extension TrafficReport {
    fileprivate var counts: String {
        "\(framesFromGuest) frames from the guest and \(framesToGuest) to it were judged."
    }

    fileprivate var uses: [String] {
        allowances.filter { $0.frames > 0 }.map { "allowed: \($0.purpose): \($0.frames) frames, \($0.bytes) bytes" }
            + unusedAllowances.map { "never used: \($0)" }
    }
}

extension ConditionReport {
    fileprivate static func traffic(_ state: State, _ word: String, _ summary: String, _ details: [String]) -> Self {
        ConditionReport(name: "traffic", state: state, word: word, summary: summary, details: details)
    }
}
