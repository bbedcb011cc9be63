import Diagnostics
import Testing
import Verdicts

@Suite("Exit codes")
struct ExitCodeTests {
    private let passed = Verdict(outcome: .passed)
    private let failed = Verdict(outcome: .failed, blame: .systemUnderTest)
    private let inconclusive = Verdict(outcome: .inconclusive, blame: .host)

    @Test("a run in which everything passed exits with 0")
    func allPassed() {
        #expect(ExitCode(verdicts: [passed, passed]).rawValue == 0)
    }

    @Test("a failed scenario exits with 1, whatever else happened")
    func failureOutranks() {
        #expect(ExitCode(verdicts: [inconclusive, failed, passed]).rawValue == 1)
    }

    @Test("missing evidence exits with 75, never with 0")
    func inconclusiveIsNoPass() {
        #expect(ExitCode(verdicts: [passed, inconclusive]).rawValue == 75)
    }

    @Test("a failure for which the host is to blame may be retried", arguments: [Blame.host, .harness])
    func hostFailure(_ blame: Blame) {
        #expect(ExitCode(verdicts: [Verdict(outcome: .failed, blame: blame)]).rawValue == 75)
    }

    @Test("a flaky scenario passes, unless that is not wanted")
    func flaky() {
        let verdicts = [Verdict(outcome: .flaky)]
        #expect(ExitCode(verdicts: verdicts).rawValue == 0)
        #expect(ExitCode(verdicts: verdicts, failOnFlaky: true).rawValue == 1)
    }
}
