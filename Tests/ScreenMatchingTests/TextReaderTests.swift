import Pictures
import ScreenMatching
import ScreenTestSupport
import Testing

@Suite("Reading text")
struct TextReaderTests {
    private func isRead(_ phrase: String, _ lines: [TextLine]) throws -> Bool {
        try #require(TextSearch(phrase)).firstMatch(in: lines) != nil
    }

    @Test(
        "text is read in dark and in light letters",
        arguments: [(Colour.ink, Colour.paper), (.white, .black), (.white, Colour(red: 20, green: 60, blue: 120))]
    )
    func polarity(_ ink: Colour, _ paper: Colour) async throws {
        var canvas = Canvas(width: 500, height: 160, colour: paper)
        canvas.write("Welcome to the system", x: 40, y: 60, colour: ink)
        canvas.write("Tor is not ready", x: 40, y: 110, colour: ink)
        let lines = try await TextReader().lines(of: canvas.picture)
        #expect(try isRead("Welcome to the system", lines), "\(lines)")
        #expect(try isRead("not ready", lines), "\(lines)")
        #expect(try !isRead("ready", lines))
    }

    @Test("only lines whose pixels are new are read again")
    func cached() async throws {
        let reader = try TextReader()
        var canvas = Canvas(width: 500, height: 200)
        canvas.write("First line stays", x: 40, y: 40)
        canvas.write("Second line goes", x: 40, y: 120)
        _ = try await reader.lines(of: canvas.picture)
        #expect(reader.readLines == 2)
        _ = try await reader.lines(of: canvas.picture)
        #expect(reader.readLines == 2)

        canvas.box(Rectangle(x: 0, y: 90, width: 500, height: 60), colour: .paper)
        canvas.write("Another line comes", x: 40, y: 120)
        let lines = try await reader.lines(of: canvas.picture)
        #expect(reader.readLines == 3)
        #expect(try isRead("First line stays", lines) && isRead("Another line comes", lines))
        #expect(try !isRead("Second line goes", lines))
    }

    @Test("a line that moved is known by its pixels")
    func scrolled() async throws {
        let reader = try TextReader()
        for y in [60, 120, 90] {
            var canvas = Canvas(width: 400, height: 160)
            canvas.write("Scrolling text", x: 40, y: y)
            let lines = try await reader.lines(of: canvas.picture)
            #expect(try isRead("Scrolling text", lines))
            #expect(abs((lines.first?.box.bottom ?? 0) - y) < 8)
        }
        #expect(reader.readLines == 1)
    }

    @Test("only the region is read")
    func region() async throws {
        let reader = try TextReader()
        var canvas = Canvas(width: 800, height: 160)
        canvas.write("Left side", x: 40, y: 80)
        canvas.write("Right side", x: 500, y: 80)
        let lines = try await reader.lines(of: canvas.picture, in: Rectangle(x: 450, y: 0, width: 350, height: 160))
        #expect(try isRead("Right side", lines) && !isRead("Left", lines))
        #expect(reader.readLines == 1)
    }

    @Test("lines of a terminal are read one by one, also where brackets stand above each other", arguments: [10.0, 11])
    func terminal(_ points: Double) throws {
        for name in ["DejaVuSansMono", "Hack-Regular"] {
            let font = try #require(Typeface(name, points: points))
            let screen = MockScreen(terminal: font, width: 900, height: 300, seed: 3)
            let lines = try TextReader().readNow(screen.picture)
            for phrase in screen.phrases {
                #expect(try isRead(phrase.text, lines), "\(phrase.text) in \(lines.map(\.text))")
            }
        }
    }

    @Test("every text of a desktop is found, whatever its colours", arguments: MockScreen.Theme.allCases)
    func desktop(_ theme: MockScreen.Theme) throws {
        let font = try #require(Typeface("OpenSans-Regular", points: 10))
        let screen = MockScreen(desktop: theme, font: font, seed: 11)
        let lines = try TextReader().readNow(screen.picture)
        for phrase in screen.phrases { #expect(try isRead(phrase.text, lines), "\(phrase.text)") }
    }

    @Test("a blank screen and noise have no text and break nothing")
    func nothing() async throws {
        let reader = try TextReader()
        #expect(try await reader.lines(of: Canvas(width: 640, height: 480).picture).isEmpty)
        #expect(try await reader.lines(of: Canvas(width: 1, height: 1).picture).isEmpty)
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<640 * 480 * 4).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        _ = try await reader.lines(of: #require(Picture(width: 640, height: 480, bytes: bytes)))
    }

    @Test("a language that is not installed is an error with a hint")
    func language() {
        let error = #expect(throws: TextError.self) { try TextReader(languages: "xyz") }
        #expect(error?.hint?.contains("tesseract-ocr") == true)
        #expect(error?.context.first?.contains("eng") == true)
    }
}
