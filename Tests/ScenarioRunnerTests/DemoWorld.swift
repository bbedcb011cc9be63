import Diagnostics
import Foundation
import ScenarioRunner
import ScenarioWorlds
import StepDefinitions
import Synchronization
import Verdicts

/// A world without virtual machines: a folder in which the programs of this host are run.
///
/// Nothing of it is pretended: files are files, and programs are processes.
final class Workbench: ScenarioWorld {
    /// What a program came to.
    struct Result: Sendable {
        var output = ""
        var status: Int32 = 0
    }

    let folder: String
    private let scenario: ScenarioContext
    private let last = Mutex<Result?>(nil)

    init(_ scenario: ScenarioContext, folder: String) {
        self.scenario = scenario
        self.folder = folder
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Runs a command of the shell in the folder.
    func run(_ command: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(filePath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let result = Result(output: String(decoding: output, as: UTF8.self), status: process.terminationStatus)
        last.withLock { $0 = result }
        scenario.log("\(command): \(result.status)")
    }

    func result() throws -> Result {
        guard let result = last.withLock(\.self) else { throw WorkbenchError.nothingRan }
        return result
    }

    func text(of name: String) throws -> String {
        guard let text = try? String(contentsOfFile: path(name), encoding: .utf8) else {
            throw WorkbenchError.differs("the file \(name)", "none")
        }
        return text
    }

    func expect(_ seen: String, _ expected: String) throws {
        guard seen == expected else { throw WorkbenchError.differs(expected, seen) }
    }

    // MARK: - As a world

    func stepBegins(_ text: String) async { scenario.phase(text) }

    func stepEnded(_ text: String, error: (any Error)?) async {
        guard error != nil, let output = last.withLock(\.self)?.output else { return }
        // As a screenshot is kept of a screen.
        try? Data(output.utf8).write(to: URL(filePath: "\(scenario.evidenceFolder)/output.txt"))
        scenario.keep(file: "output.txt", mediaType: "text/plain")
    }

    func restore() async throws {
        guard let start = scenario.start else { throw WorkbenchError.nothingRan }
        try copy(from: start.folder, to: folder)
    }

    func keepState() async throws {
        guard let state = scenario.stateFolder else { throw WorkbenchError.nothingRan }
        try copy(from: folder, to: state)
    }

    private func copy(from source: String, to target: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: source) where !name.hasPrefix("checkpoint.") {
            try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(target)/\(name)")
        }
    }
}

enum WorkbenchError: ExplainedError, Equatable {
    case differs(String, String)
    case nothingRan

    var blame: Blame {
        switch self {
        case .differs: .systemUnderTest
        case .nothingRan: .testAuthor
        }
    }

    var summary: String {
        switch self {
        case .differs(let expected, let seen): "Expected \(expected.debugDescription), saw \(seen.debugDescription)."
        case .nothingRan: "A program has to be run first."
        }
    }
}

/// Makes folders, and judges that no file in them may be written by everybody.
struct WorkbenchProvider: WorldProvider {
    func withWorld(
        for scenario: ScenarioContext,
        _ body: @escaping @Sendable (Workbench) async -> Void
    ) async throws -> [ConditionReport] {
        let folder = NSTemporaryDirectory() + "assay-workbench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        await body(Workbench(scenario, folder: folder))
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        let open = names.filter { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return (attributes?[.posixPermissions] as? Int ?? 0) & 0o002 != 0
        }
        return [
            ConditionReport(
                name: "traffic",
                state: open.isEmpty ? .held : .broken,
                word: open.isEmpty ? "clean" : "leaked",
                summary: open.isEmpty ? "No file was open to everybody." : "Everybody may write to a file.",
                details: open.sorted()
            )
        ]
    }
}

/// Runs each scenario in this process, with a world of its own.
struct WorkbenchWorker: ScenarioWorker {
    typealias Settings = String

    func run(
        _ job: WorkerJob<String>,
        mayBegin: @escaping @Sendable () async throws -> Bool,
        handle: @escaping @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict {
        let (events, continuation) = AsyncStream.makeStream(of: WorkerEvent.self)
        let hasTurn = Mutex(true)
        let executor = ScenarioExecutor(
            library: workbenchSteps,
            provider: TimedProvider(WorkbenchProvider(), deadline: ScenarioDeadline(stated: job.deadline, scale: 1)),
            stepDeadline: .seconds(3600),
            begin: {
                let begins = (try? await mayBegin()) ?? false
                hasTurn.withLock { $0 = begins }
                return begins
            },
            emit: { continuation.yield($0) }
        )
        async let worked = executor.run(job)
        async let told: Void = { for await event in events { try await handle(event) } }()
        let verdict = await worked
        continuation.finish()
        try await told
        guard hasTurn.withLock(\.self) else { throw WorkerError.notBegun }
        return verdict
    }
}

let workbenchSteps = StepLibrary<Workbench> {
    Given("a file {string} of {int} lines") { (bench: Workbench, name: String, lines: Int) async throws in
        let text = (0..<lines).map { "line \($0)\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: bench.path(name)))
    }
    Given("a file {string} with") { (bench: Workbench, name: String, text: DocString) async throws in
        try Data((text.content + "\n").utf8).write(to: URL(filePath: bench.path(name)))
    }
    Given("a folder {string}") { (bench: Workbench, name: String) async throws in
        try FileManager.default.createDirectory(atPath: bench.path(name), withIntermediateDirectories: true)
    }
    When("{string} is run") { (bench: Workbench, command: String) async throws in try bench.run(command) }
    Then("it ends with {int}") { (bench: Workbench, status: Int) async throws in
        try bench.expect("\(bench.result().status)", "\(status)")
    }
    Then("it prints {string}") { (bench: Workbench, text: String) async throws in
        try bench.expect(bench.result().output.trimmingCharacters(in: .newlines), text)
    }
    Then("it prints") { (bench: Workbench, text: DocString) async throws in
        try bench.expect(bench.result().output.trimmingCharacters(in: .newlines), text.content)
    }
    Then("the file {string} holds") { (bench: Workbench, name: String, text: DocString) async throws in
        try bench.expect(bench.text(of: name).trimmingCharacters(in: .newlines), text.content)
    }
    Then("the folder holds") { (bench: Workbench, names: DataTable) async throws in
        let seen = try FileManager.default.contentsOfDirectory(atPath: bench.folder).sorted()
        try bench.expect(seen.joined(separator: " "), names.rows.flatMap(\.self).joined(separator: " "))
    }
    Then("there is no file {string}") { (bench: Workbench, name: String) async throws in
        try bench.expect(FileManager.default.fileExists(atPath: bench.path(name)) ? "a file" : "none", "none")
    }
}
