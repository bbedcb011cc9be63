import CTestDrawing
package import Pictures

/// A picture in the making.
package struct Canvas {
    package let width, height: Int
    private var bytes: [UInt8]

    /// Creates a canvas that shows a picture.
    package init(_ picture: Picture) {
        (width, height, bytes) = (picture.width, picture.height, picture.bytes)
    }

    /// Creates a canvas of one colour.
    package init(width: Int, height: Int, colour: Colour = .paper) {
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 255, count: width * height * 4)
        box(Rectangle(x: 0, y: 0, width: width, height: height), colour: colour)
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

    /// Writes a line in a font and returns where the next glyph would begin.
    @discardableResult
    package mutating func write(
        _ text: String,
        in font: Typeface,
        x: Double,
        y: Double,
        rendering: Typeface.Rendering = .hinted,
        colour: Colour = .ink
    ) -> Double {
        font.write(text, on: &bytes, width: width, height: height, x: x, y: y, rendering, colour.drawn)
    }

    /// Fills what lies within a rectangle with colours that run from top to bottom.
    package mutating func gradient(_ area: Rectangle, from first: Colour, to last: Colour) {
        for row in 0..<area.height {
            let share = Double(row) / Double(max(1, area.height - 1))
            box(
                Rectangle(x: area.x, y: area.y + row, width: area.width, height: 1),
                colour: first.mixed(with: last, share)
            )
        }
    }

    /// Copies another picture onto this canvas.
    package mutating func paste(_ picture: Picture, x: Int, y: Int) {
        let target = Rectangle(x: x, y: y, width: picture.width, height: picture.height)
        let seen = target.intersection(Rectangle(x: 0, y: 0, width: width, height: height))
        for row in 0..<seen.height {
            let from = ((seen.y - y + row) * picture.width + seen.x - x) * 4
            let to = ((seen.y + row) * width + seen.x) * 4
            bytes.replaceSubrange(to..<to + seen.width * 4, with: picture.bytes[from..<from + seen.width * 4])
        }
    }

    /// Moves everything by a part of a pixel and changes brightness and contrast, as another renderer might.
    package func renderedAgain(
        dx: Double = 0,
        dy: Double = 0,
        gain: Double = 1,
        offset: Double = 0,
        isCubic: Bool = false
    ) -> Canvas {
        var other = self
        let (width, height) = (Int32(width), Int32(height))
        ctestdrawing_render_again(bytes, &other.bytes, width, height, dx, dy, gain, offset, isCubic ? 1 : 0)
        return other
    }

    /// Everything as it is after JPEG of a quality from 1 to 100.
    package func recoded(quality: Int) -> Canvas {
        var other = self
        ctestdrawing_recode(bytes, &other.bytes, Int32(width), Int32(height), Int32(quality))
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

    /// Creates a colour from its hue in degrees, and from 0 to 1 how full and how bright it is.
    package init(hue: Double, saturation: Double, value: Double) {
        func part(_ offset: Double) -> UInt8 {
            let sector = (offset + hue / 60).truncatingRemainder(dividingBy: 6)
            return UInt8(clamping: Int(255 * value * (1 - saturation * max(0, min(sector, 4 - sector, 1)))))
        }
        self.init(red: part(5), green: part(3), blue: part(1))
    }

    /// The colour on the way to another one.
    package func mixed(with other: Colour, _ share: Double) -> Colour {
        func mix(_ first: UInt8, _ last: UInt8) -> UInt8 {
            UInt8(clamping: Int((Double(first) * (1 - share) + Double(last) * share).rounded()))
        }
        return Colour(
            red: mix(red, other.red),
            green: mix(green, other.green),
            blue: mix(blue, other.blue)
        )
    }

    var drawn: ctestdrawing_colour { ctestdrawing_colour(blue: blue, green: green, red: red) }
}
