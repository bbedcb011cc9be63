import Accelerators
import ArgumentParser
import Foundation
import SystemPackage

/// Measures what Assay promises about its own speed; `ci/bench` builds and starts it.
///
/// Not a test: figures depend on the machine and on what else it does, so people compare them, and nothing fails.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ci/bench",
        abstract: "Measure Assay's own speed: medians of several runs, beside the goals and what a rival needs.",
        discussion: """
            start      the command `assay run` until the guest's processors run
            reaction   a change of the guest's pixels until the waiting step goes on
            stillness  processor time while a step waits before a still screen
            tor        the simulated internet, until a page comes through its Tor network
            """
    )

    /// What can be measured.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case start, reaction, stillness, tor
    }

    /// How figures are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: "What to measure: \(Subject.allCases.map(\.rawValue).joined(separator: ", ")). Default: all.")
    var subjects: [Subject] = []

    @Option(help: "How often each figure is taken with warm caches.")
    var runs = 5

    @Option(help: "How many changes of the screen are waited for, at most \(Guest.rows).")
    var rounds = 12

    @Option(help: "For how many seconds the screen is still.")
    var stillness = 60

    @Option(help: "text or json.")
    var format = Format.text

    @Option(help: "auto, kvm or tcg, as for `assay run`.")
    var accelerator = Accelerator.Choice.auto

    func validate() throws {
        guard runs > 0, (1...Guest.rows).contains(rounds), (5...3600).contains(stillness) else {
            throw ValidationError(
                "--runs needs 1 or more, --rounds 1 to \(Guest.rows), --stillness 5 to 3600 seconds."
            )
        }
    }

    func run() async throws {
        let load = Load.current
        let figures = try await withWorkshop(accelerator: accelerator) { workshop in
            var figures: [Figure] = []
            for subject in subjects.isEmpty ? Subject.allCases : subjects {
                switch subject {
                case .start: figures += try await measureStart(in: workshop, runs: runs)
                case .reaction: figures += try await measureReaction(in: workshop, rounds: rounds)
                case .stillness: figures += try await measureStillness(in: workshop, seconds: stillness)
                case .tor: figures += try await measureTor(in: workshop, runs: runs)
                }
            }
            return figures
        }
        let result = BenchResult(figures: figures, load: [load, Load.current])
        switch format {
        case .text: print(result.table)
        case .json: print(try result.json)
        }
    }
}

extension Accelerator.Choice: ExpressibleByArgument {}

/// Says what is being done to the person who waits; figures alone go to standard output.
func note(_ text: String) {
    FileHandle.standardError.write(Data("bench: \(text)\n".utf8))
}

/// A measurement that could not be made.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
