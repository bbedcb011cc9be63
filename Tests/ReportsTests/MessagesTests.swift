import CucumberMessages
import Foundation
import Reports
import Testing

@Suite("The record as a file")
struct MessagesTests {
    private func sample() throws -> RunBuilder {
        var builder = RunBuilder()
        let cases = builder.feature("features/a.feature", "A", [.init(name: "one", steps: ["Given a\nb"])])
        try builder.run(cases[0])
        builder.endRun(success: true)
        return builder
    }

    @Test("every envelope is one write of one line, and reads back as it was")
    func roundTrip() throws {
        let builder = try sample()
        try withTemporaryFolder { folder in
            let text = WrittenText()
            var group = ReportGroup([("messages", MessagesReport(to: text.sink))])
            for envelope in builder.envelopes { try group.receive(envelope) }
            #expect(text.writes.count == builder.envelopes.count)
            #expect(text.writes.allSatisfy { $0.hasSuffix("\n") && $0.dropLast().allSatisfy { !$0.isNewline } })

            let path = "\(folder)/messages.ndjson"
            try text.value.write(toFile: path, atomically: true, encoding: .utf8)
            var lines = try MessageLines(path: path)
            var read: [Envelope] = []
            while let line = try lines.next() { if case .envelope(let envelope) = line { read.append(envelope) } }
            #expect(read == builder.envelopes)
        }
    }

    @Test("a torn last line is told apart from an invalid one, which is named by its number")
    func torn() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/messages.ndjson"
            let good = try MessagesReport.line(for: sample().envelopes[0])
            try (good + "{\"nonsense\":{}}\n\n" + good + "{\"meta\":{\"proto").write(
                toFile: path,
                atomically: true,
                encoding: .utf8
            )
            var lines = try MessageLines(path: path)
            var seen: [String] = []
            while let line = try lines.next() {
                switch line {
                case .envelope: seen.append("good")
                case .invalid(let line, _): seen.append("invalid \(line)")
                case .torn(let line): seen.append("torn \(line)")
                }
            }
            #expect(seen == ["good", "invalid 2", "good", "torn 5"])
        }
    }

    @Test("a record with an invalid line is no pass")
    func damaged() throws {
        let builder = try sample()
        try withTemporaryFolder { folder in
            let path = "\(folder)/messages.ndjson"
            let lines = try builder.envelopes.map(MessagesReport.line)
            try (lines.dropLast().joined() + "nonsense\n" + lines[lines.count - 1]).write(
                toFile: path,
                atomically: true,
                encoding: .utf8
            )
            var group = ReportGroup([])
            try group.receive(recordAt: path)
            let summary = try group.finish()
            #expect(summary.outcome == .inconclusive)
            #expect(summary.doubts.first?.contains("line \(lines.count)") == true)
        }
    }

    @Test("a writer that goes on after one that was killed cuts off the torn line and keeps the rest")
    func appending() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/deep/messages.ndjson"
            let first = try ReportSink.appending(to: path)
            try first.write("{\"a\":1}\n{\"b\":")
            let second = try ReportSink.appending(to: path)
            try second.write("{\"c\":3}\n")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"a\":1}\n{\"c\":3}\n")
        }
    }

    @Test("a report that fails costs only itself, and is told once")
    func failingReport() throws {
        struct DiskFull: Error {}
        let builder = try sample()
        let text = WrittenText()
        let failing = MessagesReport(to: ReportSink { _ in throw DiskFull() })
        var group = ReportGroup([("junit", failing), ("messages", MessagesReport(to: text.sink))])
        #expect(throws: ReportError.failed(format: "junit", reason: "DiskFull()")) {
            try group.receive(builder.envelopes[0])
        }
        for envelope in builder.envelopes.dropFirst() { try group.receive(envelope) }
        try group.finish()
        #expect(text.writes.count == builder.envelopes.count)
    }

    @Test("a missing record is an error that names the path")
    func missing() {
        #expect(throws: ReportError.unreadable(path: "/nowhere/x", reason: "No such file or directory")) {
            _ = try MessageLines(path: "/nowhere/x")
        }
    }
}
