import Pictures
import ScreenMatching
import ScreenTestSupport
import Testing

@Suite("Watching for needles")
struct NeedleWatchTests {
    private let area = Rectangle(x: 100, y: 100, width: 140, height: 40)

    private func screen(_ text: String = "Start Tor", at places: Point..., clock: String = "12:00") -> Canvas {
        var canvas = Canvas(width: 640, height: 400, colour: Colour(red: 60, green: 80, blue: 110))
        for place in places {
            canvas.box(Rectangle(x: place.x, y: place.y, width: 140, height: 40), colour: .paper)
            canvas.write(text, x: place.x + 16, y: place.y + 27)
        }
        canvas.write(clock, x: 560, y: 30, colour: .white)
        return canvas
    }

    private func needle(_ text: String = "Start Tor", _ areas: [NeedleFile.Area]? = nil) throws -> Needle {
        let file = NeedleFile(areas: areas ?? [NeedleFile.Area(kind: .match, rectangle: area)])
        let picture = screen(text, at: Point(x: 100, y: 100)).picture
        return Needle(
            name: "tor/\(text)",
            variants: [try .init(name: "en", picture: picture, file: file, fileName: "needle.json")]
        )
    }

    private func isMatch(_ sight: NeedleWatch.Sight, at points: Point...) -> Bool {
        guard case .match(_, let sightings) = sight else { return points.isEmpty }
        return Set(sightings.compactMap(\.place).map { Point(x: $0.x, y: $0.y) }) == Set(points)
    }

    @Test("what appears is seen, and so is what moved, wherever it went")
    func appears() throws {
        let watch = NeedleWatch(for: [try needle()])
        #expect(isMatch(try watch.look(at: screen().picture)))
        #expect(isMatch(try watch.look(at: screen(at: Point(x: 30, y: 250)).picture), at: Point(x: 30, y: 250)))
        #expect(isMatch(try watch.look(at: screen(at: Point(x: 33, y: 248)).picture), at: Point(x: 33, y: 248)))
    }

    @Test("a change elsewhere makes no match, and a change of the last letter does")
    func changes() throws {
        let watch = NeedleWatch(for: [try needle()])
        let place = Point(x: 300, y: 200)
        #expect(isMatch(try watch.look(at: screen("Start Tar", at: place).picture)))
        #expect(isMatch(try watch.look(at: screen("Start Tar", at: place, clock: "12:01").picture)))
        #expect(isMatch(try watch.look(at: screen("Start Tor", at: place, clock: "12:01").picture), at: place))
    }

    @Test("every place where it is is told, also where nothing changed")
    func several() throws {
        let watch = NeedleWatch(for: [try needle()])
        let places = [Point(x: 20, y: 60), Point(x: 300, y: 60), Point(x: 20, y: 300)]
        let sight = try watch.look(at: screen(at: places[0], places[1], places[2]).picture)
        #expect(isMatch(sight, at: places[0], places[1], places[2]))
    }

    @Test("the first of several needles in the order of the watch is told")
    func order() throws {
        let watch = NeedleWatch(for: [try needle("Stop Tor"), try needle()])
        guard case .match(let index, _) = try watch.look(at: screen(at: Point(x: 9, y: 90)).picture) else {
            Issue.record("nothing was found")
            return
        }
        #expect(index == 1)
    }

    @Test("an area that came after the others is noticed, though the first one didn't change")
    func areas() throws {
        let areas = [
            NeedleFile.Area(kind: .match, rectangle: area),
            NeedleFile.Area(kind: .match, rectangle: Rectangle(x: 100, y: 180, width: 60, height: 40)),
        ]
        var whole = screen(at: Point(x: 100, y: 100))
        whole.disc(x: 130, y: 200, radius: 14, colour: .leafGreen)
        let file = NeedleFile(areas: areas)
        let variant = try Needle.Variant(name: "a", picture: whole.picture, file: file, fileName: "needle.json")
        let watch = NeedleWatch(for: [Needle(name: "tor/both", variants: [variant])])
        var shown = screen(at: Point(x: 200, y: 100))
        #expect(isMatch(try watch.look(at: shown.picture)))
        shown.disc(x: 230, y: 200, radius: 14, colour: .signalRed)
        #expect(isMatch(try watch.look(at: shown.picture)))
        shown.disc(x: 230, y: 200, radius: 14, colour: .leafGreen)
        guard case .match = try watch.look(at: shown.picture) else {
            Issue.record("the second area was not seen")
            return
        }
    }

    @Test("a screen of another size is looked at as a whole")
    func resized() throws {
        let watch = NeedleWatch(for: [try needle()])
        #expect(isMatch(try watch.look(at: Canvas(width: 50, height: 30).picture)))
        #expect(isMatch(try watch.look(at: screen(at: Point(x: 100, y: 100)).picture), at: Point(x: 100, y: 100)))
        #expect(isMatch(try watch.look(at: Canvas(width: 1, height: 1).picture)))
    }

    @Test("a pointer over it is told, and elsewhere it is nothing")
    func pointer() throws {
        let pointer = Rectangle(x: 150, y: 110, width: 14, height: 20)
        var shown = screen(at: Point(x: 100, y: 100))
        shown.box(pointer.expanded(by: -1), colour: .black)
        let watch = NeedleWatch(for: [try needle()])
        guard case .hidden(let place) = try watch.look(at: shown.picture, pointer: pointer) else {
            Issue.record("the pointer was not seen")
            return
        }
        #expect(place == area)
        let far = pointer.moved(byX: 300, y: 200)
        guard case .nothing = try NeedleWatch(for: [needle()]).look(at: screen().picture, pointer: far) else {
            Issue.record("something was seen")
            return
        }
    }

    @Test(
        "it decides as the whole search does, on other renderings and on near misses",
        arguments: ["Start Tor", "Start Tar", "Stert Tor", "Start Tor."],
        [0.0, 0.25, 0.5]
    )
    func agreement(_ text: String, _ shift: Double) throws {
        let shown = screen(text, at: Point(x: 260, y: 210)).renderedAgain(dx: shift, gain: 0.95, offset: 6).picture
        let whole = try needle().find(on: shown)
        let places = try needle().findAll(on: shown)
        #expect((whole.verdict == .match) == !places.isEmpty)
        #expect((whole.verdict == .match) == (text == "Start Tor"))
    }

    @Test("an area may tolerate less than the decision, down to nothing")
    func tolerance() throws {
        let shown = screen(at: Point(x: 100, y: 100)).renderedAgain(gain: 0.97).picture
        for (tolerance, isFound) in [(1.0, true), (0.001, false), (0, false)] {
            var strict = NeedleFile.Area(kind: .match, rectangle: area)
            strict.tolerance = tolerance
            #expect(try needle("Start Tor", [strict]).findAll(on: shown).isEmpty != isFound)
            #expect(try (needle("Start Tor", [strict]).find(on: shown).verdict == .match) == isFound)
        }
    }
}
