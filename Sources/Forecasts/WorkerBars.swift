/// One bar for each worker: what it does along the time of the run.
///
/// ```
/// worker 1  A==========1------3-----------
/// worker 2  ...........2----------4---
///           0                         21.0 s
/// ```
struct WorkerBars {
    private let forecast: Forecast
    private let labels: JobLabels
    private let width: Int

    init(_ forecast: Forecast, labels: JobLabels, width: Int) {
        self.forecast = forecast
        self.labels = labels
        self.width = width
    }

    var lines: [String] {
        let timelines = forecast.schedule.timelines
        let names = timelines.indices.map { "worker \($0 + 1)  " }
        let margin = names.map(\.count).max() ?? 0
        let room = width - margin
        let bars = zip(names, timelines).map { name, timeline in
            name + String(repeating: " ", count: margin - name.count) + bar(timeline, columns: room)
        }
        let end = readable(forecast.schedule.makespan)
        let scale =
            String(repeating: " ", count: margin) + "0"
            + String(repeating: " ", count: max(1, room - 1 - end.count)) + end
        return bars.map { String($0.reversed().drop { $0 == " " }.reversed()) } + [scale] + legend
    }

    private func bar(_ timeline: Schedule.Timeline, columns: Int) -> String {
        let makespan = forecast.schedule.makespan
        func column(_ time: Duration) -> Int {
            makespan > .zero ? min(columns, Int(time / makespan * Double(columns))) : 0
        }
        return timeline.spans.map { span in
            let length = column(span.end) - column(span.start)
            let (label, fill) = drawing(of: span.activity)
            let fits = label.count <= length
            return (fits ? label : "") + String(repeating: fill, count: length - (fits ? label.count : 0))
        }.joined()
    }

    private func drawing(of activity: Schedule.Activity) -> (label: String, fill: String) {
        switch activity {
        case .job(let id): (labels.label(of: id) ?? "", isBuild(id) ? "=" : "-")
        case .waiting(.checkpoint): ("", ".")
        case .waiting(.memory): ("", "m")
        case .waiting(.turn), .waiting(.nothingLeft): ("", " ")
        }
    }

    private func isBuild(_ id: String) -> Bool {
        forecast.workload.places[id].map { forecast.workload.jobs[$0].kind == .checkpoint } ?? false
    }

    /// What the signs mean that occur.
    private var legend: [String] {
        let activities = Set(forecast.schedule.timelines.flatMap(\.spans).map(\.activity))
        func has(_ wanted: (Schedule.Activity) -> Bool) -> Bool { activities.contains(where: wanted) }
        var parts: [String] = []
        if has({ if case .job(let id) = $0 { isBuild(id) } else { false } }) { parts.append("A= builds a checkpoint") }
        if has({ if case .job(let id) = $0 { !isBuild(id) } else { false } }) { parts.append("1- runs a scenario") }
        if has({ if case .waiting(.checkpoint) = $0 { true } else { false } }) {
            parts.append(". waits for a checkpoint")
        }
        if has({ $0 == .waiting(.memory) }) { parts.append("m waits for memory") }
        return wrapped(parts, separator: "   ", to: width)
    }
}
