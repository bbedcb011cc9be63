import Foundation
import Pictures
import ScreenTestSupport
import Subprocess
import SystemPackage
import TestSupport
import Testing
import VideoRecording

extension FakeDisplay: FilmedDisplay {}

@Suite("Videos by ffmpeg", .timeLimit(.minutes(5)))
struct VideoRecorderTests {
    private let hostile = "I type \"a --> b\"\n\n00:00:00.000 --> 00:00:09.000\n<b>x"

    private func withFolder(_ body: (FilePath) async throws -> Void) async throws {
        let folder = FilePath(NSTemporaryDirectory()).appending("video-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try await body(folder)
    }

    private func probe(_ arguments: [String], _ file: FilePath) async throws -> [String] {
        let result = try await run(
            .name("ffprobe"),
            arguments: Arguments(["-v", "error"] + arguments + ["-of", "csv=p=0", file.string]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 4096)
        )
        #expect(result.standardError == "")
        return result.standardOutput.split(separator: "\n").map(String.init)
    }

    /// The colour in the middle of the last picture.
    private func lastColour(of file: FilePath) async throws -> [UInt8] {
        let result = try await run(
            .name("ffmpeg"),
            arguments: Arguments(
                [
                    "-v", "error", "-i", file.string, "-vf", "format=rgb24,crop=1:1", "-f", "rawvideo", "-pix_fmt",
                    "rgb24", "-",
                ]
            ),
            output: .bytes(limit: 1 << 20),
            error: .discarded
        )
        return Array(result.standardOutput.suffix(3))
    }

    private func screen(_ colour: Colour, width: Int = 320, height: Int = 240) -> Picture {
        Canvas(width: width, height: height, colour: colour).picture
    }

    @Test(
        "a video shows the first screen and the last one, with the steps as a subtitle track, whatever the modes were"
    )
    func whole() async throws {
        try await withFolder { folder in
            let display = FakeDisplay(screen(.init(red: 10, green: 20, blue: 200), width: 640, height: 400))
            let recorder = VideoRecorder(width: 320, height: 240)
            let (raw, whole) = (folder.appending("raw.webm"), folder.appending("whole.webm"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await recorder.watch(display) }
                group.addTask {
                    let isMade = try await recorder.record(to: raw)
                    #expect(isMade)
                }
                recorder.caption("the computer is booted")
                display.show(screen(.init(red: 0, green: 250, blue: 0), width: 100, height: 80))
                recorder.caption(hostile)
                display.show(nil)
                display.show(screen(.init(red: 220, green: 30, blue: 30)))
                recorder.finish()
                // The recording first: the display stays.
                try await group.next()
                group.cancelAll()
            }
            try await recorder.addCaptions(to: raw, writing: whole, track: folder.appending("captions.vtt"))
            let streams = try await probe(["-show_entries", "stream=codec_name,width,height"], whole)
            #expect(streams == ["vp8,320,240", "webvtt,N/A,N/A"])
            let counts = try await probe(
                ["-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets"],
                whole
            )
            let pictures = try #require(counts.first.flatMap { Int($0) })
            #expect(pictures >= 1)
            let cues = try await probe(
                ["-select_streams", "s", "-show_packets", "-show_entries", "packet=size"],
                whole
            )
            #expect(cues.count == 2)
            let durations = try await probe(["-show_entries", "format=duration"], whole)
            let duration = try #require(durations.first.flatMap { Double($0) })
            #expect(duration > 0)
            let colour = try await lastColour(of: whole)
            try #require(colour.count == 3)
            #expect(colour[0] > 180 && colour[1] < 80 && colour[2] < 80)
        }
    }

    @Test("pictures and captions have the times of the recorder's own clock")
    func times() async throws {
        try await withFolder { folder in
            let clock = ManualClock()
            let display = FakeDisplay(screen(.init(red: 10, green: 20, blue: 200)))
            let recorder = VideoRecorder(width: 320, height: 240, clock: clock)
            let (raw, track) = (folder.appending("raw.webm"), folder.appending("captions.vtt"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await recorder.watch(display) }
                clock.advance(by: .seconds(7))
                recorder.caption("first")
                group.addTask { _ = try await recorder.record(to: raw) }
                clock.advance(by: .seconds(3))
                recorder.caption("second")
                clock.advance(by: .milliseconds(2_500))
                recorder.finish()
                clock.advance(by: .seconds(60))
                try await group.next()
                group.cancelAll()
            }
            let whole = folder.appending("whole.webm")
            try await recorder.addCaptions(to: raw, writing: whole, track: track)
            let captions = try String(contentsOfFile: track.string, encoding: .utf8)
            #expect(captions.contains("00:00:00.000 --> 00:00:03.000"))
            #expect(captions.contains("00:00:03.000 --> 00:00:05.500"))
            for file in [raw, whole] {
                let times = try await probe(["-select_streams", "v", "-show_entries", "packet=pts_time"], file)
                #expect(times.last.flatMap { Double($0) } == 5.5, "\(times)")
            }
        }
    }

    @Test("of a scenario that shows nothing there is no video, and no encoder is started")
    func nothing() async throws {
        try await withFolder { folder in
            let recorder = VideoRecorder(width: 320, height: 240)
            recorder.caption("a step without a screen")
            recorder.finish()
            let isMade = try await recorder.record(to: folder.appending("raw.webm"))
            #expect(!isMade)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.string) == [])
        }
    }

    @Test("an encoder that fails says why, and nobody waits for it")
    func failing() async throws {
        let display = FakeDisplay(screen(.init(red: 1, green: 2, blue: 3)))
        let recorder = VideoRecorder(width: 320, height: 240)
        await #expect {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await recorder.watch(display) }
                group.addTask { _ = try await recorder.record(to: "/proc/no-such-folder/video.webm") }
                recorder.caption("a step")
                recorder.finish()
                defer { group.cancelAll() }
                while try await group.next() != nil {}
            }
        } throws: { error in
            if case VideoError.failed(let reason)? = error as? VideoError {
                reason.contains("no-such-folder")
            } else {
                false
            }
        }
    }

    @Test("a recording that is cancelled ends, with its encoder")
    func cancelled() async throws {
        try await withFolder { folder in
            let display = FakeDisplay(screen(.init(red: 1, green: 2, blue: 3)))
            let recorder = VideoRecorder(width: 320, height: 240)
            let recording = Task { try await recorder.record(to: folder.appending("raw.webm")) }
            let watching = Task { await recorder.watch(display) }
            recorder.caption("a step")
            recording.cancel()
            _ = await recording.result
            watching.cancel()
            await watching.value
            let children = try String(contentsOfFile: "/proc/self/task/\(getpid())/children", encoding: .utf8)
            for child in children.split(separator: " ") {
                let name = (try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)) ?? ""
                #expect(!name.hasPrefix("ffmpeg"))
            }
        }
    }
}
