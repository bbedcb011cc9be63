package import CucumberMessages
import Foundation
import Mustache
import Verdicts

/// One HTML file that needs nothing else: no network, no scripts, no files beside it but videos, which are played from there.
///
/// Pictures are embedded; captures and videos are linked by paths relative to the report.
package struct HTMLReport: Report {
    /// How much a report embeds.
    package struct Limits: Sendable {
        /// The bytes of all pictures together, in Base64.
        package var pictures = 24 << 20
        /// The bytes of the end of one text file of an attempt that did not pass.
        package var oneText = 32 << 10
        /// The bytes of all such ends together.
        package var allTexts = 4 << 20

        /// The limits for a file that is still pleasant to open.
        package init() {}
    }

    private let sink: ReportSink
    private let place: RunPlace
    private let folder: String?
    private let limits: Limits
    private var pictures: PictureStore

    /// Creates the report.
    ///
    /// - Parameters:
    ///   - sink: Where the file goes, in one piece.
    ///   - place: The run directory, for pictures and links.
    ///   - folder: The folder of the report, for relative links; the run directory when absent.
    ///   - limits: How much is embedded.
    package init(to sink: ReportSink, place: RunPlace, folder: String? = nil, limits: Limits = Limits()) {
        self.sink = sink
        self.place = place
        self.folder = folder
        self.limits = limits
        pictures = PictureStore(limit: limits.pictures)
    }

    package mutating func receive(_ envelope: Envelope, run: RunRecord) throws {
        switch envelope {
        case .attachment(let attachment) where attachment.mediaType == "image/png":
            guard attachment.contentEncoding == .base64, let attemptID = attachment.testCaseStartedId else { return }
            pictures.add(base64: attachment.body, ordinal: run.upcomingOrdinal - 1, attemptID: attemptID)
        case .testCaseFinished(let finished):
            guard run.attempt(finished.testCaseStartedId)?.verdict?.outcome == .passed else { return }
            pictures.giveUp(attemptID: finished.testCaseStartedId)
        default: break
        }
    }

    package mutating func finish(run: RunRecord) throws {
        let attempts = run.scenarios.flatMap(\.attempts)
        let failedFirst =
            attempts.filter { $0.verdict?.outcome != .passed } + attempts.filter { $0.verdict?.outcome == .passed }
        for attempt in failedFirst {
            for attachment in attempt.allAttachments where attachment.isPicture {
                guard let path = place.path(of: attachment) else { continue }
                pictures.add(fileAt: path, ordinal: attachment.ordinal, attemptID: attempt.id)
            }
        }
        let page = HTMLPage(
            run: run,
            pictures: pictures,
            texts: textEnds(of: failedFirst),
            directory: place.directory,
            prefix: place.relativePath(from: folder ?? place.directory)
        )
        try sink.write(try HTMLTemplate.render(page.view))
    }

    /// The ends of text files of attempts that did not pass, such as the serial console.
    private func textEnds(of attempts: [AttemptResult]) -> [Int: String] {
        var left = limits.allTexts
        var texts: [Int: String] = [:]
        for attempt in attempts where attempt.verdict?.outcome != .passed {
            for attachment in attempt.allAttachments where attachment.mediaType.hasPrefix("text/") {
                guard left > 0, let path = place.path(of: attachment), let file = FileHandle(forReadingAtPath: path),
                    let size = try? file.seekToEnd()
                else { continue }
                let length = min(UInt64(min(limits.oneText, left)), size)
                try? file.seek(toOffset: size - length)
                guard let data = try? file.read(upToCount: Int(length)) else { continue }
                left -= data.count
                texts[attachment.ordinal] = (length < size ? "[…] " : "") + String(decoding: data, as: UTF8.self)
            }
        }
        return texts
    }
}
