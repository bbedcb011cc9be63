import ArgumentParser
import Diagnostics
import Foundation
import Gherkin
import LiveSystem
import ScenarioRunner
import StepDefinitions
import Verdicts

/// Runs steps against a live machine, one line at a time.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Run steps against a live machine, one line at a time.",
        discussion: """
            The prompt is that of `assay run --pause-on`: type the text of a step, or `help`. With --view the screen is in \
            the browser meanwhile.
            """
    )

    /// What a machine without a checkpoint is brought up by.
    private static let bootStep = "the computer is booted"

    @Argument(help: "The title of the checkpoint to start from. Default: a freshly booted image.")
    var checkpoint: String?

    @Option(help: "The system under test: a description in features/systems.")
    var system = "reference"

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard options.pauseOn == nil else {
            throw ValidationError("The console pauses by itself; leave --pause-on out.")
        }
        guard options.parallel == 1 else { throw ValidationError("There is one person at the console.") }
    }

    func run() async throws {
        let described = try PlanRequest.describedSystem(system)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = "\(folder.path)/console.feature"
        try Data(try feature().utf8).write(to: URL(filePath: file))
        var request = PlanRequest()
        request.paths = [file]
        request.system = system
        request.order = ScenarioOrder.defined.description
        var options = options
        options.pauseOn = .end
        options.noStandby = true
        if options.video == nil { options.video = .never }
        if options.output == nil { options.output = "\(folder.path)/run" }
        var limits = RunOptions.Limits()
        limits.isConsole = true
        let plan = try request.plan()
        Assay.note("making the machine ready; a checkpoint that is not kept yet takes as long as its steps")
        let code = try await options.run(plan, request, on: described, limits: limits)
        // What a person tried out is no verdict.
        guard code == .passed || code == .failed || code == .wrongSuite else {
            throw ArgumentParser.ExitCode(code.rawValue)
        }
    }

    /// A feature whose only scenario brings the machine to where the person wants to begin.
    private func feature() throws -> String {
        var ids = IdSequence()
        let checkpoints = try SuiteOptions.checkpoints(ids: &ids)?.pickles ?? []
        var (tags, step) = ([String](), Self.bootStep)
        if let checkpoint {
            guard let found = checkpoints.first(where: { $0.name == checkpoint }) else {
                let names = checkpoints.map(\.name)
                throw ConsoleError.unknown(checkpoint, nearest: nearestName(to: checkpoint, among: names), known: names)
            }
            (tags, step) = (found.tags.map(\.name), found.name)
        }
        return "\(tags.joined(separator: " "))\nFeature: The console\n  Scenario: console\n    Given \(step)\n"
    }
}

/// A reason why the console can't begin.
enum ConsoleError: ExplainedError, Equatable {
    case unknown(String, nearest: String?, known: [String])
    case noFolder(String)

    var blame: Blame { if case .noFolder = self { .host } else { .testAuthor } }

    var summary: String {
        switch self {
        case .unknown(let name, _, _): "There is no checkpoint with the title \(name.debugDescription)."
        case .noFolder(let reason): "A temporary folder is needed, and can't be made: \(reason)"
        }
    }

    var context: [String] {
        if case .unknown(_, _, let known) = self { known.map { "there is: \($0)" } } else { [] }
    }

    var hint: String? {
        if case .unknown(_, let nearest?, _) = self { "Did you mean \(nearest.debugDescription)?" } else { nil }
    }
}

/// A folder that only this user may enter.
struct TemporaryFolder {
    let path: String

    /// Makes a folder.
    ///
    /// - Throws: ``ConsoleError/noFolder(_:)``.
    init() throws(ConsoleError) {
        var template = Array("\(NSTemporaryDirectory())/assay-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .noFolder(String(cString: strerror(errno))) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Leftovers.add(path)
    }

    func remove() { Leftovers.remove(path) }
}
