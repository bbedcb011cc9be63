import CheckpointStore
import Forecasts
import LiveSystem
import MemoryAdmission
import PastRuns
import Reports
import ScenarioRunner

/// Where the time of a planned run will go, by what earlier runs measured.
struct PlanExplanation {
    /// The run, foretold.
    let forecast: Forecast
    private let plan: Plan
    private let states: [String: CheckpointState]
    private let runs: Int

    /// Foretells a run; no image is made for it, and nothing is started.
    ///
    /// - Parameters:
    ///   - plan: What is to run.
    ///   - system: The system under test.
    ///   - image: The image's file, or `nil` for that of the newest run.
    ///   - parallel: How many scenarios run side by side.
    /// - Throws: A `WorkloadError`, which would be a mistake of the plan.
    init(_ plan: Plan, on system: DescribedSystem, image: String?, parallel: Int) async throws {
        async let states = CheckpointState.states(of: plan, on: system, image: image)
        let measured = MeasuredTimes(ofRunsIn: "runs")
        let memory = (try? LiveSystemSettings.makeCacheFolder()).map { MemoryOfRun(cache: $0) }
        let record = RunRecord(of: plan)
        let scenarios = Dictionary(record.scenarios.map { ($0.id, $0) }) { first, _ in first }
        func job(_ entry: Plan.Entry, id: String, kind: Job.Kind) -> Job? {
            scenarios[entry.testCase.id].map { scenario in
                Job(
                    id: id,
                    title: scenario.title,
                    kind: kind,
                    needs: entry.start,
                    estimate: measured.estimate(for: scenario),
                    memory: memory?.expectedUse(of: entry, on: system.description) ?? 0,
                    company: entry.terms.company
                )
            }
        }
        self.states = await states
        let missing = Self.missing(in: plan, self.states)
        let checkpoints = plan.checkpoints.filter { missing.contains($0.id) }
        let jobs =
            checkpoints.compactMap { job($0.entry, id: $0.id, kind: .checkpoint) }
            + plan.entries.compactMap { job($0, id: $0.testCase.id, kind: .scenario) }
        forecast = Forecast(
            try Workload(jobs),
            on: WorkerPool(
                count: parallel,
                memory: memory?.budget,
                guests: max(1, HostProcessors.mostOfGuests / HostProcessors.perGuest)
            )
        )
        self.plan = plan
        runs = measured.runs
    }

    /// The lines for a terminal, without a newline at the end.
    var lines: [String] {
        let source =
            switch runs {
            case 0: "No earlier run in runs/ has measured anything."
            case 1: "Durations are those of one earlier run in runs/."
            default: "Durations are medians of \(runs) earlier runs in runs/."
            }
        return checkpointLines + ForecastText(forecast).lines + ["", source]
    }

    private var checkpointLines: [String] {
        guard !plan.checkpoints.isEmpty else { return [] }
        let lines = plan.checkpoints.flatMap { checkpoint in
            let parent = checkpoint.parent.flatMap { plan.checkpoint($0)?.title }.map { ", from “\($0)”" } ?? ""
            let variant = checkpoint.variant.map { " \($0)" } ?? ""
            let state = states[checkpoint.id] ?? .unknown("its key is not known")
            let first = "  “\(checkpoint.title)”\(variant)  \(checkpoint.entry.pickle.place)\(parent)"
            return [first, "    \(state.text)"].map(ForecastText.harmless)
        }
        return ["Checkpoints that the plan needs"] + lines + [""]
    }

    /// The checkpoints that have to be made: whatever a scenario starts from, and what that comes from in turn.
    private static func missing(in plan: Plan, _ states: [String: CheckpointState]) -> Set<String> {
        var missing: Set<String> = []
        for start in plan.entries.compactMap(\.start) + plan.wanted {
            var next: String? = start
            while let id = next, !missing.contains(id), states[id]?.isKept != true {
                missing.insert(id)
                next = plan.checkpoint(id)?.parent
            }
        }
        return missing
    }
}
