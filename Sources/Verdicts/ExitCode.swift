import Diagnostics

/// What the program's exit status says; scripts rely on these numbers.
package enum ExitCode: Int32, Sendable, CaseIterable {
    /// Everything that was to run passed.
    case passed = 0
    /// The system under test failed: a scenario, or a leak.
    case failed = 1
    /// The command line or the suite is wrong. Known before any machine starts.
    case wrongSuite = 2
    /// The host or the harness broke down (`EX_TEMPFAIL` of sysexits.h). The only code that an engine may retry.
    case infrastructure = 75
    /// Stopped by SIGINT.
    case interrupted = 130
    /// Stopped by SIGTERM.
    case terminated = 143

    /// The code for a run with these verdicts, one for each scenario: those of its attempts together.
    ///
    /// A failure of the system under test outranks a broken harness: it will still be there after a retry. What is
    /// quarantined does not count, unless it leaked.
    package init(verdicts: some Sequence<Verdict>, failOnFlaky: Bool = false) {
        var code = ExitCode.passed
        for verdict in verdicts where verdict.counts {
            switch (verdict.outcome, verdict.blame) {
            case (.passed, _), (.skipped, _): continue
            case (.flaky, _):
                if failOnFlaky {
                    self = .failed
                    return
                }
            case (.inconclusive, _), (.failed, .host), (.failed, .harness): code = .infrastructure
            case (.failed, _), (.pending, _), (.undefined, _), (.ambiguous, _):
                self = .failed
                return
            }
        }
        self = code
    }
}
