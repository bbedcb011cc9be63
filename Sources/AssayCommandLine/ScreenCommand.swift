import ArgumentParser
import Foundation
import NeedleKeeping
import Pictures
import ScreenMatching
import Verdicts

/// Looks at screenshots as scenarios look at screens.
struct ScreenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen",
        abstract: "Match needles in a screenshot, or read its text.",
        subcommands: [Find.self, Read.self]
    )

    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Match needles in a screenshot; ends with 1 when one of them is not there."
        )

        @Argument(help: "A PNG picture.")
        var screenshot: String

        @Argument(help: "Needles, such as desktop/terminal.")
        var needles: [String]

        @Option(help: "The folder of needles.")
        var folder = "snapshots/needles"

        @Option(help: "x,y,width,height: where the needle's first area must lie.", transform: Rectangle.init(argument:))
        var region: Rectangle?

        @Option(name: .shortAndLong, help: "text or json.")
        var format = ScreenFormat.text

        func run() async throws {
            let store = try NeedleStore(loading: folder)
            let wanted = try needles.map { try store.needle(named: $0) }
            let picture = try Picture(screenshot: screenshot)
            var lookups: [NeedleLookup] = []
            let reader = try TextReader()
            for needle in wanted {
                lookups.append(try NeedleLookup(of: needle, on: picture, in: region, reader: reader))
            }
            switch format {
            case .text: for lookup in lookups { print(lookup) }
            case .json: print(try lookups.json())
            }
            if lookups.contains(where: { !$0.isFound }) { throw ExitCode(Verdicts.ExitCode.failed.rawValue) }
        }
    }

    struct Read: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Read the text of a screenshot, line by line.")

        @Argument(help: "A PNG picture.")
        var screenshot: String

        @Option(help: "x,y,width,height: only this part of it.", transform: Rectangle.init(argument:))
        var region: Rectangle?

        @Option(help: "Tesseract's names of languages, such as eng or deu+eng.")
        var language = "eng"

        @Option(name: .shortAndLong, help: "text or json.")
        var format = ScreenFormat.text

        func run() async throws {
            let picture = try Picture(screenshot: screenshot)
            let lines = try await TextReader(languages: language).lines(of: picture, in: region)
            switch format {
            case .text: for line in lines { print(line) }
            case .json: print(try lines.json())
            }
        }
    }
}
