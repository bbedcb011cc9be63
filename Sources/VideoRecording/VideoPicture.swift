import Subprocess
package import SystemPackage

/// A picture of a video that was recorded before.
package enum VideoPicture {
    private static let prober: FilePath = "/usr/bin/ffprobe"
    private static let longestPicture = 64 << 20

    /// Finds what stood on the screen at a time of a video.
    ///
    /// - Parameters:
    ///   - seconds: Since the beginning of the video; a picture stands until the next one.
    ///   - file: The video.
    /// - Returns: A PNG file.
    /// - Throws: A ``VideoError``.
    package static func png(at seconds: Double, of file: FilePath) async throws -> [UInt8] {
        guard VideoChoice.isPossible else { throw VideoError.notInstalled }
        let times = try await run(
            .path(prober),
            arguments: Arguments(
                ["-v", "error", "-protocol_whitelist", "file", "-f", "matroska", "-select_streams", "v:0"]
                    + ["-show_entries", "packet=pts_time", "-of", "csv=p=0", file.string]
            ),
            output: .string(limit: 4 << 20),
            error: .string(limit: 16 << 10)
        )
        guard times.terminationStatus.isSuccess else { throw VideoError.failed("\(times.standardError.suffix(1000))") }
        let known = times.standardOutput.split(whereSeparator: { $0.isNewline || $0 == "," }).compactMap { Double($0) }
        guard let time = known.filter({ $0 <= seconds }).max(), let last = known.max(), seconds <= last + 1 else {
            throw VideoError.noPicture(at: seconds, from: known.min(), until: known.max())
        }
        let picture = try await run(
            .path(VideoEncoder.program),
            arguments: Arguments(
                ["-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe", "-f", "matroska"]
                    + ["-copyts", "-seek_timestamp", "1", "-ss", "\(time - 0.0005)", "-i", file.string]
                    + ["-map", "0:v:0", "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "pipe:1"]
            ),
            output: .bytes(limit: longestPicture),
            error: .string(limit: 16 << 10)
        )
        guard picture.terminationStatus.isSuccess, !picture.standardOutput.isEmpty else {
            throw VideoError.failed("\(picture.terminationStatus): \(picture.standardError.suffix(1000))")
        }
        return picture.standardOutput
    }
}
