import ArgumentParser
import Foundation
import Glibc
import NeedleKeeping
import PictureFiles
import Pictures
import ScreenMatching
import Verdicts

/// Keeps the reference pictures honest.
struct NeedlesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needles",
        abstract: "Keep the reference pictures honest.",
        subcommands: [Lint.self, Add.self, Review.self, Unused.self]
    )

    /// Where the needles of a suite lie.
    static let usualFolder = "snapshots/needles"

    struct Folder: ParsableArguments {
        @Option(name: .customLong("folder"), help: "The folder of needles.")
        var path = NeedlesCommand.usualFolder
    }

    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse needles that can't work: too small, too plain, or found elsewhere too."
        )

        @OptionGroup var folder: Folder

        @Option(help: "A folder of recorded screens. Repeat for several.")
        var screens = ["runs"]

        @Argument(help: "Only these needles.")
        var needles: [String] = []

        func run() async throws {
            let store = try NeedleStore(loading: folder.path)
            let wanted = try needles.isEmpty ? store.all : needles.map { try store.needle(named: $0) }
            let recorded = RecordedScreens(below: screens)
            let findings = try NeedleSurvey.lint(wanted, on: recorded)
            for finding in findings { print(finding) }
            print("\(wanted.count) needles, \(recorded.screens.count) recorded screens, \(findings.count) findings")
            if findings.contains(where: \.finding.isFatal) { throw ExitCode(Verdicts.ExitCode.wrongSuite.rawValue) }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a needle of a part of a screenshot.")

        @OptionGroup var folder: Folder

        @Argument(help: "The needle's name, such as desktop/terminal.")
        var name: String

        @Option(help: "A PNG picture of the whole screen.")
        var screenshot: String

        @Option(
            help: "x,y,width,height: what is looked for. Repeat for several areas.",
            transform: Rectangle.init(argument:)
        )
        var region: [Rectangle]

        @Option(help: "x,y,width,height: what may look like anything.", transform: Rectangle.init(argument:))
        var exclude: [Rectangle] = []

        @Option(help: "x,y: where to click, in pixels of the screenshot.", transform: Point.init(argument:))
        var click: Point?

        @Option(help: "The picture's name: its language, theme or the like.")
        var variant = "screen"

        @Flag(help: "Write over a picture of the same name.")
        var replace = false

        func validate() throws {
            guard !region.isEmpty else { throw ValidationError("Name at least one --region.") }
            if let click, !region[0].contains(click) {
                throw ValidationError("Expected a point to click on in the first region, which is \(region[0]).")
            }
        }

        func run() async throws {
            var areas = region.map { NeedleFile.Area(kind: .match, rectangle: $0) }
            areas[0].clickPoint = click.map { Point(x: $0.x - region[0].x, y: $0.y - region[0].y) }
            areas += exclude.map { NeedleFile.Area(kind: .exclude, rectangle: $0) }
            let proposal = NeedleEditor.Proposal(
                needle: name,
                variant: variant,
                screen: try Picture(screenshot: screenshot),
                file: NeedleFile(areas: areas)
            )
            for file in try NeedleEditor(folder: folder.path).write(proposal, replacing: replace) {
                print("wrote \(file)")
            }
            for finding in try proposal.lint() { print("warning: \(name)/\(finding)") }
        }
    }

    struct Review: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the needles that nearly matched a run's screens, and accept new pictures one by one."
        )

        @OptionGroup var folder: Folder

        @Argument(help: "The run directory.")
        var run = "runs/latest"

        @Option(help: "Where the old, the new and the difference are written, side by side.")
        var output = "needle-review"

        @Option(help: "Accept the new picture of this needle. Repeat for several; on a terminal each is asked for.")
        var accept: [String] = []

        @Flag(help: "Put an accepted picture in the old one's place, instead of beside it.")
        var replace = false

        func run() async throws {
            let store = try NeedleStore(loading: folder.path)
            for name in accept { _ = try store.needle(named: name) }
            let review = try NeedleReview(of: store.all, on: RecordedScreens(below: [run]))
            guard !review.cases.isEmpty else {
                print("No needle nearly matched a screen of \(run).")
                return
            }
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            for found in review.cases { try show(found) }
        }

        private func show(_ found: NeedleReview.Case) throws {
            let picture = "\(output)/\(found.needle.name.replacing("/", with: "-")).png"
            try Data(found.comparison.png()).write(to: URL(filePath: picture))
            let percent = (found.sighting.differingShare * 1000).rounded() / 10
            print(
                "\(found.needle.name) (picture \(found.proposal.variant)): \(percent) % differ, worst at \(found.sighting.worstPixel)"
            )
            print("  screen: \(found.screen)")
            print("  old, new, difference: \(picture)")
            guard try isAccepted(found) else { return }
            var proposal = found.proposal
            if !replace { proposal.variant = found.freeVariant }
            for file in try NeedleEditor(folder: folder.path).write(proposal, replacing: replace) {
                print("  wrote \(file)")
            }
        }

        private func isAccepted(_ found: NeedleReview.Case) throws -> Bool {
            if accept.contains(found.needle.name) { return true }
            guard accept.isEmpty, isatty(STDIN_FILENO) == 1 else { return false }
            FileHandle.standardOutput.write(Data("  accept the new picture? [y/N] ".utf8))
            return ["y", "yes"].contains(readLine()?.lowercased())
        }
    }

    struct Unused: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List needles that no feature, checkpoint or step names."
        )

        @OptionGroup var folder: Folder

        @Option(name: .customLong("in"), help: "A folder of features or steps. Repeat for several.")
        var folders = ["features", "snapshots", "Sources"]

        func run() async throws {
            let store = try NeedleStore(loading: folder.path)
            let unused = NeedleUsage(below: folders).unused(among: store.all)
            for needle in unused { print(needle.name) }
            if !unused.isEmpty { throw ExitCode(Verdicts.ExitCode.wrongSuite.rawValue) }
        }
    }
}
