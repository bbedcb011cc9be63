import Foundation
import PictureFiles
import Pictures
import ScreenMatching
import ScreenTestSupport
import Testing

private func window(at x: Int, _ y: Int, name: String = "Terminal", clock: String = "12:34") -> Canvas {
    var canvas = Canvas(width: 640, height: 400, colour: Colour(red: 60, green: 80, blue: 110))
    canvas.box(Rectangle(x: x, y: y, width: 280, height: 160), colour: .paper)
    canvas.write(name, x: x + 20, y: y + 30)
    canvas.write(clock, x: x + 200, y: y + 140)
    canvas.disc(x: x + 40, y: y + 120, radius: 14, colour: .leafGreen)
    return canvas
}

@Suite("Needles")
struct NeedleTests {
    private let json = """
        {"tags": ["terminal"], "properties": [],
         "area": [
           {"xpos": 100, "ypos": 60, "width": 160, "height": 60, "type": "match"},
           {"xpos": 110, "ypos": 160, "width": 260, "height": 60, "type": "match", "match": 90, "margin": 20,
            "click_point": {"xpos": 30, "ypos": 20}},
           {"xpos": 290, "ypos": 175, "width": 80, "height": 35, "type": "exclude"}]}
        """

    private func needle(_ json: String) throws -> Needle {
        let file = try NeedleFile(json: Array(json.utf8), file: "needle.json")
        return Needle(
            name: "desktop/terminal",
            variants: [
                try Needle.Variant(
                    name: "english",
                    picture: window(at: 100, 60).picture,
                    file: file,
                    fileName: "needle.json"
                )
            ]
        )
    }

    @Test("areas are found together wherever they went, and the click point goes with them")
    func moved() throws {
        let sighting = try needle(json).find(on: window(at: 220, 150, clock: "09:51").picture)
        #expect(sighting.verdict == .match)
        #expect(sighting.clickPoint == Point(x: 110 + 120 + 30, y: 160 + 90 + 20))
    }

    @Test("one area that differs is a miss, and the place is named")
    func differs() throws {
        let sighting = try needle(json).find(on: window(at: 100, 60, name: "Terminul").picture)
        #expect(sighting.verdict >= .differs)
        #expect(sighting.place?.intersection(Rectangle(x: 100, y: 60, width: 160, height: 60)).isEmpty == false)
    }

    @Test("an area that asks for text is checked by reading")
    func text() throws {
        let reader = try TextReader()
        let asking = """
            {"area": [{"xpos": 110, "ypos": 160, "width": 60, "height": 50, "type": "match"},
                      {"xpos": 110, "ypos": 65, "width": 200, "height": 40, "type": "ocr", "refstr": "Terminal"}]}
            """
        for (name, verdict) in [("Terminal", Sighting.Verdict.match), ("Browser", .differs)] {
            let screen = window(at: 140, 80, name: name).picture
            let sighting = try needle(asking).find(on: screen) { try reader.readNow(screen, in: $0) }
            #expect(sighting.verdict == verdict, "\(sighting)")
        }
    }

    @Test(
        "JSON that doesn't say what it must is refused with the place of the fault",
        arguments: [
            (#"{"area": []}"#, "area: expected at least one area, saw none."),
            (#"{"area": [{"type": "match"}]}"#, "area[0].width: expected a value, saw none."),
            (
                #"{"area": [{"xpos": "1", "width": 1, "height": 1}]}"#,
                #"area[0].xpos: expected a whole number from 0 to 8192, saw the text "1"."#
            ),
            (
                #"{"area": [{"width": 5, "height": 5, "type": "blob"}]}"#,
                #"area[0].type: expected match, exclude or ocr, saw "blob"."#
            ),
            (
                #"{"area": [{"width": 5, "height": 5, "type": "exclude"}]}"#,
                "area: expected at least one area of type match, saw none."
            ),
            (
                #"{"area": [{"width": 5000, "height": 5}]}"#,
                "area[0]: expected an area within the picture of 640x400, saw 5000x5 at (0, 0)."
            ),
            (
                #"{"area": [{"width": 5, "height": 5, "match": 101}]}"#,
                "area[0].match: expected a number from 0.0 to 100.0, saw the number 101.0."
            ),
            (
                #"{"area": [{"xpos": -1, "width": 1, "height": 1}]}"#,
                "area[0].xpos: expected a whole number from 0 to 8192, saw the number -1.0."
            ),
            (
                #"{"area": [{"xpos": 1e300, "width": 1, "height": 1}]}"#,
                "area[0].xpos: expected a whole number from 0 to 8192, saw the number 1e+300."
            ),
            (
                #"{"area": [{"xpos": 639, "width": 2, "height": 1}]}"#,
                "area[0]: expected an area within the picture of 640x400, saw 2x1 at (639, 0)."
            ),
            (#"{"tags": [1]}"#, "tags[0]: expected a text, saw the number 1.0."),
        ]
    )
    func refused(_ json: String, _ message: String) {
        let error = #expect(throws: NeedleError.self) { _ = try needle(json) }
        #expect(error?.summary == "needle.json: \(message)")
    }

    @Test("an unknown key is refused: it might change what the needle means")
    func unknownKey() {
        #expect(throws: NeedleError.self) { try needle(#"{"areas": []}"#) }
        #expect(throws: NeedleError.self) { try needle("[") }
        #expect(throws: NeedleError.self) { try needle(String(repeating: "[", count: 2_000_000)) }
    }

    @Test("the lint refuses what is too small, too plain or fits elsewhere too")
    func lint() throws {
        var screen = Canvas(width: 640, height: 400)
        for row in 0..<4 { screen.write("same text", x: 40, y: 60 + 80 * row) }
        screen.write("other words", x: 340, y: 60)
        func findings(_ area: String) throws -> [NeedleFinding] {
            let file = try NeedleFile(json: Array(#"{"area": [{\#(area)}]}"#.utf8), file: "needle.json")
            let variant = try Needle.Variant(name: "a", picture: screen.picture, file: file, fileName: "needle.json")
            return try Needle(name: "a/b", variants: [variant]).lint()
        }
        #expect(try findings(#""xpos": 330, "ypos": 40, "width": 160, "height": 30"#).isEmpty)
        #expect(try findings(#""xpos": 340, "ypos": 50, "width": 5, "height": 30"#).first?.kind == .tooSmall)
        let plain = try findings(#""xpos": 500, "ypos": 200, "width": 60, "height": 60"#)
        guard case .tooPlain = plain.first?.kind else { return #expect(Bool(false), "\(plain)") }
        let ambiguous = try findings(#""xpos": 30, "ypos": 40, "width": 130, "height": 30"#)
        guard case .ambiguous(_, let place) = ambiguous.first?.kind else { return #expect(Bool(false), "\(ambiguous)") }
        #expect(place.x == 30 && place.y != 40)
        #expect(ambiguous.first?.isFatal == true)
    }
}

@Suite("The store of needles")
struct NeedleStoreTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("needles-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test("a needle has one picture for each language, and any of them is found")
    func variants() throws {
        try inFolder { folder in
            let area = #"{"area": [{"xpos": 110, "ypos": 70, "width": 150, "height": 40}]}"#
            try write(Array(area.utf8), "\(folder)/desktop/window/needle.json")
            for name in ["Terminal", "Konsole"] {
                try write(window(at: 100, 60, name: name).picture.png(), "\(folder)/desktop/window/\(name).png")
            }
            let needle = try NeedleStore(loading: folder).needle(named: "desktop/window")
            #expect(try needle.find(on: window(at: 50, 20, name: "Terminal").picture).variant == "Terminal")
            #expect(try needle.find(on: window(at: 50, 20, name: "Konsole").picture).variant == "Konsole")
        }
    }

    @Test("an unknown name suggests the nearest")
    func unknown() throws {
        try inFolder { folder in
            try write(Array("{}".utf8), "\(folder)/desktop/window/needle.json")
            try write(window(at: 1, 1).picture.png(), "\(folder)/desktop/window/a.png")
            let store = try NeedleStore(loading: folder)
            let error = #expect(throws: NeedleError.self) { try store.needle(named: "desktop/windwo") }
            #expect(error?.hint == "Did you mean \"desktop/window\"?")
        }
    }

    @Test("a folder without a picture, and a damaged picture, are errors")
    func damaged() throws {
        try inFolder { folder in
            try write(Array("{}".utf8), "\(folder)/desktop/window/needle.json")
            #expect(throws: NeedleError.self) { try NeedleStore(loading: folder) }
            try write(Array(window(at: 1, 1).picture.png().prefix(500)), "\(folder)/desktop/window/a.png")
            #expect(throws: NeedleError.self) { try NeedleStore(loading: folder) }
        }
        #expect(try NeedleStore(loading: "/nonexistent").names.isEmpty)
    }
}
