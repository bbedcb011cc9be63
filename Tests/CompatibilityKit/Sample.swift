import CucumberMessages
package import Foundation

/// One sample of a compatibility kit: features, and the record that they should make.
package struct Sample {
    private let name: String
    private let folder: URL

    /// Names a sample.
    package init(name: String, folder: URL) {
        self.name = name
        self.folder = folder
    }

    /// Whether there is a record to compare with.
    package var isThere: Bool { FileManager.default.fileExists(atPath: record.path(percentEncoded: false)) }

    /// Why this program's record is another one, where it is on purpose.
    package var reasonToDiffer: String? { Self.reasons[name] }

    /// Runs the sample.
    ///
    /// - Returns: What the records do not agree on.
    package func differences() async throws -> [String] {
        let decoder = JSONDecoder()
        let expected = try String(contentsOf: record, encoding: .utf8).split(separator: "\n").map { line in
            try decoder.decode(Envelope.self, from: Data(line.utf8))
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        var features = files.filter { $0.hasSuffix(".feature") || $0.hasSuffix(".feature.md") }.sorted()
        if name.hasSuffix("-reversed") { features.reverse() }
        let sources = try features.map { file in
            (uri: file, text: try String(contentsOf: folder.appending(path: file), encoding: .utf8))
        }
        let seen = try await runFeatures(sources, with: kitSteps(for: name, in: folder), retries: retries)
        return RecordOutline(seen).differences(from: RecordOutline(expected))
    }

    /// How often the sample asks that failing scenarios be tried again.
    private var retries: Int {
        let options = try? String(contentsOf: folder.appending(path: "\(name).arguments.txt"), encoding: .utf8)
        let words = (options ?? "").split(whereSeparator: \.isWhitespace)
        guard let option = words.firstIndex(of: "--retry"), option + 1 < words.endIndex else { return 0 }
        return Int(words[option + 1]) ?? 0
    }

    private var record: URL { folder.appending(path: "\(name).ndjson") }

    private static let reasons = [
        "failedish-combinations": "code is proposed for an undefined step even if its scenario is skipped before it",
        "global-hooks-beforeall-error":
            "the record tells which scenarios were to be run, so that they can be run again",
        "multiple-features-reversed": "scenarios run in the order of their files, not in the opposite one",
        "pending-exception": "a step that is not written yet always says so by throwing, which is no error",
        "skipped-exception": "a step always skips by throwing, which is no error",
        "test-run-exception": "there is no option that makes the program itself break",
    ]
}
