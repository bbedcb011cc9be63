/// What a screen showed at one moment.
public struct Picture: Hashable, Sendable {
    /// The most pixels that a side may have.
    ///
    /// A guest chooses its sizes, so they are bounded.
    public static let longestSide = 8192

    /// Pixels from left to right; at least 1.
    public let width: Int
    /// Pixels from top to bottom; at least 1.
    public let height: Int
    /// Rows from top to bottom without gaps; blue, green, red and 255 for each pixel.
    public let bytes: [UInt8]

    /// Creates a picture, or `nil` when a side is 0 or too long or the bytes are not 4 for each pixel.
    public init?(width: Int, height: Int, bytes: [UInt8]) {
        guard
            1...Self.longestSide ~= width, 1...Self.longestSide ~= height,
            bytes.count == width * height * 4
        else { return nil }
        self.width = width
        self.height = height
        self.bytes = bytes
    }
}

extension Picture {
    /// Everything the picture shows.
    public var bounds: Rectangle { Rectangle(x: 0, y: 0, width: width, height: height) }

    /// Returns a part of the picture, or `nil` when none of the part is in it.
    public func cropped(to part: Rectangle) -> Picture? {
        let part = part.intersection(bounds)
        guard !part.isEmpty else { return nil }
        var cut: [UInt8] = []
        cut.reserveCapacity(part.width * part.height * 4)
        for row in part.y..<part.bottom {
            let start = (row * width + part.x) * 4
            cut.append(contentsOf: bytes[start..<start + part.width * 4])
        }
        return Picture(width: part.width, height: part.height, bytes: cut)
    }

    /// Returns the colour at a point, or `nil` outside of the picture.
    public func colour(at point: Point) -> Colour? {
        guard bounds.contains(point) else { return nil }
        let start = (point.y * width + point.x) * 4
        return Colour(red: bytes[start + 2], green: bytes[start + 1], blue: bytes[start])
    }
}

/// The colour of one pixel.
public struct Colour: Hashable, Sendable {
    /// The parts, 0 to 255.
    public let red, green, blue: UInt8

    /// Creates a colour from its parts.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }
}
