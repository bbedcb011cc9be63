import GuestDisplay
public import Pictures
import Synchronization

/// A guest's mouse.
public final class Mouse: Sendable {
    /// A direction of the wheel.
    public enum Direction: Sendable {
        case up, down, left, right
    }

    private let display: any DisplaySource
    private let configuration: ScreenConfiguration
    private let clock: any Clock<Duration>
    private let position = Mutex<Point?>(nil)

    init(display: any DisplaySource, configuration: ScreenConfiguration, clock: any Clock<Duration>) {
        self.display = display
        self.configuration = configuration
        self.clock = clock
    }

    /// Moves the pointer to a pixel of the screen.
    public func move(to point: Point) async throws {
        do {
            try await display.movePointer(to: point)
        } catch GuestDisplayError.refused(_, let reason) where reason.contains("not absolute") {
            // Into the corner first: a mouse without coordinates says nothing about where it is.
            try await display.movePointer(byX: -2 * Picture.longestSide, y: -2 * Picture.longestSide)
            try await display.movePointer(byX: point.x, y: point.y)
        }
        position.withLock { $0 = point }
    }

    /// Clicks with the left button.
    public func click(at point: Point) async throws {
        try await arrive(at: point)
        try await click(.single)
    }

    /// Clicks twice with the left button, fast enough to count as one act.
    public func doubleClick(at point: Point) async throws {
        try await arrive(at: point)
        try await click(.double)
    }

    /// Clicks with the right button.
    public func rightClick(at point: Point) async throws {
        try await arrive(at: point)
        try await click(.right)
    }

    /// Presses the left button at one place, moves in steps to the other, and releases it there.
    public func drag(from start: Point, to end: Point) async throws {
        try await arrive(at: start)
        try await holding(.left) {
            for step in 1...8 {
                let point = Point(
                    x: start.x + (end.x - start.x) * step / 8,
                    y: start.y + (end.y - start.y) * step / 8
                )
                try await move(to: point)
                try await clock.sleep(for: configuration.buttonHold / 2)
            }
        }
    }

    /// Turns the wheel over a place.
    public func scroll(_ direction: Direction, clicks: Int = 1, at point: Point? = nil) async throws {
        if let point { try await arrive(at: point) }
        let button: PointerButton =
            switch direction {
            case .up: .wheelUp
            case .down: .wheelDown
            case .left: .wheelLeft
            case .right: .wheelRight
            }
        for _ in 0..<max(0, clicks) {
            try await display.press(button: button)
            try await display.release(button: button)
            try await clock.sleep(for: configuration.keyGap)
        }
    }

    // MARK: - For the screen

    /// About what a pointer drawn by the guest covers, or `nil` when it was never moved.
    var drawnPointer: Rectangle? {
        position.withLock { $0 }.map { Rectangle(x: $0.x - 6, y: $0.y - 6, width: 28, height: 32) }
    }

    /// Moves the pointer just off a rectangle.
    func stepAside(from place: Rectangle, on picture: Picture) async throws {
        let far = 48
        let (x, y) = (place.centre.x, place.centre.y)
        let candidates = [
            Point(x: place.right + far, y: y), Point(x: x, y: place.bottom + far), Point(x: place.x - far, y: y),
            Point(x: x, y: place.y - far),
        ]
        let corner = Point(x: picture.width - 1, y: picture.height - 1)
        try await move(to: candidates.first(where: picture.bounds.contains) ?? corner)
    }

    /// Moves, and gives the guest time to see the pointer there before a button changes.
    func arrive(at point: Point) async throws {
        try await move(to: point)
        try await clock.sleep(for: configuration.buttonHold)
    }

    /// Clicks where the pointer is.
    func click(_ kind: ClickKind) async throws {
        switch kind {
        case .single: try await press(.left)
        case .right: try await press(.right)
        case .double:
            try await press(.left)
            try await clock.sleep(for: configuration.buttonHold)
            try await press(.left)
        }
    }

    // MARK: - Private parts

    private func press(_ button: PointerButton) async throws {
        try await holding(button) { try await clock.sleep(for: configuration.buttonHold) }
    }

    private func holding(_ button: PointerButton, _ body: () async throws -> Void) async throws {
        try await display.press(button: button)
        do { try await body() } catch {
            try await display.release(button: button)
            throw error
        }
        try await display.release(button: button)
    }
}
