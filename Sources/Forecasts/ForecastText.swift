/// A forecast as people look at it on a terminal of 80 columns: a bar for each worker, and tables below them.
package struct ForecastText: Sendable {
    private let forecast: Forecast
    private let rows: Int
    private let labels: JobLabels

    /// Prepares a text.
    ///
    /// - Parameters:
    ///   - forecast: What to show.
    ///   - rows: How many jobs are listed one by one. The longest are.
    package init(_ forecast: Forecast, rows: Int = 20) {
        self.forecast = forecast
        self.rows = max(1, rows)
        labels = JobLabels(forecast.workload)
    }

    /// The lines, without a newline at the end.
    package var lines: [String] {
        guard !forecast.schedule.placements.isEmpty else {
            return ["Nothing is to run, so that no time goes anywhere."]
        }
        let advice = forecast.advice.map(\.text)
        return [heading, ""] + WorkerBars(forecast, labels: labels, width: Self.width).lines + [""] + jobs + [""]
            + workers
            + [""] + shares + [""] + bounds + (advice.isEmpty ? [] : [""]) + advice.flatMap(item)
    }

    /// One line without control characters: what feature files hold must not write on the terminal.
    package static func harmless(_ text: String) -> String { plain(text) }

    private static let width = 80

    // MARK: - Parts

    private func item(_ text: String) -> [String] {
        let lines = wrapped(text.split(separator: " ").map(String.init), separator: " ", to: Self.width - 2)
        return zip(["* "] + lines.dropFirst().map { _ in "  " }, lines).map { $0 + $1 }
    }

    private var heading: String {
        let count = forecast.pool.count
        let workers = "\(count) \(count == 1 ? "worker" : "workers")"
        return "\(forecast.isRecorded ? "Where the time went" : "Where the time will go"): "
            + "\(readable(forecast.schedule.makespan)) on \(workers)"
    }

    private var jobs: [String] {
        let all = forecast.workload.jobs
        // Builds first: whatever else is long, what all wait for must show.
        let order = all.indices.sorted { first, second in
            let (one, other) = (all[first], all[second])
            if one.kind != other.kind { return one.kind == .checkpoint }
            return one.estimate.total > other.estimate.total
        }
        let shown = order.prefix(rows).sorted()
        let hidden = order.dropFirst(rows)
        var cells = [["", "checkpoint or scenario", "from", "restore", "steps", "after", "total"]]
        cells += shown.map { index in
            let job = all[index]
            let origin = job.needs.map { labels.label(of: $0) ?? "kept" } ?? "power-on"
            return [labels.labels[index], plain(job.title), origin] + figures([job])
        }
        if !hidden.isEmpty { cells.append(["", "and \(hidden.count) more", ""] + figures(hidden.map { all[$0] })) }

        // The titles get what the figures leave.
        let others = cells.map { row in [0, 2, 3, 4, 5, 6].map { columns(of: row[$0]) } }
        let taken = (0..<6).reduce(12) { sum, column in sum + (others.map { $0[column] }.max() ?? 0) }
        let room = max(16, Self.width - taken)
        for row in cells.indices { cells[row][1] = cut(cells[row][1], to: room) }
        let isGuessed = all.contains { !$0.estimate.isMeasured }
        return table(cells, flushRight: [3, 4, 5, 6]) + (isGuessed ? ["~ a guess: nothing has measured it yet"] : [])
    }

    private func figures(_ jobs: [Job]) -> [String] {
        func sum(_ part: (Estimate) -> Duration) -> String {
            compact(jobs.reduce(.zero) { $0 + part($1.estimate) })
        }
        let sign = jobs.contains { !$0.estimate.isMeasured } ? "~" : ""
        return [sum(\.restore), sum(\.steps), sum(\.teardown), sign + sum(\.total)]
    }

    private var workers: [String] {
        var cells = [["", "busy", "waiting", "for"]]
        for (number, timeline) in forecast.schedule.timelines.enumerated() {
            // A shorter wait is how long it takes to notice that there is something to do.
            let waits = timeline.waits.filter { $0.length >= .milliseconds(50) }.sorted { $0.length > $1.length }
            let reasons = waits.prefix(3).map { "\(describe($0.reason)) \(compact($0.length))" }
            let more = waits.count > 3 ? ["…"] : []
            cells.append([
                "worker \(number + 1)", compact(timeline.busy),
                waits.isEmpty ? "" : compact(waits.reduce(.zero) { $0 + $1.length }),
                (reasons + more).joined(separator: ", "),
            ])
        }
        return table(cells, flushRight: [1, 2]).map { cut($0, to: Self.width) }
    }

    private func describe(_ wait: Schedule.Wait) -> String {
        switch wait {
        case .checkpoint(let id): "checkpoint \(labels.label(of: id) ?? plain(id))"
        case .memory: "memory"
        case .turn: "its turn"
        case .nothingLeft: "nothing left"
        }
    }

    private var shares: [String] {
        let totals = forecast.totals
        let parts = [
            ("building checkpoints", totals.building), ("restoring", totals.restoring), ("steps", totals.steps),
            ("judging and taking down", totals.teardown), ("waiting", totals.waiting),
        ]
        let whole = parts.reduce(Duration.zero) { $0 + $1.1 }
        let cells = parts.map { name, length in
            [name, compact(length), whole > .zero ? "\(percent(length, of: whole)) %" : ""]
        }
        return table(cells, flushRight: [1, 2])
    }

    private var bounds: [String] {
        let chain = forecast.longestChain.map { labels.label(of: $0.id) ?? plain($0.id) }
        var cells = [["longest chain", compact(forecast.longestChainTime), chain.joined(separator: " → ")]]
        cells.append([
            "with one more worker", compact(forecast.withOneMoreWorker),
            forecast.savingOfOneMoreWorker > .zero
                ? "saves \(compact(forecast.savingOfOneMoreWorker))" : "saves nothing",
        ])
        if forecast.totals.building > .zero, forecast.withEveryCheckpointKept > .zero {
            cells.append(["with every checkpoint kept", compact(forecast.withEveryCheckpointKept), ""])
        }
        let enough = forecast.enoughWorkers.map { "\($0)" } ?? "more than \(Forecast.mostWorkers)"
        cells.append(["workers that can be used", enough, ""])
        return table(cells, flushRight: [1]).map { cut($0, to: Self.width) }
    }
}

/// Short names of jobs: letters for checkpoints, numbers for scenarios, in the order of the plan.
struct JobLabels: Sendable {
    /// One for each job.
    let labels: [String]
    private let places: [String: Int]

    init(_ workload: Workload) {
        var checkpoints = 0
        var scenarios = 0
        labels = workload.jobs.map { job in
            switch job.kind {
            case .checkpoint:
                checkpoints += 1
                return Self.letters(checkpoints)
            case .scenario:
                scenarios += 1
                return "\(scenarios)"
            }
        }
        places = workload.places
    }

    func label(of id: String) -> String? { places[id].map { labels[$0] } }

    /// The letters A to Z, then AA, AB and so on.
    private static func letters(_ number: Int) -> String {
        var left = number
        var text = ""
        while left > 0 {
            left -= 1
            text.unicodeScalars.insert(Unicode.Scalar(UInt8(65 + left % 26)), at: text.unicodeScalars.startIndex)
            left /= 26
        }
        return text
    }
}
