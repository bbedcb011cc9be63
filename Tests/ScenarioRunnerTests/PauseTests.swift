import ScenarioRunner
import ScenarioWorlds
import Synchronization
import TestSupport
import Testing

@Suite("Pauses for a person", .timeLimit(.minutes(5)))
struct PauseTests {
    /// A person who has decided beforehand, and what they were asked.
    private final class Person: Sendable {
        private let decisions: Mutex<[(String, Pause<Shop>.Decision?)]>
        private let asked = Mutex<[String]>([])
        private let act: @Sendable (String, Pause<Shop>) async -> Void

        var questions: [String] { asked.withLock { $0 } }

        init(
            _ decisions: [(String, Pause<Shop>.Decision?)] = [],
            act: @escaping @Sendable (String, Pause<Shop>) async -> Void = { _, _ in }
        ) {
            self.decisions = Mutex(decisions)
            self.act = act
        }

        func decide(_ pause: Pause<Shop>) async -> Pause<Shop>.Decision? {
            let question =
                switch pause.reason {
                case .before: "before \(pause.step)"
                case .failed: "failed \(pause.step)"
                case .end: "end"
                }
            asked.withLock { $0.append(question) }
            await act(question, pause)
            return decisions.withLock { decisions in
                guard let index = decisions.firstIndex(where: { $0.0 == question }) else { return nil }
                return decisions.remove(at: index).1
            }
        }
    }

    private let broken = ["there are 1 bread in the shop", "the till holds 4", "the till holds 0"]

    private func trial(_ steps: [String], _ person: Person) async throws -> Trial {
        try await Trial(steps, pauser: { await person.decide($0) })
    }

    @Test("a person is asked before each step, at each failure and at the end, and who says nothing changes nothing")
    func asked() async throws {
        let person = Person()
        let trial = try await trial(broken, person)
        #expect(
            person.questions == [
                "before there are 1 bread in the shop", "before the till holds 4", "failed the till holds 4", "end",
            ]
        )
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict == (try await Trial(broken)).verdict)
        let passed = try await self.trial(["the till holds 0"], Person())
        #expect(passed.verdict.outcome == .passed)
    }

    @Test("a step that passes when it is run once more lets the scenario go on, which proves nothing all the same")
    func retry() async throws {
        let person = Person([("failed the till holds 4", .retry)]) { question, pause in
            if question == "failed the till holds 4" { try? await pause.perform("1 bread are sold for 4 each") }
        }
        let trial = try await trial(["there are 1 bread in the shop", "the till holds 4", "the till holds 4"], person)
        #expect(person.questions.count { $0 == "before the till holds 4" } == 2)
        #expect(trial.diary.contains("locked after a failure"))
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.blame == .testAuthor)
        #expect(try trial.result("the till holds 4").message?.contains("a person helped it") == true)
    }

    @Test("a step is asked about each time it fails")
    func failsAgain() async throws {
        let person = Person([("failed the till holds 4", .retry), ("failed the till holds 4", .goOn)])
        let trial = try await trial(broken, person)
        #expect(person.questions.count { $0 == "failed the till holds 4" } == 2)
        #expect(try trial.result("the till holds 0").status == .skipped)
    }

    @Test("a failure that is passed over, and a step that is left out, let the rest run and the scenario not pass")
    func skip() async throws {
        for question in ["failed the till holds 4", "before the till holds 4"] {
            let trial = try await trial(broken, Person([(question, .skip)]))
            #expect(try trial.result("the till holds 0").status == .passed)
            #expect(trial.verdict.outcome == .failed)
            #expect(trial.verdict.blame == .testAuthor)
        }
    }

    @Test("a scenario that a person ends is over, in order")
    func quit() async throws {
        let trial = try await trial(broken, Person([("before there are 1 bread in the shop", .quit)]))
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.reason?.contains("a person stopped it") == true)
        #expect(try trial.result("the till holds 4").status == .skipped)
        #expect(trial.diary.last == "locked after a failure")
    }

    @Test("a step that stands in no feature is run in the same world; at the end as well, the scenario does not pass")
    func perform() async throws {
        let errors = Mutex<[String]>([])
        let person = Person { question, pause in
            guard question == "end" else { return }
            for step in ["2 bread are sold for 3 each", "the till holds 6", "the till holds 7", "no step at all"] {
                do { try await pause.perform(step) } catch { errors.withLock { $0.append(step) } }
            }
        }
        let trial = try await trial(["there are 5 bread in the shop"], person)
        #expect(errors.withLock { $0 } == ["the till holds 7", "no step at all"])
        #expect(trial.statuses.allSatisfy { $0 == .passed })
        #expect(trial.verdict.outcome == .failed)
    }

    @Test("what a person types is one line to the worker, whatever is in it")
    func signals() {
        for signal in [WorkerSignal.begin, .answer("go"), .answer(""), .answer("begin"), .answer("a  \"b\" ä")] {
            #expect(WorkerSignal(line: signal.line) == signal)
        }
        #expect(WorkerSignal.answer("a\nbegin\r\nb").line == "answer a begin b")
        for line in ["", "begin ", "answer", "Begin", "begin\u{0}"] { #expect(WorkerSignal(line: line) == nil) }
    }
}

@Suite("A clock that can stand still", .timeLimit(.minutes(5)))
struct StandingClockTests {
    @Test("what goes by it has as much time after a pause as it had before")
    func pause() async throws {
        let base = ManualClock()
        let clock = StandingClock(base)
        let start = clock.now
        base.advance(by: .seconds(10))
        await clock.standing {
            base.advance(by: .seconds(1000))
            #expect(start.duration(to: clock.now) == .seconds(10))
        }
        #expect(start.duration(to: clock.now) == .seconds(10))
        base.advance(by: .seconds(5))
        #expect(start.duration(to: clock.now) == .seconds(15))
    }

    @Test("a deadline that comes in a pause waits for its end, and for the rest of its time")
    func sleeping() async throws {
        let base = ManualClock()
        let clock = StandingClock(base)
        let isOver = Mutex(false)
        let sleeper = Task {
            try await clock.sleep(for: .seconds(60))
            isOver.withLock { $0 = true }
        }
        await base.waitForSleeper()
        await clock.standing { base.advance(by: .seconds(100)) }
        // It sleeps again, for all of its time.
        await base.waitForSleeper()
        base.advance(by: .seconds(59))
        #expect(!isOver.withLock { $0 })
        base.advance(by: .seconds(1))
        try await sleeper.value
        #expect(start(of: clock) == .seconds(60))
    }

    private func start(of clock: StandingClock<ManualClock>) -> Duration {
        ManualClock.Instant().duration(to: clock.now)
    }

    @Test("who sleeps while it stands still can be cancelled")
    func cancelled() async {
        let base = ManualClock()
        let clock = StandingClock(base)
        await clock.standing {
            let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
            await base.waitForSleeper()
            base.advance(by: .seconds(2))
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
    }
}
