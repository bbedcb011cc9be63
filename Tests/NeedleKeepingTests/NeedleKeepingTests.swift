import Foundation
import NeedleKeeping
import PictureFiles
import Pictures
import ScreenMatching
import ScreenTestSupport
import TestSupport
import Testing

private let area = Rectangle(x: 90, y: 100, width: 170, height: 50)

private func screen(_ text: String = "Start Tor", x: Int = 100, dot: Colour = .leafGreen) -> Picture {
    var canvas = Canvas(width: 480, height: 300, colour: Colour(red: 60, green: 80, blue: 110))
    canvas.box(Rectangle(x: x, y: 105, width: 150, height: 40), colour: .paper)
    canvas.write(text, x: x + 36, y: 132)
    canvas.disc(x: x + 18, y: 125, radius: 8, colour: dot)
    return canvas.picture
}

private func proposal(_ name: String = "tor/start", variant: String = "english") -> NeedleEditor.Proposal {
    NeedleEditor.Proposal(
        needle: name,
        variant: variant,
        screen: screen(),
        file: NeedleFile(areas: [NeedleFile.Area(kind: .match, rectangle: area, clickPoint: Point(x: 30, y: 20))])
    )
}

private func record(_ picture: Picture, _ path: String) throws {
    try Data(picture.png()).write(to: URL(filePath: path))
}

@Suite("Writing needles")
struct NeedleEditorTests {
    @Test("what was written is read as it was meant, and finds its screen")
    func roundTrip() async throws {
        try await withTemporaryFolder { folder in
            let files = try NeedleEditor(folder: folder).write(proposal())
            #expect(files == ["\(folder)/tor/start/english.json", "\(folder)/tor/start/english.png"])
            let needle = try NeedleStore(loading: folder).needle(named: "tor/start")
            #expect(try needle.findAll(on: screen(x: 220)).map(\.clickPoint) == [Point(x: 210 + 30, y: 120)])
            #expect(
                try String(contentsOfFile: files[0], encoding: .utf8) == """
                    {
                      "algorithm": 1,
                      "tags": [],
                      "area": [
                        { "type": "match", "xpos": 90, "ypos": 100, "width": 170, "height": 50, \
                    "click_point": { "xpos": 30, "ypos": 20 } }
                      ]
                    }

                    """
            )
        }
    }

    @Test("nothing is written over unasked")
    func exists() async throws {
        try await withTemporaryFolder { folder in
            let editor = NeedleEditor(folder: folder)
            try editor.write(proposal())
            let error = #expect(throws: NeedleEditError.self) { try editor.write(proposal()) }
            #expect(error?.summary == "Expected a new needle, but \(folder)/tor/start/english.json exists.")
            try editor.write(proposal(), replacing: true)
            try editor.write(proposal(variant: "german"))
            #expect(try NeedleStore(loading: folder).needle(named: "tor/start").variants.count == 2)
        }
    }

    @Test(
        "names that lead out of the folder are refused",
        arguments: ["start", "../x/y", "a/..", "/etc/x", "a/b c", "a/"]
    )
    func names(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: NeedleEditError.self) { try NeedleEditor(folder: folder).write(proposal(name)) }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    @Test("a part that can't be told from others is refused")
    func unfit() async throws {
        try await withTemporaryFolder { folder in
            var plain = proposal()
            plain.file = NeedleFile(areas: [
                .init(kind: .match, rectangle: Rectangle(x: 0, y: 0, width: 60, height: 60))
            ])
            let error = #expect(throws: NeedleEditError.self) { try NeedleEditor(folder: folder).write(plain) }
            #expect(error?.context.first?.contains("too plain") == true)
            try NeedleEditor(folder: folder).write(plain, despiteFindings: true)
        }
    }

    @Test("texts in a needle are written so that they are read again")
    func quoting() throws {
        let text = "say \"hello\\\" / \u{7} ü"
        let areas = [
            NeedleFile.Area(kind: .match, rectangle: area), NeedleFile.Area(kind: .text(text), rectangle: area),
        ]
        let file = NeedleFile(areas: areas, tags: [text])
        #expect(try NeedleFile(json: Array(file.json.utf8), file: "x") == file)
    }
}

@Suite("Looking after needles")
struct NeedleCareTests {
    @Test("the lint says on how many recorded screens a needle matches")
    func lint() async throws {
        try await withTemporaryFolder { folder in
            try NeedleEditor(folder: "\(folder)/needles").write(proposal())
            let needles = try NeedleStore(loading: "\(folder)/needles").all
            try record(screen(), "\(folder)/own.png")
            try record(screen(x: 200), "\(folder)/moved.png")
            try record(screen("Stop Tor"), "\(folder)/other.png")
            try Data("no picture".utf8).write(to: URL(filePath: "\(folder)/broken.png"))
            let findings = try NeedleSurvey.lint(needles, on: RecordedScreens(below: [folder]))
            #expect(findings.count == 1)
            #expect(findings.first?.description.contains("also matches 1 other recorded screens") == true)
            #expect(findings.first?.description.contains("moved.png") == true)
        }
    }

    @Test("the lint warns of a needle that is in several places of a recorded screen")
    func several() async throws {
        try await withTemporaryFolder { folder in
            try NeedleEditor(folder: "\(folder)/needles").write(proposal())
            var twice = Canvas(screen())
            let part = try #require(screen().cropped(to: area))
            twice.paste(part, x: 200, y: 220)
            try record(twice.picture, "\(folder)/twice.png")
            let needles = try NeedleStore(loading: "\(folder)/needles").all
            let findings = try NeedleSurvey.lint(needles, on: RecordedScreens(below: [folder]))
            #expect(
                findings.last?.description.contains("is in 2 places of the recorded screen \(folder)/twice.png") == true
            )
        }
    }

    @Test("a needle that no feature and no step names is unused")
    func unused() async throws {
        try await withTemporaryFolder { folder in
            let names = ["tor/start", "tor/table", "tor/none", "tor/start-not"]
            for name in names { try NeedleEditor(folder: "\(folder)/needles").write(proposal(name)) }
            let feature = "Then the screen shows the picture \"tor/start\"\n  | tor/table | tor/none-at-all |\n"
            try Data(feature.utf8).write(to: URL(filePath: "\(folder)/a.feature"))
            let unused = NeedleUsage(below: [folder]).unused(among: try NeedleStore(loading: "\(folder)/needles").all)
            #expect(unused.map(\.name) == ["tor/none", "tor/start-not"])
        }
    }

    @Test("a needle that differs from a run's screen is reviewed, and accepted as it looks now")
    func review() async throws {
        try await withTemporaryFolder { folder in
            let editor = NeedleEditor(folder: "\(folder)/needles")
            try editor.write(proposal())
            let needles = try NeedleStore(loading: "\(folder)/needles").all
            try FileManager.default.createDirectory(atPath: "\(folder)/run", withIntermediateDirectories: true)
            try record(screen("Start Tar", x: 160), "\(folder)/run/a.png")
            let review = try NeedleReview(of: needles, on: RecordedScreens(below: ["\(folder)/run"]))
            let found = try #require(review.cases.first)
            #expect(review.cases.count == 1)
            #expect(found.comparison.width == 3 * area.width + 8)
            var proposal = found.proposal
            proposal.variant = found.freeVariant
            #expect(proposal.variant == "english-2")
            try editor.write(proposal)
            let changed = try NeedleStore(loading: "\(folder)/needles").all
            #expect(try changed[0].findAll(on: screen("Start Tar")).first?.variant == "english-2")
            #expect(try changed[0].findAll(on: screen()).first?.variant == "english")
            #expect(try NeedleReview(of: changed, on: RecordedScreens(below: ["\(folder)/run"])).cases.isEmpty)
        }
    }

    @Test("a lookup tells every place, or the place where it differs")
    func lookup() throws {
        let needle = Needle(
            name: "tor/start",
            variants: [try .init(name: "en", picture: screen(), file: proposal().file, fileName: "needle.json")]
        )
        let reader = try TextReader()
        let found = try NeedleLookup(of: needle, on: screen(x: 200), in: nil, reader: reader)
        #expect(found.description == "tor/start: matches 170x50 at (190, 100) (picture en, error 0.0)")
        let missed = try NeedleLookup(of: needle, on: screen(dot: .signalRed), in: nil, reader: reader)
        #expect(!missed.isFound)
        #expect(missed.description.hasPrefix("tor/start: differs from 170x50 at (90, 100) at (1"))
        #expect(try [found].json().contains("\"verdict\" : \"match\""))
    }

    @Test("a screenshot that is none is an error that names the file")
    func screenshots() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a.png"
            #expect(throws: ScreenshotError.self) { try Picture(screenshot: path) }
            try Data(screen().png().prefix(200)).write(to: URL(filePath: path))
            let error = #expect(throws: ScreenshotError.self) { try Picture(screenshot: path) }
            #expect(error?.summary.hasPrefix("\(path): Expected a PNG picture in 200 bytes") == true)
        }
    }
}
