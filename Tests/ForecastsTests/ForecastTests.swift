import Forecasts
import FrameBuilding
import Testing

@Suite("Forecasts")
struct ForecastTests {
    private let chain = [
        checkpoint("A", 10), checkpoint("B", 5, from: "A"),
        scenario("1", 3, from: "B"), scenario("2", 4, from: "A"), scenario("3", 2),
    ]

    @Test("the longest chain leads through checkpoints to a scenario")
    func longestChain() throws {
        let forecast = try forecast(chain, workers: 2)
        #expect(forecast.longestChain.map(\.id) == ["A", "B", "1"])
        #expect(forecast.longestChainTime == .seconds(18))
    }

    @Test("a long scenario from power-on outweighs a chain")
    func longScenario() throws {
        let forecast = try forecast(chain + [scenario("4", 19)], workers: 2)
        #expect(forecast.longestChain.map(\.id) == ["4"])
    }

    @Test("one more worker saves what a run with one more worker takes less", arguments: 1...5)
    func oneMoreWorker(workers: Int) throws {
        let jobs = [checkpoint("A", 10)] + (1...9).map { scenario("\($0)", $0, from: "A") }
        let now = try forecast(jobs, workers: workers)
        let more = try forecast(jobs, workers: workers + 1)
        #expect(now.withOneMoreWorker == more.schedule.makespan)
        #expect(now.savingOfOneMoreWorker == max(.zero, now.schedule.makespan - more.schedule.makespan))
    }

    @Test("no more workers are enough than can be used")
    func enoughWorkers() throws {
        #expect(try forecast(chain, workers: 4).enoughWorkers == 2)
        #expect(try forecast([scenario("1", 3)], workers: 4).enoughWorkers == 1)
        #expect(try forecast((1...32).map { scenario("\($0)", 3) }, workers: 4).enoughWorkers == 32)
        // Two rounds; as many workers as would make it one are not tried.
        #expect(try forecast((1...33).map { scenario("\($0)", 3) }, workers: 4).enoughWorkers == 17)
        #expect(try forecast((1...64).map { scenario("\($0)", 3) }, workers: 4).enoughWorkers == nil)
    }

    @Test("with every checkpoint kept, only scenarios are left")
    func kept() throws {
        #expect(try forecast(chain, workers: 1).withEveryCheckpointKept == .seconds(9))
    }

    @Test("all workers' time is told by what it is spent on")
    func totals() throws {
        let split = Estimate(restore: .seconds(1), steps: .seconds(5), teardown: .seconds(2))
        let jobs = [checkpoint("A", 10), Job(id: "1", title: "1", kind: .scenario, needs: "A", estimate: split)]
        let totals = try forecast(jobs, workers: 2).totals
        #expect(totals.building == .seconds(10))
        #expect(totals.restoring == .seconds(1))
        #expect(totals.steps == .seconds(5))
        #expect(totals.teardown == .seconds(2))
        #expect(totals.waiting == .seconds(18))
    }

    @Test("durations that can't be are limited")
    func absurd() throws {
        let estimate = Estimate(restore: .seconds(-5), steps: .seconds(Int64.max), teardown: .zero)
        let jobs = (1...5).map { Job(id: "\($0)", title: "", kind: .scenario, estimate: estimate) }
        let forecast = try forecast(jobs, workers: 2)
        #expect(estimate.total == .seconds(1_000_000_000))
        #expect(!ForecastText(forecast).lines.isEmpty)
    }

    // MARK: - Whatever the jobs

    @Test(
        "whatever the jobs, a schedule keeps what every schedule must keep",
        arguments: 1...200 as ClosedRange<UInt64>
    )
    func properties(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let jobs = randomJobs(&random)
        let workers = Int.random(in: 1...6, using: &random)
        let memory = Bool.random(using: &random) ? Int.random(in: 0...12, using: &random) : nil
        let forecast = try forecast(jobs, workers: workers, memory: memory)
        let makespan = forecast.schedule.makespan
        let byJob = Dictionary(grouping: forecast.schedule.placements, by: \.job)

        #expect(byJob.count == jobs.count && byJob.values.allSatisfy { $0.count == 1 }, "each job runs once")
        #expect(makespan >= forecast.longestChainTime)
        #expect(makespan * workers >= forecast.workload.work)
        if workers == 1 { #expect(makespan == forecast.workload.work) }
        #expect(forecast.savingOfOneMoreWorker >= .zero)
        for job in jobs {
            guard let needs = job.needs, let built = byJob[needs]?.first, let own = byJob[job.id]?.first else {
                continue
            }
            #expect(own.start >= built.end, "no job starts before its checkpoint is there")
        }
        for timeline in forecast.schedule.timelines {
            #expect(timeline.spans.first?.start ?? .zero == .zero)
            #expect(timeline.spans.last?.end ?? makespan == makespan)
            #expect(zip(timeline.spans, timeline.spans.dropFirst()).allSatisfy { $0.end == $1.start }, "no gaps")
            #expect(!timeline.waits.contains { $0.reason == .turn }, "a simulation wastes no time")
        }
        if let memory {
            for placement in forecast.schedule.placements {
                let beside = forecast.schedule.placements.filter {
                    $0.start <= placement.start && placement.start < $0.end
                }
                let used = beside.compactMap { one in jobs.first { $0.id == one.job }?.memory }.reduce(0, +)
                #expect(used <= memory || beside.count == 1, "memory is never exceeded, but by one job alone")
            }
        }
        #expect(ForecastText(forecast).lines.allSatisfy { $0.count <= 80 })
    }

    private func randomJobs(_ random: inout SeededGenerator) -> [Job] {
        var jobs: [Job] = []
        var checkpoints: [String] = []
        for number in 0..<Int.random(in: 1...20, using: &random) {
            let parent = Bool.random(using: &random) ? checkpoints.randomElement(using: &random) : nil
            let seconds = Int.random(in: 1...60, using: &random)
            let memory = Int.random(in: 0...6, using: &random)
            if Int.random(in: 0..<3, using: &random) == 0 {
                jobs.append(checkpoint("c\(number)", seconds, from: parent, memory: memory))
                checkpoints.append("c\(number)")
            } else {
                jobs.append(scenario("s\(number)", seconds, from: parent, memory: memory))
            }
        }
        return jobs.shuffled(using: &random)
    }
}

@Suite("Advice")
struct AdviceTests {
    private func advice(_ jobs: [Job], workers: Int, memory: Int? = nil) throws -> [String] {
        try forecast(jobs, workers: workers, memory: memory).advice.map(\.text)
    }

    @Test("a checkpoint that is a large part of the run is worth keeping, a small one is not mentioned")
    func keepCheckpoint() throws {
        #expect(
            try advice([checkpoint("A", 41), scenario("1", 59, from: "A")], workers: 1) == [
                "Building the checkpoint “checkpoint A” takes 41 % of the run: keep the cache. "
                    + "With every checkpoint kept, the run takes 59.0 s."
            ]
        )
        #expect(try advice([checkpoint("A", 19), scenario("1", 81, from: "A")], workers: 1).isEmpty)
    }

    @Test("a chain that decides is named")
    func chain() throws {
        let jobs = [checkpoint("A", 10), scenario("1", 80, from: "A"), scenario("2", 90)]
        #expect(
            try advice(jobs, workers: 2) == [
                "The chain “checkpoint A” → “scenario 1” alone takes 1 min 30 s: more workers can't help below that."
            ]
        )
        #expect(
            try advice([scenario("1", 90), scenario("2", 80)], workers: 2) == [
                "“scenario 1” alone takes 1 min 30 s: more workers can't help below that."
            ]
        )
    }

    @Test("a worker more is advised when it pays, a worker less when it costs nothing")
    func workers() throws {
        let jobs = (1...4).map { scenario("\($0)", 10) }
        #expect(try advice(jobs, workers: 1) == ["One more worker would save 20.0 s."])
        #expect(try advice(jobs, workers: 5).last == "4 workers are as fast as 5.")
        #expect(try advice([scenario("1", 10)], workers: 2) == ["One worker is as fast as 2."])
        // Two rounds with two workers as well as with three.
        #expect(try advice(jobs, workers: 2).isEmpty)
    }

    @Test("workers that wait for memory are told of, and guesses are called so")
    func memoryAndGuesses() throws {
        let jobs = [scenario("1", 10, memory: 6), scenario("2", 10, memory: 6)]
        #expect(
            try advice(jobs, workers: 2, memory: 10)
                == [
                    "One worker is as fast as 2.",
                    "Workers wait 10.0 s for memory: more of it would help, more workers would not.",
                ]
        )
        let guess = Job(id: "3", title: "3", kind: .scenario, estimate: Estimate(steps: .seconds(1), isMeasured: false))
        #expect(
            try advice([scenario("1", 10), guess], workers: 1).last
                == "1 of 2 durations is a guess: what a run measures, the next forecast knows."
        )
        #expect(
            try advice([guess], workers: 1) == [
                "No duration is measured yet, all are guesses: the next forecast will be better."
            ]
        )
    }
}
