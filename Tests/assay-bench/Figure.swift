import Foundation

/// One thing that was measured several times.
struct Figure: Encodable {
    /// What another program needs for the same.
    struct Rival: Encodable {
        let name: String
        let values: [Double]
    }

    let name: String
    let unit: String
    let values: [Double]
    /// The value that the median is not to exceed.
    var goal: Double?
    var rival: Rival?
    /// How busy the machine was just after.
    var load = Load.current

    private enum CodingKeys: String, CodingKey {
        case name, unit, values, goal, rival, load, median, minimum, maximum, ratio
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(unit, forKey: .unit)
        try container.encode(values, forKey: .values)
        try container.encodeIfPresent(goal, forKey: .goal)
        try container.encodeIfPresent(rival, forKey: .rival)
        try container.encode(load.average, forKey: .load)
        try container.encodeIfPresent(values.median, forKey: .median)
        try container.encodeIfPresent(values.min(), forKey: .minimum)
        try container.encodeIfPresent(values.max(), forKey: .maximum)
        try container.encodeIfPresent(ratio, forKey: .ratio)
    }

    /// A short line: the name and the median.
    var text: String {
        "\(name): " + (values.median.map { String(format: format, $0) + " \(unit)" } ?? "nothing measured")
    }

    fileprivate var format: String {
        switch unit {
        case "MiB", "KiB", "frames": "%.0f"
        case "%": "%.2f"
        default: "%.3f"
        }
    }

    /// The median as a multiple of the rival's.
    var ratio: Double? {
        guard let own = values.median, let other = rival?.values.median, other > 0 else { return nil }
        return own / other
    }
}

/// How busy the machine was: without it a figure means nothing.
struct Load: Encodable {
    /// The mean number of processes that ran or waited to run, over a minute (proc(5), loadavg).
    let average: Double
    let processors: Int

    static var current: Load {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        let average = text.split(separator: " ").first.flatMap { Double($0) } ?? .nan
        return Load(average: average, processors: ProcessInfo.processInfo.activeProcessorCount)
    }
}

/// Everything that one call of the benchmark found out.
struct BenchResult: Encodable {
    let version = 1
    let figures: [Figure]
    /// Before and after.
    let load: [Load]

    init(figures: [Figure], load: [Load]) {
        self.figures = figures
        self.load = load
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var table: String {
        var rows = [["", "median", "min", "max", "runs", "load", "goal", "", "beside"]]
        for figure in figures {
            func text(_ value: Double?) -> String {
                value.map { String(format: figure.format, $0) + " \(figure.unit)" } ?? ""
            }
            let median = figure.values.median
            let verdict = figure.goal.map { goal in (median ?? .infinity) <= goal ? "met" : "missed" }
            let beside = figure.rival.map { rival in
                "\(rival.name) \(text(rival.values.median))"
                    + (figure.ratio.map { String(format: ", ratio %.2f", $0) } ?? "")
            }
            rows.append([
                figure.name, text(median), text(figure.values.min()), text(figure.values.max()),
                "\(figure.values.count)", String(format: "%.1f", figure.load.average), text(figure.goal), verdict ?? "",
                beside ?? "",
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                // Numbers stand right, words left.
                return (1...6).contains(column) ? space + cell.0 : cell.0 + space
            }.joined(separator: "  ")
        }
        let loads = load.map { String(format: "%.1f", $0.average) }.joined(separator: " before and ")
        let busy = "Load average \(loads) after, on \(load.last?.processors ?? 0) processors."
        return (lines + [busy]).joined(separator: "\n")
    }
}

extension [Double] {
    /// The middle value, or the mean of the two in the middle; `nil` when there is none.
    var median: Double? {
        guard !isEmpty else { return nil }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
