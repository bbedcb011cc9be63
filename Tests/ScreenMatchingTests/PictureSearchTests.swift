import Pictures
import ScreenMatching
import ScreenTestSupport
import Testing

/// The dialog that other tools take for the wrong one.
private func dialog(_ text: String = "Tor is ready", dot: Colour = .leafGreen) -> Canvas {
    var canvas = Canvas(width: 640, height: 400, colour: Colour(red: 60, green: 80, blue: 110))
    canvas.box(Rectangle(x: 180, y: 120, width: 280, height: 120), colour: .paper)
    canvas.disc(x: 216, y: 176, radius: 12, colour: dot)
    canvas.write(text, x: 244, y: 184)
    return canvas
}

@Suite("Searching for a picture")
struct PictureSearchTests {
    private let whole = Rectangle(x: 180, y: 120, width: 280, height: 120)
    private let icon = Rectangle(x: 200, y: 160, width: 32, height: 32)
    private let line = Rectangle(x: 196, y: 156, width: 240, height: 40)

    private func look(_ area: Rectangle, _ screen: Canvas, _ search: PictureSearch = .init()) throws -> Sighting {
        try search.find(#require(dialog().picture.cropped(to: area)), on: screen.picture)
    }

    @Test("the very same pixels are found with an error of 0")
    func same() throws {
        for area in [whole, icon, line] {
            let sighting = try look(area, dialog())
            #expect(sighting.verdict == .match)
            #expect(sighting.place == area)
            #expect(sighting.error == 0)
        }
    }

    @Test(
        "near misses that a mean score lets pass are told apart",
        arguments: [
            ("Tor is ready", Colour.signalRed), ("Tor is not ready", .leafGreen), ("Tor is reody", .leafGreen),
            ("Tor is blocked", .signalRed),
        ]
    )
    func nearMisses(_ text: String, _ dot: Colour) throws {
        let screen = dialog(text, dot: dot)
        for area in [whole, line] { #expect(try look(area, screen).verdict >= .differs) }
        #expect(try (look(icon, screen).verdict == .match) == (dot == .leafGreen))
    }

    @Test("a green light of the same grey as a red one differs at the light")
    func colour() throws {
        let sighting = try look(whole, dialog(dot: .signalRed))
        #expect(sighting.verdict == .differs)
        #expect(icon.contains(sighting.worstPixel))
        #expect(sighting.place == whole)
    }

    @Test(
        "another rendering of the same thing is found",
        arguments: [
            (0.0, 0.0, 0.9, 12.0), (0, 0, 1.05, -5), (0.25, 0, 1, 0), (0, 0.33, 1, 0), (0.5, 0, 1, 0),
        ]
    )
    func tolerated(_ dx: Double, _ dy: Double, _ gain: Double, _ offset: Double) throws {
        let screen = dialog().renderedAgain(dx: dx, dy: dy, gain: gain, offset: offset)
        for area in [whole, line] {
            let sighting = try look(area, screen)
            #expect(sighting.verdict == .match, "\(sighting)")
            #expect(sighting.place.map { abs($0.x - area.x) <= 1 && abs($0.y - area.y) <= 1 } == true)
        }
    }

    @Test("asked for the very same pixels, another rendering is refused")
    func exact() throws {
        let screen = dialog().renderedAgain(gain: 0.98)
        #expect(try look(line, screen).verdict == .match)
        #expect(try look(line, screen, PictureSearch(isExact: true)).verdict >= .differs)
    }

    @Test("what was moved is found where it went, unless that is outside of the region")
    func moved() throws {
        var screen = Canvas(width: 640, height: 400, colour: Colour(red: 60, green: 80, blue: 110))
        screen.box(Rectangle(x: 20, y: 30, width: 280, height: 120), colour: .paper)
        screen.disc(x: 56, y: 86, radius: 12, colour: .leafGreen)
        screen.write("Tor is ready", x: 84, y: 94)
        #expect(try look(whole, screen).place == Rectangle(x: 20, y: 30, width: 280, height: 120))
        let right = PictureSearch(region: Rectangle(x: 100, y: 0, width: 540, height: 400))
        #expect(try look(whole, screen, right).verdict >= .differs)
    }

    @Test("a pointer in a known place is no difference, in an unknown place it is one")
    func pointer() throws {
        var screen = dialog()
        screen.box(Rectangle(x: 300, y: 170, width: 12, height: 18), colour: .black)
        #expect(try look(whole, screen).verdict == .differs)
        let known = PictureSearch(pointer: Rectangle(x: 299, y: 169, width: 14, height: 20))
        #expect(try look(whole, screen, known).verdict == .occluded)
    }

    @Test("an excluded part may show anything")
    func excluded() throws {
        let search = PictureSearch(excluded: [icon.moved(byX: -whole.x, y: -whole.y)])
        #expect(try look(whole, dialog(dot: .signalRed), search).verdict == .match)
        #expect(try look(whole, dialog("Tor is blocked", dot: .signalRed), search).verdict >= .differs)
    }

    /// The corner of a table's cell: a line across, another one in the picture's last column.
    private func table(erasing erased: Rectangle? = nil) -> Canvas {
        var canvas = Canvas(width: 320, height: 200)
        let line = Colour(red: 170, green: 178, blue: 190)
        canvas.box(Rectangle(x: 20, y: 80, width: 280, height: 1), colour: line)
        canvas.box(Rectangle(x: 183, y: 20, width: 1, height: 160), colour: line)
        for row in 0..<(erased?.height ?? 0) {
            guard let erased else { break }
            let grey = UInt8(truncatingIfNeeded: row * 97)
            canvas.box(
                Rectangle(x: erased.x, y: erased.y + row, width: erased.width, height: 1),
                colour: Colour(red: grey, green: 255 - grey, blue: grey)
            )
        }
        return canvas
    }

    @Test("what stands in the rim does not move the picture off the pixels, where the rim would be overlooked")
    func rim() throws {
        let cell = Rectangle(x: 160, y: 70, width: 24, height: 24)
        let wanted = try #require(table().picture.cropped(to: cell))
        #expect(try PictureSearch().find(wanted, on: table().picture).error == 0)
        // Left of it all is the same but for the last column, which now has a part of what was painted over the cell.
        let erased = table(erasing: cell).picture
        #expect(try PictureSearch().find(wanted, on: erased).verdict >= .differs)
        #expect(try Needle(cell, of: table().picture).findAll(on: erased).isEmpty)
    }

    @Test("nothing is found on a blank screen, nor a picture larger than the screen")
    func blank() throws {
        let blank = Canvas(width: 640, height: 400)
        for area in [whole, icon, line] { #expect(try look(area, blank).verdict == .absent) }
        #expect(try look(whole, Canvas(width: 50, height: 50)).verdict == .absent)
    }

    @Test("a flat picture never matches a screen that lacks its colour")
    func flat() throws {
        let flat = Canvas(width: 20, height: 20, colour: .leafGreen).picture
        #expect(try PictureSearch().find(flat, on: Canvas(width: 100, height: 100).picture).verdict == .absent)
    }
}

@Suite("Searching for text in real fonts")
struct FontSearchTests {
    private func line(
        _ text: String,
        _ font: Typeface,
        _ rendering: Typeface.Rendering = .hinted,
        dx: Double = 0,
        ink: Colour = .ink
    ) -> Picture {
        var canvas = Canvas(width: 420, height: 90)
        canvas.box(Rectangle(x: 0, y: 0, width: 420, height: 14), colour: .ink)
        canvas.write(text, in: font, x: 40 + dx, y: 50, rendering: rendering, colour: ink)
        return canvas.picture
    }

    private func isFound(_ wanted: Picture, on screen: Picture) throws -> Bool {
        let area = Rectangle(x: 34, y: 28, width: 240, height: 32)
        let sighting = try PictureSearch().find(#require(wanted.cropped(to: area)), on: screen)
        if sighting.verdict == .match { #expect(sighting.place.map { abs($0.x - area.x) <= 1 } == true) }
        return sighting.verdict == .match
    }

    @Test(
        "another word is told apart and another rendering is found",
        arguments: ["DejaVuSans", "LiberationSans-Regular", "OpenSans-Regular", "Hack-Regular"],
        [9.0, 11]
    )
    func fonts(_ name: String, _ points: Double) throws {
        let font = try #require(Typeface(name, points: points))
        let text = "The disk is ready"
        for rendering in [Typeface.Rendering.hinted, .unhinted] {
            let wanted = line(text, font, rendering)
            for other in ["The disk is not ready", "The disk is reody", "The dish is ready", "Tha disk is ready"] {
                for shift in rendering == .hinted ? [0] : [0, 0.33, 0.5] {
                    #expect(try !isFound(wanted, on: line(other, font, rendering, dx: shift)), "\(other)")
                }
            }
            let pale = Colour.ink.mixed(with: .paper, 0.35)
            #expect(try !isFound(wanted, on: line(text, font, rendering, ink: pale)))
        }
        let wanted = line(text, font, .unhinted)
        for shift in [0.25, 0.33, 0.5] {
            #expect(try isFound(wanted, on: line(text, font, .unhinted, dx: shift)), "\(shift)")
        }
        #expect(try isFound(wanted, on: line(text, font, .subpixels)))
        let recoded = Canvas(line(text, font, .unhinted)).recoded(quality: 75)
        #expect(try isFound(wanted, on: recoded.picture))
    }
}
