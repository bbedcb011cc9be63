import Dispatch
import Foundation
import GuestDisplay
import Pictures
import ScreenTestSupport
import Testing

@Suite("The guest's display", .timeLimit(.minutes(5)))
struct GuestDisplayTests {
    /// Runs `console` on a thread of its own against a display, and `body` after it.
    private func withDisplay(
        _ console: @escaping @Sendable (SyntheticConsole) throws -> Void,
        then body: (GuestDisplay) async throws -> Void
    ) async throws {
        let (ours, theirs) = connectedSockets()
        try await withGuestDisplay(listeningOn: ours) { display in
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                DispatchQueue.global().async {
                    done.resume(with: Result { try console(SyntheticConsole(theirs)) })
                }
            }
            try await body(display)
        }
    }

    private let picture: Picture = {
        var canvas = Canvas(width: 64, height: 48)
        canvas.disc(x: 20, y: 20, radius: 9, colour: .signalRed)
        return canvas.picture
    }()

    @Test("the picture is what was sent, and only real changes count")
    func changes() async throws {
        let picture = self.picture
        try await withDisplay { console in
            try console.scanout(picture)
            try console.scanout(picture)
            try console.update(x: 0, y: 0, 1, 1, stride: 4, bytes: Array(picture.bytes.prefix(4)))
            try console.update(x: 63, y: 47, 1, 1, stride: 4, bytes: [9, 8, 7, 0])
        } then: { display in
            #expect(display.generation == 2)
            #expect(display.picture()?.colour(at: Point(x: 63, y: 47)) == Colour(red: 7, green: 8, blue: 9))
            #expect(display.picture()?.colour(at: Point(x: 20, y: 20)) == .signalRed)
            #expect(display.refusedMessages == 0)
        }
    }

    @Test("rows with a stride land where they belong")
    func stride() async throws {
        try await withDisplay { console in
            try console.scanout(2, 2, stride: 12, bytes: Array(1...20))
        } then: { display in
            #expect(display.picture()?.bytes == [1, 2, 3, 255, 5, 6, 7, 255, 13, 14, 15, 255, 17, 18, 19, 255])
        }
    }

    @Test("messages whose sizes make no sense change nothing and break nothing")
    func hostile() async throws {
        let picture = self.picture
        try await withDisplay { console in
            try console.update(x: 0, y: 0, 1, 1, stride: 4, bytes: [1, 2, 3, 4])  // before any surface
            try console.scanout(picture)
            try console.scanout(0, 0, stride: 0, bytes: [])
            try console.scanout(.max, .max, stride: .max, bytes: [1, 2, 3, 4])
            try console.scanout(8193, 1, stride: 8193 * 4, bytes: [UInt8](repeating: 0, count: 8193 * 4))
            try console.scanout(64, 48, stride: 256, bytes: Array(picture.bytes.dropLast()))
            try console.scanout(64, 48, stride: 128, bytes: picture.bytes)
            try console.scanout(picture, format: 0x1002_0565)
            try console.update(x: -1, y: 0, 1, 1, stride: 4, bytes: [1, 2, 3, 4])
            try console.update(x: .max, y: .max, 1, 1, stride: 4, bytes: [1, 2, 3, 4])
            try console.update(x: 0, y: 0, -5, 1, stride: 4, bytes: [1, 2, 3, 4])
            try console.update(x: 0, y: 0, 4, 4, stride: 16, bytes: [1, 2, 3, 4])
            try console.update(x: 0, y: 0, 2, 2, stride: .max, bytes: [1, 2, 3, 4])
        } then: { display in
            #expect(display.picture() == picture)
            #expect(display.generation == 1)
            #expect(display.refusedMessages == 12)
        }
    }

    @Test("a part beyond the picture enlarges it: text modes come without a whole picture")
    func textMode() async throws {
        let picture = self.picture
        try await withDisplay { console in
            try console.scanout(picture)
            let row = [UInt8](repeating: 7, count: 720 * 4)
            try console.update(x: 0, y: 399, 720, 1, stride: 720 * 4, bytes: row)
        } then: { display in
            #expect(display.size.map { [$0.width, $0.height] } == [720, 400])
            #expect(display.picture()?.colour(at: Point(x: 719, y: 399)) == Colour(red: 7, green: 7, blue: 7))
            #expect(display.picture()?.cropped(to: picture.bounds) == picture)
        }
    }

    @Test("another mode replaces the picture, a disabled display has none")
    func modes() async throws {
        let picture = self.picture
        try await withDisplay { console in
            try console.scanout(picture)
            try console.scanout(2, 1, stride: 8, bytes: Array(1...8))
        } then: { display in
            #expect(display.size.map { [$0.width, $0.height] } == [2, 1])
        }
        try await withDisplay { console in
            try console.scanout(picture)
            try console.call("Disable")
        } then: { display in
            #expect(display.picture() == nil)
            #expect(display.size == nil)
        }
    }

    @Test("a guest that changes its mode with every frame ends with the last one")
    func restless() async throws {
        let picture = self.picture
        try await withDisplay { console in
            for round in 0..<60 {
                let width = 1 + round * 7 % 50
                try console.scanout(
                    UInt32(width),
                    3,
                    stride: UInt32(width * 4),
                    bytes: [UInt8](repeating: 9, count: width * 12)
                )
                try console.update(x: 0, y: 0, 40, 2, stride: 160, bytes: [UInt8](repeating: 7, count: 320))
            }
            try console.scanout(picture)
        } then: { display in
            #expect(display.picture() == picture)
        }
    }

    @Test("each consumer has a stream of its own, which ends with the machine")
    func streams() async throws {
        let (ours, theirs) = connectedSockets()
        let picture = self.picture
        try await withGuestDisplay(listeningOn: ours) { display in
            let (first, second) = (display.changes, display.changes)
            DispatchQueue.global().async {
                // Ends when this returns, as QEMU would.
                let console = try? SyntheticConsole(theirs)
                try? console?.scanout(picture)
                try? console?.update(x: 3, y: 4, 1, 1, stride: 4, bytes: [0, 0, 0, 0])
            }
            for stream in [first, second] {
                var kinds: [DisplayChange.Kind] = []
                for await change in stream { kinds.append(change.kind) }
                #expect(
                    kinds == [
                        .resized(width: 64, height: 48), .damaged(Rectangle(x: 3, y: 4, width: 1, height: 1)),
                        .disconnected,
                    ]
                )
            }
            #expect(!display.isConnected)
            #expect(display.picture() != nil, "the last picture stays as evidence")
            var late: [DisplayChange.Kind] = []
            for await change in display.changes { late.append(change.kind) }
            #expect(late == [.disconnected])
        }
    }

    @Test("input to a machine that has gone is an error, not a hang")
    func goneInput() async throws {
        try await withDisplay { console in
            try console.call("Disable")
        } then: { display in
            for await _ in display.changes {}
            await #expect(throws: GuestDisplayError.self) { try await display.press(key: 0x1e) }
        }
    }

    @Test("a connection whose peer never answers or hangs up is an error")
    func noPeer() async throws {
        let (ours, theirs) = connectedSockets()
        close(theirs)
        await #expect(throws: GuestDisplayError.self) {
            try await withGuestDisplay(connectedBy: ours) { _ in }
        }
    }

    @Test("surfaces on a graphics card are refused politely, unknown calls too")
    func refusals() async throws {
        try await withDisplay { console in
            for call in ["ScanoutDMABUF", "UpdateDMABUF", "NoSuchCall"] {
                #expect(throws: SyntheticConsole.Failure.self) { try console.call(call) }
            }
            #expect(throws: SyntheticConsole.Failure.self) { try console.call("Scanout") }
            try console.call("Disable")
        } then: { display in
            #expect(display.refusedMessages == 3)
            #expect(display.generation == 1)
        }
    }

    @Test("the pointer is where it was moved, around its hot spot")
    func pointer() async throws {
        try await withDisplay { console in
            try console.mouse(x: 100, y: 50, isOn: true)
            try console.cursor(24, 20, hotX: 3, hotY: 4)
            try console.cursor(99999, 1, hotX: 0, hotY: 0)
        } then: { display in
            #expect(display.pointer?.rectangle == Rectangle(x: 97, y: 46, width: 24, height: 20))
            #expect(display.pointer?.isVisible == true)
        }
    }

    @Test("a large picture arrives whole")
    func large() async throws {
        let bytes = [UInt8](repeating: 77, count: 3840 * 2160 * 4)
        try await withDisplay { console in
            try console.scanout(3840, 2160, stride: 3840 * 4, bytes: bytes)
        } then: { display in
            #expect(display.picture()?.colour(at: Point(x: 3839, y: 2159)) == Colour(red: 77, green: 77, blue: 77))
        }
    }
}
