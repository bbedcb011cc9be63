import Forecasts
import Foundation

/// Where the time of a run went: per checkpoint, restore, scenario and worker, and what would make it shorter.
package struct TimesReport: Report {
    /// How it is written.
    package enum Form: Hashable, Sendable {
        case text, json
    }

    private let sink: ReportSink
    private let form: Form

    /// Creates the report; it is written in one piece.
    package init(to sink: ReportSink, as form: Form = .text) {
        self.sink = sink
        self.form = form
    }

    package mutating func finish(run: RunRecord) throws {
        let forecast = RunTimes(run).forecast
        switch form {
        case .text: try sink.write(ForecastText(forecast).lines.map { $0 + "\n" }.joined())
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try sink.write(String(decoding: try encoder.encode(ForecastDocument(forecast)), as: UTF8.self) + "\n")
        }
    }
}
