import Forecasts
import Testing

@Suite("Simulated schedules")
struct ScheduleTests {
    /// Two states, one on the other, and what is tried in them.
    private let chain = [
        checkpoint("A", 10), checkpoint("B", 5, from: "A"),
        scenario("1", 3, from: "B"), scenario("2", 4, from: "A"), scenario("3", 2),
    ]

    @Test("one worker does everything, each checkpoint when the first scenario needs it")
    func oneWorker() throws {
        let forecast = try forecast(chain, workers: 1)
        #expect(spans(of: forecast) == [["A 0-10", "B 10-15", "1 15-18", "2 18-22", "3 22-24"]])
        #expect(forecast.schedule.makespan == .seconds(24))
    }

    @Test("while a checkpoint is built, another worker takes what can start, and then waits for it")
    func twoWorkers() throws {
        let forecast = try forecast(chain, workers: 2)
        #expect(
            spans(of: forecast) == [
                ["A 0-10", "B 10-15", "1 15-18"],
                ["3 0-2", "waits for A 2-10", "2 10-14", "waits for B 14-15", "nothing left 15-18"],
            ]
        )
        #expect(forecast.schedule.makespan == .seconds(18))
    }

    @Test("a third worker finds nothing to do")
    func threeWorkers() throws {
        let forecast = try forecast(chain, workers: 3)
        #expect(forecast.schedule.makespan == .seconds(18))
        #expect(spans(of: forecast)[2] == ["waits for A 0-10", "waits for B 10-15", "nothing left 15-18"])
    }

    @Test("scenarios from one checkpoint fan out", arguments: [(1, 50), (2, 30), (4, 20), (8, 20)])
    func fanOut(workers: Int, seconds: Int) throws {
        let jobs = [checkpoint("A", 10)] + (1...4).map { scenario("\($0)", 10, from: "A") }
        #expect(try forecast(jobs, workers: workers).schedule.makespan == .seconds(seconds))
    }

    @Test(
        "two checkpoints are built side by side, each by the worker that needed it",
        arguments: [(1, 40), (2, 20), (4, 20)]
    )
    func twoCheckpoints(workers: Int, seconds: Int) throws {
        let jobs = [
            checkpoint("A", 10), checkpoint("B", 10), scenario("1", 10, from: "A"), scenario("2", 10, from: "B"),
        ]
        #expect(try forecast(jobs, workers: workers).schedule.makespan == .seconds(seconds))
    }

    @Test("a checkpoint that exists already costs nothing, one that nobody needs is built in its turn")
    func otherCheckpoints() throws {
        let kept = try forecast([scenario("1", 3, from: "elsewhere")], workers: 1)
        #expect(spans(of: kept) == [["1 0-3"]])
        let alone = try forecast([scenario("1", 3), checkpoint("A", 10), checkpoint("B", 5, from: "A")], workers: 1)
        #expect(spans(of: alone) == [["1 0-3", "A 3-13", "B 13-18"]])
    }

    @Test("a job that does not fit waits for memory, and holds up a smaller one after it")
    func memory() throws {
        let jobs = [scenario("1", 10, memory: 6), scenario("2", 10, memory: 6), scenario("3", 4, memory: 4)]
        #expect(
            spans(of: try forecast(jobs, workers: 2, memory: 10)) == [
                ["1 0-10", "2 10-20"], ["waits for memory 0-10", "3 10-14", "nothing left 14-20"],
            ]
        )
        #expect(try forecast(jobs, workers: 2, memory: 12).schedule.makespan == .seconds(14))
    }

    @Test("a job that starts at a moment keeps nobody waiting from then on")
    func startingNow() throws {
        let jobs = [
            checkpoint("A", 10), checkpoint("B", 5, from: "A"), scenario("1", 7, from: "A"),
            scenario("2", 1, from: "B"),
        ]
        #expect(
            spans(of: try forecast(jobs, workers: 3))[2] == [
                "waits for A 0-10", "waits for B 10-15", "nothing left 15-17",
            ]
        )
    }

    @Test("a job larger than all memory runs alone")
    func tooLarge() throws {
        let jobs = [scenario("1", 10, memory: 60), scenario("2", 10, memory: 60)]
        #expect(try forecast(jobs, workers: 2, memory: 10).schedule.makespan == .seconds(20))
    }

    @Test("nothing to run takes no time")
    func nothing() throws {
        let forecast = try forecast([], workers: 2)
        #expect(forecast.schedule.makespan == .zero)
        #expect(forecast.longestChain.isEmpty)
        #expect(spans(of: forecast) == [[], []])
    }

    @Test(
        "jobs that could never start are refused",
        arguments: [
            ([checkpoint("A", 1, from: "A")], WorkloadError.waitsForItself("A")),
            (
                [
                    scenario("1", 1, from: "C"), checkpoint("A", 1, from: "B"), checkpoint("B", 1, from: "A"),
                    checkpoint("C", 1, from: "B"),
                ],
                .waitsForItself("A")
            ),
            ([scenario("1", 1), scenario("1", 2)], .twice("1")),
            ([scenario("1", 1), scenario("2", 1, from: "1")], .needsScenario("2", needed: "1")),
        ]
    )
    func impossible(_ jobs: [Job], _ error: WorkloadError) {
        #expect(throws: error) { try Workload(jobs) }
        #expect(error.blame == .harness)
    }
}

@Suite("Recorded schedules")
struct RecordedScheduleTests {
    private let jobs = [checkpoint("A", 10), scenario("1", 3, from: "A"), scenario("2", 4, from: "A")]

    private func recorded(_ placements: [(String, Int, Int, Int)]) throws -> Forecast {
        Forecast(
            try Workload(jobs),
            on: WorkerPool(count: 2),
            recorded: placements.map { Placement(job: $0.0, worker: $0.1, start: .seconds($0.2), end: .seconds($0.3)) }
        )
    }

    @Test("a recorded run shows what its workers waited for")
    func waits() throws {
        let forecast = try recorded([("2", 1, 13, 17), ("1", 0, 12, 15), ("A", 0, 1, 12)])
        #expect(
            spans(of: forecast) == [
                ["waits for its turn 0-1", "A 1-12", "1 12-15", "nothing left 15-17"],
                ["waits for its turn 0-1", "waits for A 1-12", "waits for its turn 12-13", "2 13-17"],
            ]
        )
        #expect(forecast.isRecorded)
        #expect(forecast.schedule.makespan == .seconds(17))
        #expect(forecast.simulated == .seconds(14))
    }

    @Test("jobs that never ran keep nobody waiting, and count for nothing")
    func stopped() throws {
        let forecast = try recorded([("A", 0, 0, 10), ("1", 0, 10, 13)])
        #expect(spans(of: forecast)[1] == ["waits for A 0-10", "nothing left 10-13"])
        #expect(forecast.totals.steps == .seconds(3))
    }

    @Test("what can't be true does no harm: overlaps, unknown jobs, workers that were not there")
    func damaged() throws {
        let forecast = try recorded([
            ("A", 0, 0, 10), ("1", 0, 5, 12), ("ghost", 0, 0, 99), ("2", 3, 10, 4), ("1", -1, 0, 1),
        ])
        #expect(spans(of: forecast)[0] == ["A 0-10", "1 10-12"])
        #expect(forecast.schedule.timelines.count == 4)
        #expect(forecast.schedule.makespan == .seconds(12))
    }
}
