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

    private let clock: any Clock<Duration>
    private let choice: VideoChoice
    private let scenario: ScenarioContext
    private let hasPassed = Mutex(false)
    private let isMade = Mutex(false)

    /// Prepares a video, or `nil` when none is wanted or none can be made.
    init?(
        _ choice: VideoChoice,
        of scenario: ScenarioContext,
        width: Int,
        height: Int,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        guard choice != .never, VideoChoice.isPossible else { return nil }
        self.clock = clock
        self.choice = choice
        self.scenario = scenario
        recorder = VideoRecorder(width: width, height: height, clock: clock)
    }

    /// Notes how the steps ended.
    func note(hasPassed: Bool) { self.hasPassed.withLock { $0 = hasPassed } }

    /// Records while `body` runs, and returns when the video is complete or the encoder's time is over.
    func record<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { [recorder, file = path(Self.file)] in
                do { return .recorded(.success(try await recorder.record(to: file))) } catch {
                    return .recorded(.failure(error))
                }
            }
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            recorder.finish()
            group.addTask { [clock] in
                try? await clock.sleep(for: Self.patience)
                return .tooLate
            }
            switch try await group.next() {
            case .recorded(.success(let made)): isMade.withLock { $0 = made }
            case .recorded(.failure(let error)): scenario.log("The video could not be made: \(error)")
            case .tooLate, nil:
                scenario.log("The video could not be made: its encoder had to be done within \(Self.patience).")
            }
            group.cancelAll()
            return try result.get()
        }
    }

    private enum Ending: Sendable {
        case recorded(Result<Bool, any Error>)
        case tooLate
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
