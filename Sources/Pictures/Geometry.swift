/// A place on a screen, in pixels from its top left corner.
public struct Point: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Pixels from the left edge.
    public var x: Int
    /// Pixels from the top edge.
    public var y: Int

    /// Creates a point.
    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }

    public var description: String { "(\(x), \(y))" }
}

/// A part of a screen, in pixels from its top left corner.
public struct Rectangle: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Pixels from the left edge.
    public var x: Int
    /// Pixels from the top edge.
    public var y: Int
    /// Pixels from left to right; never negative.
    public var width: Int
    /// Pixels from top to bottom; never negative.
    public var height: Int

    /// Creates a rectangle; a negative width or height counts as none.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    public var description: String { "\(width)x\(height) at (\(x), \(y))" }
}

extension Rectangle {
    /// Whether it covers no pixel at all.
    public var isEmpty: Bool { width == 0 || height == 0 }
    /// The pixel in the middle, rounded towards the top left.
    public var centre: Point { Point(x: x + width / 2, y: y + height / 2) }
    /// The first column to the right of it.
    public var right: Int { x + width }
    /// The first row below it.
    public var bottom: Int { y + height }

    /// Returns what two rectangles share, which is empty when they don't meet.
    public func intersection(_ other: Rectangle) -> Rectangle {
        let (left, top) = (max(x, other.x), max(y, other.y))
        return Rectangle(
            x: left,
            y: top,
            width: min(right, other.right) - left,
            height: min(bottom, other.bottom) - top
        )
    }

    /// Returns the smallest rectangle that covers both; an empty one adds nothing.
    public func union(_ other: Rectangle) -> Rectangle {
        guard !isEmpty else { return other }
        guard !other.isEmpty else { return self }
        let (left, top) = (min(x, other.x), min(y, other.y))
        return Rectangle(
            x: left,
            y: top,
            width: max(right, other.right) - left,
            height: max(bottom, other.bottom) - top
        )
    }

    /// Returns the rectangle with a rim of so many pixels added on every side.
    public func expanded(by pixels: Int) -> Rectangle {
        Rectangle(x: x - pixels, y: y - pixels, width: width + 2 * pixels, height: height + 2 * pixels)
    }

    /// Returns the rectangle at another place.
    public func moved(byX dx: Int, y dy: Int) -> Rectangle {
        Rectangle(x: x + dx, y: y + dy, width: width, height: height)
    }

    /// Whether a rectangle lies wholly in this one.
    public func contains(_ other: Rectangle) -> Bool {
        other.x >= x && other.y >= y && other.right <= right && other.bottom <= bottom
    }

    /// Whether a point lies in this one.
    public func contains(_ point: Point) -> Bool {
        point.x >= x && point.y >= y && point.x < right && point.y < bottom
    }
}
