import Foundation
import Sandbox

/// From a leaking frame's way into the tap until it is judged, beside innocent traffic of different rates.
func measureLeakLatency(leaks: Int, policy: String, in workshop: Workshop) async throws -> [Figure] {
    struct Report: Decodable {
        let latencies: [Double]
        let injected: Int
        let falseAlarms: Int
        let megabitsPerSecond: Double
        let framesFromGuest: Int
        let kernelDrops: Int
        let reasons: [String]
    }
    let program = try SandboxExecutable.beside("leak-latency")
    var figures: [Figure] = []
    for rate in [0, 50, 100] {
        note("\(leaks) leaks at \(rate) Mbit/s")
        let capture = workshop.folder.appending(path: "leaks-\(rate).pcapng")
        let arguments = ["\(rate)", "\(leaks)", policy, capture.path()]
        let line = try await withSandboxedProcess(program, arguments: arguments) { try await $0.expectLine() }
        try? FileManager.default.removeItem(at: capture)
        guard let report = try? JSONDecoder().decode(Report.self, from: Data(line.utf8)) else {
            throw BenchError("the leaks were not measured: \(line)")
        }
        let loss =
            report.reasons.isEmpty
            ? "no loss in \(report.framesFromGuest) frames" : "inconclusive: \(report.reasons.joined(separator: " "))"
        note(
            "\(report.latencies.count) of \(report.injected) leaks found, \(report.falseAlarms) false alarms, "
                + String(format: "%.1f Mbit/s reached, ", report.megabitsPerSecond) + loss
        )
        let rateText = String(format: "%.0f", report.megabitsPerSecond)
        figures += [
            Figure(
                name:
                    "a leak's frame to its judgement, at \(rateText) Mbit/s, \(report.reasons.isEmpty ? "no loss" : "inconclusive")",
                unit: "ms",
                values: report.latencies,
                goal: 100
            ),
            Figure(
                name: "leaks not found, at \(rateText) Mbit/s",
                unit: "%",
                values: [100 - 100 * Double(report.latencies.count) / Double(max(1, report.injected))],
                goal: 0
            ),
            Figure(
                name: "frames blamed that are innocent, at \(rateText) Mbit/s",
                unit: "frames",
                values: [Double(report.falseAlarms)],
                goal: 0
            ),
        ]
    }
    return figures
}
