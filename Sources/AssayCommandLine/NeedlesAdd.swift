import ArgumentParser
import Diagnostics
import Foundation
import Glibc
import NeedleKeeping
import NeedlePicking
import PictureFiles
import Pictures
import ScreenMatching
import Subprocess
import SystemPackage
import VideoRecording

extension NeedlesCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a needle of a part of a screen.",
            discussion: """
                Without --region a page on which areas are dragged is offered to the browser, on loopback and only to this \
                user, until the needle is written or Ctrl-C is pressed.
                """
        )

        @OptionGroup var folder: Folder

        @Argument(help: "The needle's name, such as desktop/terminal.")
        var name: String

        @Option(
            name: [.customLong("from"), .customLong("screenshot")],
            help: ArgumentHelp(
                "The screen: a PNG picture, a time of a video, or a run's directory, whose screens are offered, newest first.",
                valueName: "picture.png|video.webm@seconds|run"
            )
        )
        var source = "runs/latest"

        @Option(
            name: [.long, .customLong("area")],
            help: "x,y,width,height: what is looked for. Repeat for several areas.",
            transform: Rectangle.init(argument:)
        )
        var region: [Rectangle] = []

        @Option(help: "x,y,width,height: what may look like anything.", transform: Rectangle.init(argument:))
        var exclude: [Rectangle] = []

        @Option(help: "x,y: where to click, in pixels of the screenshot.", transform: Point.init(argument:))
        var click: Point?

        @Option(help: "The picture's name: its language, theme or the like.")
        var variant = "screen"

        @Flag(help: "Write over a picture of the same name.")
        var replace = false

        func validate() throws {
            guard !region.isEmpty || (exclude.isEmpty && click == nil && !replace) else {
                throw ValidationError(
                    "--exclude, --click and --replace need a --region; the page asks for all of them."
                )
            }
            if let click, !region[0].contains(click) {
                throw ValidationError("Expected a point to click on in the first region, which is \(region[0]).")
            }
        }

        func run() async throws {
            let screens = try await NeedleSource(source).screens()
            let editor = NeedleEditor(folder: folder.path)
            guard region.isEmpty else {
                let proposal = proposal(on: try screens[0].picture())
                for file in try editor.write(proposal, replacing: replace) { print("wrote \(file)") }
                for finding in try proposal.lint() { print("warning: \(name)/\(finding)") }
                return
            }
            let page = try LoopbackPage()
            Assay.note("pick what is looked for on this page; Ctrl-C ends without a needle:\n  \(page.address)")
            Browser.open(page.address)
            let picker = NeedlePicker(needle: name, variant: variant, screens: screens, editor: editor)
            for file in await page.serve(picker.answer) ?? [] { print("wrote \(file)") }
        }

        private func proposal(on screen: Picture) -> NeedleEditor.Proposal {
            var areas = region.map { NeedleFile.Area(kind: .match, rectangle: $0) }
            areas[0].clickPoint = click.map { Point(x: $0.x - region[0].x, y: $0.y - region[0].y) }
            areas += exclude.map { NeedleFile.Area(kind: .exclude, rectangle: $0) }
            return .init(needle: name, variant: variant, screen: screen, file: NeedleFile(areas: areas))
        }
    }
}

/// Where the screen of a new needle comes from.
enum NeedleSource: Equatable {
    case picture(String)
    case video(String, seconds: Double)
    case run(String)

    /// Reads what was asked for.
    ///
    /// - Throws: ``NeedleSourceError``.
    init(_ text: String) throws(NeedleSourceError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) {
            // A video without a time has many pictures.
            guard !text.hasSuffix(".webm") else { throw .noTime(text) }
            self = isFolder.boolValue ? .run(text) : .picture(text)
        } else if let at = text.lastIndex(of: "@"), FileManager.default.fileExists(atPath: String(text[..<at])) {
            guard let seconds = Double(text[text.index(after: at)...]), seconds.isFinite, seconds >= 0 else {
                throw .noTime(String(text[..<at]))
            }
            self = .video(String(text[..<at]), seconds: seconds)
        } else {
            throw .missing(text)
        }
    }

    /// The screens that there are to choose from, at least one.
    func screens() async throws -> [NeedlePicker.Screen] {
        switch self {
        case .picture(let file):
            let picture = try Picture(screenshot: file)
            return [.init(title: file) { picture }]
        case .video(let file, let seconds):
            let picture = try Picture(png: await VideoPicture.png(at: seconds, of: FilePath(file)))
            Assay.note("a video shows nearly what was there; a screenshot of the run shows it exactly")
            return [.init(title: "\(file) at \(seconds) s") { picture }]
        case .run(let folder):
            let screens = RecordedScreens(below: [folder]).screens
            guard !screens.isEmpty else { throw NeedleSourceError.noScreens(folder) }
            return screens.map { screen in .init(title: screen.path) { try screen.picture() } }
        }
    }
}

/// A reason why there is no screen to make a needle of.
enum NeedleSourceError: ExplainedError, Equatable {
    case missing(String)
    case noTime(String)
    case noScreens(String)

    var blame: Blame { .testAuthor }

    var summary: String {
        switch self {
        case .missing(let text):
            "A picture, a time of a video or a run was expected, and \(text.debugDescription) is none."
        case .noTime(let file): "A time of the video in seconds was expected, such as \(file)@12.5."
        case .noScreens(let folder): "Screens of a run were expected in \(folder), and there are none."
        }
    }

    var hint: String? {
        switch self {
        case .missing, .noScreens: "Name a PNG picture, such as one of runs/latest/attachments."
        case .noTime: nil
        }
    }
}

/// The browser of whoever sits at a desktop.
enum Browser {
    /// Opens an address, where there is a desktop to open it on.
    static func open(_ address: String) {
        let environment = ProcessInfo.processInfo.environment
        guard environment["DISPLAY"] ?? environment["WAYLAND_DISPLAY"] != nil else { return }
        Task {
            _ = try? await Subprocess.run(
                .name("xdg-open"),
                arguments: [address],
                input: .none,
                output: .discarded,
                error: .discarded
            )
        }
    }
}
