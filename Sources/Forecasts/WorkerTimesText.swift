/// What the workers of a run did, as a table for a terminal of 80 columns.
///
/// ```
///             scenarios  checkpoints  awaits checkpoint   idle
/// worker 1    4 in 1:02  1 in 41.1 s
/// worker 2  3 in 52.0 s                          41.1 s  3.0 s
/// “the system is up”: 41.1 s of waiting
/// ```
package struct WorkerTimesText: Sendable {
    private let times: WorkerTimes
    private let width: Int

    /// The most workers and the most checkpoints that are listed one by one.
    private static let mostWorkers = 16
    private static let mostCheckpoints = 3
    /// A shorter wait is how long it takes to notice that there is something to do.
    private static let shortest = Duration.milliseconds(50)

    /// Prepares a text.
    package init(_ times: WorkerTimes, width: Int = 80) {
        self.times = times
        self.width = width
    }

    /// The lines, without a newline at the end; none has control characters.
    package var lines: [String] {
        let sums = times.sums
        let columns = Self.columns.filter { column in sums.contains { !column.cell($0).isEmpty } }
        let rows = sums.prefix(Self.mostWorkers).enumerated().map { number, sum in
            ["worker \(number + 1)"] + columns.map { $0.cell(sum) }
        }
        let heading = [""] + columns.map(\.name)
        let more = sums.count - rows.count
        return table([heading] + rows, flushRight: Set(1..<heading.count)).map { cut($0, to: width) }
            + (more > 0 ? ["and \(more) more workers"] : []) + awaited
    }

    private var awaited: [String] {
        let all = times.awaitedCheckpoints.filter { $0.length >= Self.shortest }
        let lines = all.prefix(Self.mostCheckpoints).map { title, length in
            let end = ": \(compact(length)) of waiting"
            return "“" + cut(plain(title), to: max(16, width - 2 - end.count)) + "”" + end
        }
        return lines + (all.count > lines.count ? ["and \(all.count - lines.count) more that was waited for"] : [])
    }

    private struct Column {
        let name: String
        let cell: @Sendable (WorkerSums) -> String
    }

    private static let columns = [
        Column(name: "scenarios") { $0.scenarios > 0 ? "\($0.scenarios) in \(compact($0.scenarioTime))" : "" },
        Column(name: "checkpoints") { $0.checkpoints > 0 ? "\($0.checkpoints) in \(compact($0.checkpointTime))" : "" },
        Column(name: "awaits checkpoint") { long($0.waitingForCheckpoint) },
        Column(name: "awaits memory") { long($0.waitingForMemory) },
        Column(name: "awaits turn") { long($0.waitingForTurn) },
        Column(name: "idle") { long($0.idle) },
    ]

    private static func long(_ duration: Duration) -> String { duration >= shortest ? compact(duration) : "" }
}
