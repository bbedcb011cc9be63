import Forecasts
import Foundation
import Testing

@Suite("What workers did")
struct WorkerTimesTests {
    private func busy() -> WorkerTimes {
        var times = WorkerTimes(workers: 2)
        times.note(.checkpoint, "the system is up", attempt: "c", worker: 0, at: 0)
        times.note(.waitingForCheckpoint, "the system is up", worker: 1, at: 0)
        times.note(.scenario, "first", attempt: "a", worker: 0, at: 41)
        times.note(.scenario, "second", attempt: "b", worker: 1, at: 41)
        times.note(.scenario, "third", attempt: "d", worker: 0, at: 45.5)
        times.note(.waitingForMemory, worker: 1, at: 44)
        times.note(.idle, worker: 1, at: 46)
        times.close(at: 110)
        return times
    }

    private func text(_ times: WorkerTimes) throws -> String {
        String(decoding: try JSONEncoder().encode(times), as: UTF8.self)
    }

    @Test("the table has a row for each worker, and no column that nobody fills")
    func table() {
        #expect(
            WorkerTimesText(busy()).lines == [
                "           scenarios  checkpoints  awaits checkpoint  awaits memory  idle",
                "worker 1   2 in 1:09  1 in 41.0 s",
                "worker 2  1 in 3.0 s                          41.0 s          2.0 s  1:04",
                "“the system is up”: 41.0 s of waiting",
            ]
        )
    }

    @Test("one worker that makes no checkpoint has nothing to tell, with a checkpoint or a second worker there is")
    func worthTelling() {
        var alone = WorkerTimes(workers: 1)
        alone.note(.scenario, "first", attempt: "a", worker: 0, at: 0)
        #expect(!alone.areWorthTelling)
        alone.note(.checkpoint, "state", attempt: "c", worker: 0, at: 1)
        #expect(alone.areWorthTelling)
        #expect(WorkerTimes(workers: 2).areWorthTelling)
    }

    @Test("waits too short to mean anything are not told, and many workers only counted")
    func short() {
        var times = WorkerTimes(workers: 20)
        for worker in 0..<20 {
            times.note(.scenario, "s", attempt: "a", worker: worker, at: 0)
            times.note(.idle, worker: worker, at: 10)
        }
        times.close(at: 10.01)
        let lines = WorkerTimesText(times).lines
        #expect(lines.count == 18)
        #expect(lines.last == "and 4 more workers")
        #expect(!lines[0].contains("idle"))
    }

    @Test("titles can't write on the terminal, nor fill it")
    func hostile() {
        var times = WorkerTimes(workers: 2)
        let title = "\u{1B}[31m\n\u{202E}" + String(repeating: "x", count: 500)
        times.note(.checkpoint, title, attempt: "c", worker: 0, at: 0)
        times.note(.waitingForCheckpoint, title, worker: 1, at: 0)
        times.close(at: 3)
        let lines = WorkerTimesText(times).lines
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(
            !lines.joined().unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{202E}" }
        )
    }

    @Test("what a run wrote is read again")
    func reading() throws {
        #expect(WorkerTimes(reading: try text(busy())) == busy())
    }

    @Test(
        "what no run writes is not believed",
        arguments: [
            "", "{}", "[]", #"{"version":1,"workers":[]}"#, #"{"version":2,"workers":[[]]}"#,
            #"{"version":1,"workers":[[{"kind":"scenario","title":"a","from":2,"to":1}]]}"#,
            #"{"version":1,"workers":[[{"kind":"scenario","title":"a","from":-1,"to":1}]]}"#,
            #"{"version":1,"workers":[[{"kind":"scenario","title":"a","from":0,"to":1e300}]]}"#,
            #"{"version":1,"workers":[[{"kind":"sleeping","title":"a","from":0,"to":1}]]}"#,
            #"{"version":1,"workers":[[{"kind":"idle","title":"","from":0,"to":5},{"kind":"idle","title":"","from":4,"to":6}]]}"#,
            #"{"version":1,"workers":["# + String(repeating: "[],", count: 2000) + "[]]}",
        ]
    )
    func damaged(_ text: String) {
        #expect(WorkerTimes(reading: text) == nil)
    }

    @Test("nearest to these: one span, and one that follows another at once")
    func sound() {
        #expect(WorkerTimes(reading: #"{"version":1,"workers":[[]]}"#) != nil)
        let text =
            #"{"version":1,"workers":[[{"kind":"idle","title":"","from":0,"to":5},{"kind":"idle","title":"","from":5,"to":5}]]}"#
        #expect(WorkerTimes(reading: text) != nil)
    }

    @Test("a forecast takes the reasons for waiting that a run recorded, and fills gaps")
    func recorded() throws {
        let workload = try Workload([checkpoint("A", 41), scenario("1", 4, from: "A"), scenario("2", 3, from: "A")])
        func span(_ from: Int, _ to: Int, _ activity: Schedule.Activity) -> Schedule.Span {
            Schedule.Span(start: .seconds(from), end: .seconds(to), activity: activity)
        }
        let forecast = Forecast(
            workload,
            recorded: [
                .init(spans: [span(0, 41, .job("A")), span(41, 45, .job("1"))]),
                .init(spans: [
                    span(0, 41, .waiting(.memory)), span(42, 45, .job("2")), span(45, 50, .job("unknown")),
                ]),
            ]
        )
        #expect(forecast.isRecorded)
        #expect(forecast.schedule.makespan == .seconds(45))
        #expect(
            spans(of: forecast) == [
                ["A 0-41", "1 41-45"], ["waits for memory 0-41", "waits for its turn 41-42", "2 42-45"],
            ]
        )
        #expect(forecast.advice.contains(.memoryDecides(waiting: .seconds(41))))
        #expect(!forecast.advice.contains { if case .addWorker = $0 { true } else { false } })
    }

    @Test("thousands of scenarios are foretold at once", .timeLimit(.minutes(5)))
    func many() throws {
        let jobs = [checkpoint("A", 41)] + (1...2_000).map { scenario("\($0)", $0 % 7 + 1, from: "A") }
        #expect(try forecast(jobs, workers: 4).schedule.placements.count == 2_001)
    }
}
