import Pictures
import ScreenMatching
import ScreenTestSupport
import Testing

/// What is ruled out early must be nothing that the decision would accept.
@Suite("Searching whole screens")
struct WholeSearchTests {
    fileprivate struct Case {
        let screen: Canvas
        let area: Rectangle
        var needle: Needle
        var wanted: Picture
    }

    /// Parts of mock screens that the lint admits.
    private func cases(_ count: Int, seed: UInt64) throws -> [Case] {
        var generator = SeededGenerator(seed: seed)
        var cases: [Case] = []
        var number = seed
        while cases.count < count {
            number += 1
            let font = try #require(Typeface("LiberationSans-Regular", points: 9 + Double(number % 4)))
            let theme = MockScreen.Theme.allCases[Int(number) % 3]
            let screen = MockScreen(desktop: theme, font: font, seed: number).canvas
            for _ in 0..<8 where cases.count < count {
                let (width, height) = [(24, 24), (46, 46), (120, 40), (300, 200)].pick(&generator)
                let area = Rectangle(
                    x: .random(in: 0..<1024 - width, using: &generator),
                    y: .random(in: 0..<768 - height, using: &generator),
                    width: width,
                    height: height
                )
                let needle = try Needle(area, of: screen.picture)
                guard try needle.lint().isEmpty, let wanted = screen.picture.cropped(to: area) else { continue }
                cases.append(Case(screen: screen, area: area, needle: needle, wanted: wanted))
            }
        }
        return cases
    }

    @Test("what is accepted where it is looked for is found on the whole screen, by a search and by a wait's look")
    func nothingIsMissed() throws {
        var accepted = 0
        for example in try cases(24, seed: 300) {
            let renderings = [
                example.screen, example.screen.renderedAgain(dx: 0.25, dy: 0.25), example.screen.renderedAgain(dx: 0.5),
                example.screen.renderedAgain(gain: 0.9, offset: 12), example.screen.recoded(quality: 75),
            ]
            for screen in renderings.map(\.picture) {
                // There is but one place to look at, so that only the decision itself speaks.
                let here = PictureSearch(region: example.area)
                guard try here.find(example.wanted, on: screen).verdict == .match else { continue }
                accepted += 1
                let sighting = try PictureSearch().find(example.wanted, on: screen)
                #expect(sighting.verdict == .match && sighting.place.map(example.isThere) == true, "\(sighting)")
                let places = try example.needle.findAll(on: screen).compactMap(\.place)
                #expect(places.contains(where: example.isThere), "\(example.area) in \(places)")
            }
        }
        #expect(accepted > 100)
    }

    @Test("a pointer over a part of it never hides where it is")
    func pointer() throws {
        var generator = SeededGenerator(seed: 8)
        for example in try cases(24, seed: 500) {
            let side = max(4, min(12, min(example.area.width, example.area.height) / 3))
            let pointer = Rectangle(
                x: example.area.x + .random(in: 0...example.area.width - side, using: &generator),
                y: example.area.y + .random(in: 0...example.area.height - side, using: &generator),
                width: side,
                height: side
            )
            var screen = example.screen
            screen.box(pointer, colour: .black)
            screen.box(pointer.expanded(by: -1), colour: .white)
            let sighting = try PictureSearch(pointer: pointer).find(example.wanted, on: screen.picture)
            #expect(sighting.verdict <= .occluded, "\(example.area), \(pointer): \(sighting)")
            #expect(sighting.place.map(example.isThere) == true)
        }
    }
}

extension WholeSearchTests.Case {
    fileprivate func isThere(_ place: Rectangle) -> Bool { abs(place.x - area.x) <= 1 && abs(place.y - area.y) <= 1 }
}

extension Needle {
    /// A needle of one area.
    init(_ area: Rectangle, of picture: Picture) throws {
        let file = NeedleFile(areas: [NeedleFile.Area(kind: .match, rectangle: area)])
        let variant = try Variant(name: "a", picture: picture, file: file, fileName: "needle.json")
        self.init(name: "test/\(area)", variants: [variant])
    }
}
