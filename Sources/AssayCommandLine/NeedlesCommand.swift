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
