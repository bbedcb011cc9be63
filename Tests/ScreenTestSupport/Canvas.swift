import CTestDrawing
package import Pictures

/// A picture in the making.
package struct Canvas {
    package let width, height: Int
    private var bytes: [UInt8]

    /// Creates a canvas of one colour.
    package init(width: Int, height: Int, colour: Colour = .paper) {
        self.width = width
        self.height = height
        bytes = []
        bytes.reserveCapacity(width * height * 4)
        for _ in 0..<width * height { bytes += [colour.blue, colour.green, colour.red, 255] }
    }

    /// What was drawn.
    package var picture: Picture {
        guard let picture = Picture(width: width, height: height, bytes: bytes) else {
            preconditionFailure("A canvas has as many bytes as its size asks for.")
        }
        return picture
    }

    /// Writes a line whose base begins at a point; scale 0.7 is about 15 pixels high.
    package mutating func write(_ text: String, x: Int, y: Int, scale: Double = 0.7, colour: Colour = .ink) {
        ctestdrawing_text(&bytes, Int32(width), Int32(height), text, Int32(x), Int32(y), scale, colour.drawn)
    }

    /// Fills a disc.
    package mutating func disc(x: Int, y: Int, radius: Int, colour: Colour) {
        ctestdrawing_disc(&bytes, Int32(width), Int32(height), Int32(x), Int32(y), Int32(radius), colour.drawn)
    }

    /// Fills a rectangle.
    package mutating func box(_ box: Rectangle, colour: Colour) {
        ctestdrawing_box(
            &bytes,
            Int32(width),
            Int32(height),
            Int32(box.x),
            Int32(box.y),
            Int32(box.width),
            Int32(box.height),
            colour.drawn
        )
    }

    /// Moves everything by a part of a pixel and changes brightness and contrast, as another renderer might.
    package func renderedAgain(dx: Double = 0, dy: Double = 0, gain: Double = 1, offset: Double = 0) -> Canvas {
        var other = self
        ctestdrawing_render_again(bytes, &other.bytes, Int32(width), Int32(height), dx, dy, gain, offset)
        return other
    }
}

extension Colour {
    package static let paper = Colour(red: 240, green: 240, blue: 240)
    package static let ink = Colour(red: 30, green: 30, blue: 30)
    package static let black = Colour(red: 0, green: 0, blue: 0)
    package static let white = Colour(red: 255, green: 255, blue: 255)
    /// A green and a red of the same grey: whoever compares luma alone takes one for the other.
    package static let leafGreen = Colour(red: 0, green: 160, blue: 0)
    package static let signalRed = Colour(red: 255, green: 23, blue: 37)

    fileprivate var drawn: ctestdrawing_colour { ctestdrawing_colour(blue: blue, green: green, red: red) }
}
