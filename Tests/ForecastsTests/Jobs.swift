import Forecasts

/// A checkpoint that takes some seconds to build.
func checkpoint(_ id: String, _ seconds: Int, from parent: String? = nil, memory: Int = 0) -> Job {
    Job(
        id: id,
        title: "checkpoint \(id)",
        kind: .checkpoint,
        needs: parent,
        estimate: Estimate(steps: .seconds(seconds)),
        memory: memory
    )
}

/// A scenario that takes some seconds.
func scenario(_ id: String, _ seconds: Int, from checkpoint: String? = nil, memory: Int = 0) -> Job {
    Job(
        id: id,
        title: "scenario \(id)",
        kind: .scenario,
        needs: checkpoint,
        estimate: Estimate(steps: .seconds(seconds)),
        memory: memory
    )
}

func forecast(_ jobs: [Job], workers: Int, memory: Int? = nil) throws -> Forecast {
    Forecast(try Workload(jobs), on: WorkerPool(count: workers, memory: memory))
}

/// What each worker does, as `1@0-5` for a job and `.checkpoint(A)@0-5` for a wait.
func spans(of forecast: Forecast) -> [[String]] {
    forecast.schedule.timelines.map { timeline in
        timeline.spans.map { span in
            let name =
                switch span.activity {
                case .job(let id): id
                case .waiting(.checkpoint(let id)): "waits for \(id)"
                case .waiting(.memory): "waits for memory"
                case .waiting(.turn): "waits for its turn"
                case .waiting(.nothingLeft): "nothing left"
                }
            return "\(name) \(span.start.components.seconds)-\(span.end.components.seconds)"
        }
    }
}
