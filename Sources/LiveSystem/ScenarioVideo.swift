import Foundation
import ScenarioWorlds
import Synchronization
import SystemPackage
import VideoRecording

/// The video of one scenario: made beside it, and kept when it is wanted.
///
/// What goes wrong with it is told in the log, and is no reason for a scenario to fail.
final class ScenarioVideo: Sendable {
    /// How long the encoder may take to complete a video.
    private static let patience = Duration.seconds(30)
    private static let file = "video.webm"
    private static let whole = "video-captioned.webm"
    private static let track = "captions.vtt"

    /// What makes it.
    let recorder: VideoRecorder

    private let choice: VideoChoice
    private let scenario: ScenarioContext
    private let hasPassed = Mutex(false)
    private let isMade = Mutex(false)

    /// Prepares a video, or `nil` when none is wanted or none can be made.
    init?(_ choice: VideoChoice, of scenario: ScenarioContext, width: Int, height: Int) {
        guard choice != .never, VideoChoice.isPossible else { return nil }
        self.choice = choice
        self.scenario = scenario
        recorder = VideoRecorder(width: width, height: height)
    }

    /// Notes how the steps ended.
    func note(hasPassed: Bool) { self.hasPassed.withLock { $0 = hasPassed } }

    /// Records while `body` runs.
    func record<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        let recording = Task { [recorder, path = path(Self.file)] in try await recorder.record(to: path) }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        recorder.finish()
        let timer = Task {
            try await ContinuousClock().sleep(for: Self.patience)
            recording.cancel()
        }
        defer { timer.cancel() }
        do {
            let made = try await recording.value
            isMade.withLock { $0 = made }
        } catch {
            scenario.log("The video could not be made: \(error)")
        }
        return try result.get()
    }

    /// Keeps the video if it is wanted, and removes it if not.
    ///
    /// - Parameter isPlain: Whether nothing beside the steps is there to be explained.
    func conclude(isPlain: Bool) async {
        let isWanted = choice == .always || !isPlain || !hasPassed.withLock { $0 } || scenario.interruption.error != nil
        guard isWanted, isMade.withLock({ $0 }) else { return remove(Self.file) }
        do {
            try await recorder.addCaptions(to: path(Self.file), writing: path(Self.whole), track: path(Self.track))
            remove(Self.file)
            scenario.keep(file: Self.track, mediaType: "text/vtt; name=\"captions\"")
            scenario.keep(file: Self.whole, mediaType: "video/webm")
        } catch {
            scenario.log("The video has no captions: \(error)")
            for file in [Self.whole, Self.track] { remove(file) }
            scenario.keep(file: Self.file, mediaType: "video/webm")
        }
    }

    private func path(_ name: String) -> FilePath { FilePath(scenario.evidenceFolder).appending(name) }

    private func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path(name).string) }
}
