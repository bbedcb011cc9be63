import CucumberMessages
import Forecasts
import MemoryAdmission
import ScenarioRunner
import TestSupport
import Testing
import Verdicts

@Suite("Company", .timeLimit(.minutes(5)))
struct CompanyTests {
    /// Runs scenarios with these tags, and returns for each which others ran at some moment beside it.
    private func beside(
        _ tags: String...,
        parallel: Int = 4,
        standby: Int = 1,
        processors: Int? = nil
    ) async throws -> (order: [String], beside: [String: Set<String>], told: [String]) {
        let scenarios = tags.enumerated().map { ($1, "\($0)", "the till holds 0") }
        return try await withTemporaryFolder { folder in
            let run = try await ShopRun(
                shopPlan(scenarios),
                in: folder,
                {
                    $0.parallel = parallel
                    $0.standby = standby
                    $0.processors = processors
                    $0.processorsOfGuest = 2
                }
            )
            #expect(run.outcomes == tags.map { _ in .passed })
            // Verdicts come in the order of the plan, whatever ran first.
            let read = ShopRun.read(run.record)
            #expect(read.scenarios.map(\.name) == scenarios.map(\.1))
            var order: [String] = []
            var open: Set<String> = []
            var beside: [String: Set<String>] = [:]
            for envelope in run.record {
                switch envelope {
                case .testCaseStarted(let message):
                    let name = try #require(read.scenario(ofAttempt: message.id)?.name)
                    order.append(name)
                    for other in open {
                        beside[other, default: []].insert(name)
                        beside[name, default: []].insert(other)
                    }
                    open.insert(name)
                case .testCaseFinished(let message):
                    open.remove(try #require(read.scenario(ofAttempt: message.testCaseStartedId)?.name))
                default: break
                }
            }
            return (order, beside, run.told)
        }
    }

    @Test("one that is exclusive has the host for itself, and the others do not wait for it", arguments: [0, 2])
    func exclusive(_ standby: Int) async throws {
        let run = try await beside("", "@exclusive", "", "", "@exclusive", "", standby: standby)
        #expect(run.beside["1"] == nil)
        #expect(run.beside["4"] == nil)
        #expect(run.beside["0"]?.isEmpty == false)
        #expect(run.order.suffix(2) == ["1", "4"])
    }

    @Test("a single worker keeps the order, exclusive or not", arguments: [0, 1])
    func single(_ standby: Int) async throws {
        let run = try await beside("", "@exclusive", "", "@serial", "@serial", parallel: 1, standby: standby)
        #expect(run.order == ["0", "1", "2", "3", "4"])
    }

    @Test("those of one series run one after the other, beside anything else", arguments: [0, 2])
    func serial(_ standby: Int) async throws {
        let run = try await beside(
            "@serial:a",
            "@serial:a",
            "@serial:b",
            "@serial:a @serial:b",
            "@serial",
            "",
            standby: standby
        )
        #expect(run.beside["0"]?.isDisjoint(with: ["1", "3"]) != false)
        #expect(run.beside["1"]?.isDisjoint(with: ["0", "3"]) != false)
        #expect(run.beside["2"]?.contains("3") != true)
        #expect(run.beside["0"]?.contains("2") == true)
    }

    @Test("no more guests run than the processors suffice for, and the reason is told once")
    func processors() async throws {
        let run = try await beside("", "", "", "", "", parallel: 4, standby: 0, processors: 4)
        #expect(run.beside.values.allSatisfy { $0.count <= 4 })
        #expect(
            run.told == ["2 of 4 workers are busy, since more guests would need more than 4 processors."]
        )
        let alone = try await beside("", "", parallel: 2, standby: 1, processors: 1)
        #expect(alone.beside.isEmpty)
    }

    // MARK: - Forecasts

    private func makespan(_ companies: [Company], workers: Int, guests: Int? = nil) throws -> Duration {
        let jobs = companies.enumerated().map { number, company in
            Job(
                id: "\(number)",
                title: "",
                kind: .scenario,
                estimate: Estimate(steps: .seconds(10)),
                company: company
            )
        }
        return Forecast(try Workload(jobs), on: WorkerPool(count: workers, guests: guests)).schedule.makespan
    }

    @Test("a forecast knows beside what scenarios may run")
    func forecast() throws {
        let any = Company()
        let alone = Company(isAlone: true)
        let series = Company(series: ["a"])
        #expect(try makespan([any, any, any, any], workers: 4) == .seconds(10))
        #expect(try makespan([any, alone, any, any], workers: 4) == .seconds(20))
        #expect(try makespan([series, series, any, any], workers: 4) == .seconds(20))
        #expect(try makespan([any, any, any, any], workers: 4, guests: 2) == .seconds(20))
    }
}
