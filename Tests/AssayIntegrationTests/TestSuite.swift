import Foundation
import Sandbox
import Subprocess
import SystemPackage

/// A folder with features and a system of their own, in which the program is run; removed at the end.
struct TestSuite: Sendable {
    /// The folder.
    let folder: String

    /// The program under test, which lies beside the tests.
    static var program: String { get throws { try SandboxExecutable.beside("assay").string } }

    /// Makes a folder with a system that needs no operating system, and a feature.
    init(feature: String, system: String = TestSuite.tinySystem) throws {
        folder = URL(filePath: NSTemporaryDirectory())
            .appending(path: "assay-suite-\(UUID().uuidString.prefix(8))").path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: "\(folder)/tmp", withIntermediateDirectories: true)
        try write(feature, to: "features/test.feature")
        try write(system, to: "features/systems/reference.yaml")
        let policy = try String(
            contentsOfFile: "\(Self.repository)/features/systems/tor-only.policy.yaml",
            encoding: .utf8
        )
        try write(policy, to: "features/systems/tor-only.policy.yaml")
    }

    /// Makes a folder, runs `body` in it, and removes it.
    static func with<Value>(
        feature: String = "Feature: nothing\n",
        image: BootSector? = .hangs,
        body: (TestSuite) async throws -> Value
    ) async throws -> Value {
        let suite = try TestSuite(feature: feature)
        defer { try? FileManager.default.removeItem(atPath: suite.folder) }
        if let image { try suite.write(image.disk, to: "test.img") }
        return try await body(suite)
    }

    // MARK: - Files

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ data: Data, to name: String) throws {
        let file = URL(filePath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// Brings along what the features of this repository know of their system.
    func copySystems() throws {
        let source = "\(Self.repository)/features/systems"
        for name in try FileManager.default.subpathsOfDirectory(atPath: source) {
            guard let data = FileManager.default.contents(atPath: "\(source)/\(name)") else { continue }
            try write(data, to: "features/systems/\(name)")
        }
    }

    func text(of name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

    func names(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []).sorted()
    }

    /// The names of the messages in the record of a run; a line that is no message is an error.
    func record(of run: String = "runs/latest") throws -> [String] {
        try text(of: "\(run)/messages.ndjson").split(separator: "\n").map { line in
            let message = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return message?.keys.first ?? ""
        }
    }

    // MARK: - Running

    /// What a run of the program looked like to its user.
    struct Outcome: Sendable {
        /// The exit status; 128 and more after a signal, as shells say it.
        let status: Int32
        /// What stood on the terminal.
        let output: String
        /// What stood on it as an error or a note.
        let errors: String
        /// Both.
        var text: String { output + errors }
    }

    /// Runs the program to its end.
    func assay(_ arguments: String...) async throws -> Outcome {
        try await run(Self.program, arguments)
    }

    /// Runs the program on the image of this suite, emulated, with short deadlines.
    func runImage(_ arguments: String...) async throws -> Outcome {
        try await run(Self.program, Self.runImage + arguments)
    }

    /// Runs a shell script, in which `$ASSAY` is the program.
    func shell(_ script: String) async throws -> Outcome { try await run("/bin/bash", ["-c", script]) }

    /// The arguments that run the image of a suite.
    static let runImage = ["run", "--image", "test.img", "--accelerator", "tcg", "--timeout-scale", "0.05"]

    private func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
        let result = try await Subprocess.run(
            configuration(program, arguments),
            output: .string(limit: 4 << 20),
            error: .string(limit: 4 << 20)
        )
        return Outcome(
            status: result.terminationStatus.shellStatus,
            output: result.standardOutput,
            errors: result.standardError
        )
    }

    /// How a program is started in the folder: without a terminal, and with temporary files where they are counted.
    func configuration(_ program: String, _ arguments: [String]) throws -> Configuration {
        Configuration(
            executable: .path(FilePath(program)),
            arguments: Arguments(arguments),
            environment: .inherit.updating([
                "TMPDIR": "\(folder)/tmp", "ASSAY": try Self.program, "CI_NODE_TOTAL": "",
            ]),
            workingDirectory: FilePath(folder)
        )
    }
}

extension TerminationStatus {
    /// The status as a shell says it.
    var shellStatus: Int32 {
        switch self {
        case .exited(let status): status
        case .signaled(let signal): 128 + signal
        }
    }
}

// MARK: - Systems

extension TestSuite {
    /// The folder of the package.
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path(percentEncoded: false)

    /// A system that is a boot sector.
    static let tinySystem = """
        version: 1
        name: tiny
        policy: tor-only.policy.yaml
        images:
          recipe: ./none
          sizes:
            - name: tiny
              memory: 64
        boot:
          menu: \(BootSector.menu)
          bios:
            edit: []
            start: [Return]
          uefi:
            edit: []
            start: [Return]
        tor:
          configuration: /none
          apply: "true"
          socks: 127.0.0.1:9050
        protection:
          firewall-off: "true"
          ipv6-on: "true"
          drop-log: "drop: "

        """

    /// A feature with one scenario of these steps.
    static func feature(_ steps: String...) -> String {
        "Feature: Trial\n  Scenario: Trial\n" + steps.map { "    \($0)\n" }.joined()
    }
}

/// Whether this host has what a run needs; tests that start a machine are skipped where it has not.
func machinesWork() async -> Bool {
    guard (try? TestSuite.program) != nil, FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64"),
        (try? FileDescriptor.open("/dev/net/tun", .readWrite).close()) != nil
    else { return false }
    return (try? await withSandboxedProcess("/bin/true") { _ in }) != nil
}
