import Accelerators
import Foundation
import Sandbox
import Subprocess
import SystemPackage

/// Scenarios in a file of their own.
struct Feature {
    struct Scenario {
        let name: String
        let steps: [String]

        init(_ name: String, _ steps: [String]) {
            self.name = name
            self.steps = steps
        }
    }

    let name: String
    let scenarios: [Scenario]

    init(_ name: String, _ scenarios: [Scenario]) {
        self.name = name
        self.scenarios = scenarios
    }

    var text: String {
        let parts = scenarios.map { "  Scenario: \($0.name)\n" + $0.steps.map { "    \($0)\n" }.joined() }
        return "Feature: \(name)\n\n" + parts.joined(separator: "\n")
    }
}

/// A temporary folder with a suite, a system and a cache of its own, in which `assay` is run as a user would.
struct Workshop {
    let folder: URL
    let accelerator: Accelerator.Choice

    /// Kept from run to run, so that the first one finds it empty and the others warm.
    var cache: URL { folder.appending(path: "cache") }

    fileprivate init(accelerator: Accelerator.Choice) throws {
        // Short, and without the links that a temporary folder may be reached through.
        folder = URL(filePath: "/tmp/assay-bench-\(UUID().uuidString.prefix(8))")
        self.accelerator = accelerator
        let files = FileManager.default
        for name in ["features/systems", "snapshots/checkpoints", "cache", "images"] {
            try files.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        try system.write(to: folder.appending(path: "features/systems/bench.yaml"), atomically: false, encoding: .utf8)
        try policy.write(
            to: folder.appending(path: "features/systems/bench.policy.yaml"),
            atomically: false,
            encoding: .utf8
        )
    }

    /// Runs one scenario on a guest, and returns what became known about it.
    func run(_ name: String, steps: [String], image: URL, options: [String] = []) async throws -> AssayRun<Watch.Result>
    {
        try await run(
            feature: Feature(name, [.init(name, steps)]),
            system: "bench",
            image: image,
            options: options,
            watch: { await Watch($0).untilCancelled() }
        )
    }

    /// Runs all scenarios of a feature, and returns what became known about them.
    ///
    /// `watch` looks at the run, of which it gets the folder, until it is cancelled.
    func run<Seen: Sendable>(
        feature: Feature,
        system: String,
        image: URL,
        options: [String] = [],
        watch: @escaping @Sendable (URL) async -> Seen
    ) async throws -> AssayRun<Seen> {
        let file = folder.appending(path: "features/\(feature.name).feature")
        try feature.text.write(to: file, atomically: false, encoding: .utf8)
        let output = folder.appending(path: "run-\(UUID().uuidString.prefix(8))")
        // The next run needs the room, and captures of hundreds of scenarios take some.
        defer { try? FileManager.default.removeItem(at: output) }
        let program = try SandboxExecutable.beside("assay")
        let arguments =
            [
                "run", file.path(), "--system", system, "--image", image.path(), "--output", output.path(),
                "--accelerator", accelerator.rawValue,
            ] + options
        return try await withThrowingTaskGroup(of: Part<Seen>.self) { group in
            group.addTask { .watched(await watch(output)) }
            group.addTask {
                let started = wallClock
                let result = try await Subprocess.run(
                    .path(program),
                    arguments: Arguments(arguments),
                    environment: .inherit.updating(["ASSAY_CACHE": cache.path()]),
                    workingDirectory: FilePath(folder.path()),
                    output: .string(limit: 1 << 20),
                    error: .string(limit: 1 << 20)
                )
                guard result.terminationStatus.isSuccess else {
                    throw BenchError(
                        "assay ended with \(result.terminationStatus):\n\(result.standardOutput)\(result.standardError)"
                    )
                }
                return .ended(started: started, ended: wallClock)
            }
            var times = (started: 0.0, ended: 0.0)
            var watched: Seen?
            for try await part in group {
                switch part {
                case .ended(let started, let ended):
                    times = (started, ended)
                    group.cancelAll()
                case .watched(let seen): watched = seen
                }
            }
            guard let watched else { throw CancellationError() }
            return AssayRun(
                started: times.started,
                ended: times.ended,
                record: try RunRecord(output.appending(path: "messages.ndjson")),
                watched: watched
            )
        }
    }

    private enum Part<Seen: Sendable>: Sendable {
        case ended(started: Double, ended: Double)
        case watched(Seen)
    }

    private var system: String {
        """
        version: 1
        name: bench
        policy: bench.policy.yaml
        images:
          recipe: none
          sizes:
            - name: tiny
              memory: 1024
        boot:
          menu: \(Guest.menu)
          bios:
            edit: []
            start: [Return]
          uefi:
            edit: []
            start: [Return]
        tor:
          configuration: none
          apply: none
          socks: 127.0.0.1:9050
        protection:
          firewall-off: none
          ipv6-on: none
          drop-log: none

        """
    }

    private var policy: String {
        """
        version: 1
        name: bench
        ipv6: none
        real-hardware-addresses: forbidden
        allowed:
          - purpose: Finding the stations of the local network
            arp:
              operations: [request, reply]

        """
    }
}

/// Runs `body` in a workshop, which is gone after.
func withWorkshop<Value>(accelerator: Accelerator.Choice, _ body: (Workshop) async throws -> Value) async throws
    -> Value
{
    let workshop = try Workshop(accelerator: accelerator)
    defer { try? FileManager.default.removeItem(at: workshop.folder) }
    return try await body(workshop)
}
