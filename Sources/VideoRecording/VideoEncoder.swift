package import Diagnostics
import Foundation
import Subprocess
import SystemPackage

/// ffmpeg, which makes the video: in a process of its own, with the lowest priority, on one thread.
enum VideoEncoder {
    /// Where Debian installs it.
    static let program: FilePath = "/usr/bin/ffmpeg"

    /// What a video may have on disk, in bytes; what comes later is left out.
    private static let largestFile = 512 << 20

    /// Encodes the pictures that come by a socket until there are no more.
    ///
    /// VP8 at a constant quality: of VP9, a busy screen costs twice the time, and a still one twenty times the space.
    ///
    /// - Throws: ``VideoError/failed(_:)``.
    static func encode(_ pictures: FileDescriptor, to file: FilePath) async throws {
        // What ffmpeg would look ahead for, to guess at what it reads, the stream says.
        try await ffmpeg(
            ["-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0", "-f", "matroska", "-i", "pipe:0"]
                + ["-an", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-enc_time_base", "1/1000"]
                + ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "12", "-lag-in-frames", "0"]
                + ["-threads", "1", "-crf", "20", "-b:v", "2M", "-fs", "\(largestFile)", "-f", "webm", file.string],
            input: pictures
        )
    }

    /// Puts captions into a video as a subtitle track; pictures are copied as they are.
    ///
    /// - Throws: ``VideoError/failed(_:)``.
    static func add(_ captions: FilePath, to video: FilePath, writing file: FilePath) async throws {
        try await ffmpeg(
            ["-i", video.string, "-i", captions.string, "-map", "0:v", "-map", "1:s", "-c:v", "copy", "-c:s", "webvtt"]
                + ["-metadata:s:s:0", "title=Steps", "-disposition:s:0", "default", "-f", "webm", file.string],
            input: nil
        )
    }

    private static func ffmpeg(_ arguments: [String], input: FileDescriptor?) async throws {
        // Times as they are: ffmpeg would let each input begin at zero, and a screen that appears late run ahead of its captions.
        let all = ["-n", "19", program.string, "-hide_banner", "-loglevel", "error", "-copyts", "-y"] + arguments
        let configuration = Configuration(executable: .path("/usr/bin/nice"), arguments: Arguments(all))
        let (status, errors): (TerminationStatus, String)
        do {
            if let input {
                let result = try await run(
                    configuration,
                    input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                    output: .discarded,
                    error: .string(limit: 16 << 10)
                )
                (status, errors) = (result.terminationStatus, result.standardError)
            } else {
                let result = try await run(
                    configuration,
                    input: .none,
                    output: .discarded,
                    error: .string(limit: 16 << 10)
                )
                (status, errors) = (result.terminationStatus, result.standardError)
            }
        } catch let error as SubprocessError {
            throw VideoError.failed("\(error)")
        }
        guard status.isSuccess else { throw VideoError.failed("\(status): \(errors.suffix(1000))") }
    }
}

/// A reason why there is no video.
package enum VideoError: ExplainedError, Equatable {
    /// There is no encoder.
    case notInstalled
    /// The encoder could not be started.
    case notStarted(reason: String)
    /// The encoder ended with an error.
    case failed(String)
    /// A video has no picture at a time, in seconds.
    case noPicture(at: Double, from: Double?, until: Double?)

    package var blame: Blame { if case .noPicture = self { .testAuthor } else { .host } }

    package var summary: String {
        switch self {
        case .notInstalled: "A video was asked for, and ffmpeg, which makes it, is not installed."
        case .notStarted(let reason): "The encoder of the video could not be started: \(reason)"
        case .failed(let reason): "The encoder of the video had to end with success: \(reason)"
        case .noPicture(let time, let from?, let until?):
            "A time of the video was expected, from \(from) to \(until) seconds, \(time) was given."
        case .noPicture(let time, _, _): "A picture at \(time) seconds was expected, and the video has none at all."
        }
    }

    package var hint: String? {
        switch self {
        case .notInstalled: "Run: apt-get install --no-install-recommends ffmpeg"
        case .notStarted, .failed, .noPicture: nil
        }
    }
}

/// When a video of a scenario is kept.
package enum VideoChoice: String, Sendable, Codable, CaseIterable {
    /// None is made.
    case never
    /// One is made, and kept when the scenario does not pass.
    case failure
    /// One is kept of each scenario.
    case always

    /// Whether videos can be made on this host.
    package static var isPossible: Bool { access(VideoEncoder.program.string, X_OK) == 0 }
}
