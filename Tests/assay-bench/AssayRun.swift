import CucumberMessages
import Foundation

/// A finished run of `assay` with one scenario: its record, and what was seen from outside.
struct AssayRun {
    /// When the command was started.
    let started: Double
    let watched: Watch.Result
    private let record: [Envelope]

    init(started: Double, watched: Watch.Result, output: URL) throws {
        self.started = started
        self.watched = watched
        let text = try String(contentsOf: output.appending(path: "messages.ndjson"), encoding: .utf8)
        let decoder = JSONDecoder()
        record = try text.split(separator: "\n").map { try decoder.decode(Envelope.self, from: Data($0.utf8)) }
    }

    /// When the world said that it was at something.
    func time(of phase: String) throws -> Double {
        for case .attachment(let attachment) in record where attachment.body == phase {
            if let timestamp = attachment.timestamp { return timestamp.wallClock }
        }
        throw BenchError("the record doesn't say when this happened: \(phase)")
    }

    /// When the steps of the scenario began and ended, without what comes before and after them.
    func steps() throws -> [(began: Double, ended: Double)] {
        var began: [String: Double] = [:]
        var steps: [(began: Double, ended: Double)] = []
        var order: [String] = []
        for case .testCase(let testCase) in record {
            order = testCase.testSteps.filter { $0.pickleStepId != nil }.map(\.id)
        }
        for envelope in record {
            switch envelope {
            case .testStepStarted(let message): began[message.testStepId] = message.timestamp.wallClock
            case .testStepFinished(let message) where order.contains(message.testStepId):
                guard let start = began[message.testStepId] else { continue }
                steps.append((start, message.timestamp.wallClock))
            default: break
            }
        }
        guard steps.count == order.count else { throw BenchError("the record lacks steps") }
        return steps
    }
}

extension Timestamp {
    fileprivate var wallClock: Double { Double(seconds) + Double(nanos) / 1e9 }
}
