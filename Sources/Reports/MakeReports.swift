import Foundation

/// What reports are made from.
package enum RecordUse: Sendable {
    /// A run that begins: its messages are written to the run directory, before any report gets them.
    case new
    /// A run that goes on: as ``new``, after the reports were told what the record holds already.
    case resumed
    /// A record that is read: nothing is written to it.
    case readOnly
}

/// Makes the reports that were asked for.
///
/// Files are opened or tried at once, so that a path that can't be written is an error before anything runs.
///
/// - Parameters:
///   - formats: What was asked for, with `--format`.
///   - place: The run directory.
///   - record: Whether the run's own `messages.ndjson` is written.
///   - standardOutput: Where reports without a path go.
///   - style: What the terminal can do; used for standard output alone.
///   - environment: The program's environment, for `GITHUB_STEP_SUMMARY` and `GITLAB_CI`.
/// - Returns: The reports, ready for the next message.
/// - Throws: ``ReportError``.
package func makeReports(
    _ formats: [ReportFormat],
    place: RunPlace,
    record: RecordUse,
    standardOutput: ReportSink = .standardOutput,
    style: TerminalStyle = .ofStandardOutput(),
    environment: [String: String] = ProcessInfo.processInfo.environment
) throws(ReportError) -> ReportGroup {
    for path in formats.compactMap(\.path) where place.isRecord(path) {
        throw .unwritable(path: path, reason: "it is the record itself")
    }
    // Workflow commands may stand between other lines; they come before the line that closes the output.
    let formats = formats.filter { $0.kind == .github } + formats.filter { $0.kind != .github }
    let onStandardOutput = formats.filter { $0.path == nil && $0.kind != .github }
    if onStandardOutput.count > 1 {
        throw .standardOutputTaken(first: onStandardOutput[0].kind.rawValue, second: onStandardOutput[1].kind.rawValue)
    }
    var reports: [(format: String, report: any Report)] = []
    for format in formats {
        let style = format.path == nil ? style : .plain
        let sink: ReportSink
        switch (format.kind, format.path) {
        case (_, nil): sink = standardOutput
        case (.pretty, let path?), (.progress, let path?), (.messages, let path?), (.github, let path?):
            sink = try .file(path)
        case (.junit, let path?), (.html, let path?), (.rerun, let path?), (.tap, let path?),
            (.times, let path?):
            sink = try .wholeFile(path)
        }
        let report: any Report
        switch format.kind {
        case .pretty: report = PrettyReport(to: sink, style: style, place: place)
        case .progress: report = ProgressReport(to: sink, style: style, place: place)
        case .messages: report = MessagesReport(to: sink)
        case .junit:
            let isForGitLab = environment["GITLAB_CI"].map { !$0.isEmpty } ?? false
            report = JUnitReport(to: sink, place: place, isForGitLab: isForGitLab)
        case .rerun: report = RerunReport(to: sink)
        case .tap: report = TAPReport(to: sink)
        case .times:
            let isDocument = (format.path as NSString?)?.pathExtension.lowercased() == "json"
            report = TimesReport(to: sink, as: isDocument ? .json : .text)
        case .html:
            let folder = format.path.map { ($0 as NSString).deletingLastPathComponent } ?? "."
            report = HTMLReport(to: sink, place: place, folder: folder)
        case .github:
            let path = environment["GITHUB_STEP_SUMMARY"].flatMap { $0.isEmpty ? nil : $0 }
            var summary: ReportSink?
            if let path { summary = try .appending(to: path, cutsTornLine: false) }
            report = GitHubReport(to: sink, summary: summary)
        }
        reports.append((format.kind.rawValue, report))
    }
    var group = ReportGroup(reports)
    switch record {
    case .readOnly: return group
    case .resumed: try group.receive(recordAt: place.messages)
    case .new: break
    }
    group.prepend("messages", MessagesReport(to: try .appending(to: place.messages)))
    return group
}

extension RunPlace {
    fileprivate func isRecord(_ path: String) -> Bool {
        func real(_ path: String) -> String {
            URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        }
        return real(path) == real(messages)
    }

    /// The reports that every run leaves in its directory, beside the record.
    package var standingFormats: [ReportFormat] {
        [
            ReportFormat(.html, path: "\(directory)/report.html"), ReportFormat(.junit, path: "\(directory)/junit.xml"),
            ReportFormat(.rerun, path: "\(directory)/rerun.txt"),
        ]
    }
}

/// Makes reports from a run that has ended or was interrupted.
///
/// - Parameters:
///   - directory: The run directory, or its `messages.ndjson`.
///   - formats: The reports.
///   - standardOutput: Where reports without a path go.
///   - style: What the terminal can do; a live line is never shown.
/// - Returns: The run in a few numbers and words.
/// - Throws: ``ReportError``.
@discardableResult
package func regenerate(
    fromRun directory: String,
    formats: [ReportFormat],
    standardOutput: ReportSink = .standardOutput,
    style: TerminalStyle = .ofStandardOutput()
) throws(ReportError) -> RunSummary {
    var style = style
    style.isLive = false
    let path = directory as NSString
    let isRecord = path.lastPathComponent == "messages.ndjson"
    let place = RunPlace(directory: isRecord ? path.deletingLastPathComponent : directory)
    var lines = try MessageLines(path: place.messages)
    var group = try makeReports(formats, place: place, record: .readOnly, standardOutput: standardOutput, style: style)
    try group.receive(&lines)
    return try group.finish()
}
