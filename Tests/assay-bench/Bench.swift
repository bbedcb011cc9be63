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
            motion     a picture that comes back at another place until the waiting step goes on
            hurry      processor time while a step waits before a busy screen, with a video
            typing     long texts typed while the host is busy, and whether they came exactly
            plan       ten thousand scenarios, read from disk and planned
            judging    packets judged by `assay leaks`, of three sizes, beside tcpdump
            stream     the memory in which 20 GB from a pipe are judged
            leaks      a leaking frame until it is judged, at 0, 50 and 100 Mbit/s of innocent traffic
            tor        the simulated internet, until a page comes through its Tor network
            boot       a real guest's boot, until it answers
            restore    a real guest's restore from a checkpoint, until it answers
            standby    the same when it was prepared before its turn
            save       how long a guest stands still to be kept
            clones     the memory of four guests from one checkpoint
            overhead   the time of a scenario besides its steps
            scaling    hundreds of scenarios, on 1, 2 and 4 workers
            virsh      what libvirt's own shell needs to save and restore the same guest, if it is installed
            autoinst   what os-autoinst needs to save and load a snapshot of it, if it is installed

            Those from boot on need the reference image, and minutes; stream and the last three are measured only when named.
            """
    )

    /// What can be measured.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case start, reaction, motion, stillness, hurry, typing, plan, judging, stream, leaks, tor
        case boot, restore, standby, save, clones, overhead, scaling, virsh, autoinst

        /// Of these, rivals and what takes longest are measured only for those who ask.
        static let usual = allCases.filter { ![.stream, .scaling, .virsh, .autoinst].contains($0) }
        var needsRealGuest: Bool {
            ![
                .start, .reaction, .motion, .stillness, .hurry, .typing, .plan, .judging, .stream, .leaks, .tor,
            ].contains(self)
        }
    }

    /// How figures are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(
        help:
            "What to measure: \(Subject.allCases.map(\.rawValue).joined(separator: ", ")). Default: \(Subject.usual.map(\.rawValue).joined(separator: ", "))."
    )
    var subjects: [Subject] = []

    @Option(help: "How often each figure is taken with warm caches.")
    var runs = 5

    @Option(help: "How many changes of the screen are waited for, at most \(Guest.rows).")
    var rounds = 12

    @Option(help: "For how many seconds the screen is still, or busy.")
    var stillness = 60

    @Option(help: "How many leaks the subject leaks injects at each rate.")
    var leaks = 200

    @Option(help: "The leak policy that they are judged by.")
    var policy = "features/systems/tor-only.policy.yaml"

    @Option(help: "How many scenarios the subject scaling has.")
    var scenarios = 200

    @Option(help: "On how many workers the subject scaling runs; repeat for several.")
    var workers = [1, 2, 4]

    @Option(help: "The reference image `minimal`. Default: what the recipe makes.")
    var image: String?

    @Option(help: "The program that makes reference images.")
    var recipe = "ci/image/ensure"

    @Option(help: "text or json.")
    var format = Format.text

    @Option(help: "auto, kvm or tcg, as for `assay run`.")
    var accelerator = Accelerator.Choice.auto

    func validate() throws {
        guard runs > 0, (1...Guest.rows).contains(rounds), (5...3600).contains(stillness),
            scenarios >= 4, (1...20_000).contains(leaks), workers.allSatisfy({ (1...64).contains($0) })
        else {
            throw ValidationError(
                """
                --runs needs 1 or more, --rounds 1 to \(Guest.rows), --stillness 5 to 3600 seconds, --scenarios 4 or \
                more, --leaks 1 to 20000, --workers 1 to 64.
                """
            )
        }
    }

    func run() async throws {
        let load = Load.current
        let figures = try await withWorkshop(accelerator: accelerator) { workshop in
            let subjects = subjects.isEmpty ? Subject.usual : subjects
            var figures: [Figure] = []
            for subject in subjects where !subject.needsRealGuest {
                figures += told(try await measure(subject, workshop))
            }
            guard subjects.contains(where: \.needsRealGuest) else { return figures }
            let guest = try RealGuest(try await findImage(), in: workshop, children: runs)
            for subject in subjects where subject.needsRealGuest {
                figures += told(try await measure(subject, guest))
            }
            return figures
        }
        let result = BenchResult(figures: figures, load: [load, Load.current])
        switch format {
        case .text: print(result.table)
        case .json: print(try result.json)
        }
    }

    /// Says at once what was found, since the rest may take a while.
    private func told(_ figures: [Figure]) -> [Figure] {
        for figure in figures { note(figure.text) }
        return figures
    }

    private func measure(_ subject: Subject, _ workshop: Workshop) async throws -> [Figure] {
        switch subject {
        case .start: try await measureStart(in: workshop, runs: runs)
        case .reaction: try await measureReaction(in: workshop, rounds: rounds)
        case .stillness: try await measureStillness(in: workshop, seconds: stillness)
        case .motion: try await measureMotion(in: workshop, rounds: rounds)
        case .hurry: try await measureHurry(in: workshop, seconds: stillness)
        case .typing: try await measureTyping(in: workshop, rounds: min(10, rounds))
        case .plan: try await measurePlan(in: workshop, runs: runs)
        case .judging: try measureJudging(in: workshop, runs: runs)
        case .stream: try measureJudgingMemory(in: workshop)
        case .leaks: try await measureLeakLatency(leaks: leaks, policy: policy, in: workshop)
        case .tor: try await measureTor(in: workshop, runs: runs)
        default: []
        }
    }

    private func measure(_ subject: Subject, _ guest: RealGuest) async throws -> [Figure] {
        switch subject {
        case .boot: try await measureBoot(of: guest, runs: runs)
        case .restore: try await measureRestore(of: guest, runs: runs, standby: false)
        case .standby: try await measureRestore(of: guest, runs: runs, standby: true)
        case .save: try await measureSave(of: guest, runs: runs)
        case .clones: try await measureClones(of: guest)
        case .overhead: try await measureOverhead(of: guest, scenarios: 30)
        case .scaling: try await measureScaling(of: guest, scenarios: scenarios, workers: workers)
        case .virsh: try await measureVirsh(of: guest, runs: runs)
        case .autoinst: try await measureOSAutoinst(of: guest, runs: runs)
        default: []
        }
    }

    private func findImage() async throws -> URL {
        if let image { return URL(filePath: image) }
        let lines = try await command(recipe, "minimal").split(separator: "\n")
        guard let path = lines.last else { throw BenchError("\(recipe) named no image") }
        return URL(filePath: String(path))
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
