package import CucumberMessages
import Foundation

/// The record itself: one envelope a line, written as soon as it is known.
package struct MessagesReport: Report {
    private let sink: ReportSink

    /// Creates a writer.
    package init(to sink: ReportSink) { self.sink = sink }

    package mutating func receive(_ envelope: Envelope, run: RunRecord) throws {
        try sink.write(Self.line(for: envelope))
    }

    /// Returns an envelope as a line of NDJSON, line feed included.
    package static func line(for envelope: Envelope) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(envelope), as: UTF8.self) + "\n"
    }
}
