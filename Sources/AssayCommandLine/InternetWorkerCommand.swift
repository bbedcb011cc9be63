import ArgumentParser
import Diagnostics
import Foundation
import LiveSystem
import SimulatedInternet
import SystemPackage

/// What the simulated internet in a sandbox is to be like.
struct InternetJob: Codable, Sendable {
    var configuration: InternetConfiguration
    /// Whether a Tor client is to be connected for the visitor.
    let tor: Bool
    let cache: String

    init(_ wish: InternetWish, _ system: DescribedSystem?) throws {
        configuration = system?.description.internet.configuration ?? InternetConfiguration()
        let here = FileManager.default.currentDirectoryPath
        configuration.updates = system?.updates.map { $0.hasPrefix("/") ? $0 : "\(here)/\($0)" }
        configuration.parts = wish.parts.union(configuration.parts).sorted { $0.rawValue < $1.rawValue }
        if wish.dhcpv6 { configuration.leasesIPv6 = true }
        try configuration.validate()
        tor = wish.tor
        cache = "\(try LiveSystemSettings.makeCacheFolder())/internet"
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
    }
}

/// What the worker says, one line of JSON each.
enum InternetMessage: Codable, Sendable {
    case up(InternetScene)
    case failed(InternetFailure)
}

/// Why there is no simulated internet, or no longer.
struct InternetFailure: ExplainedError, Codable, Equatable {
    let blame: Blame
    let summary: String
    let context: [String]
    let hint: String?

    init(_ error: any Error) {
        let explained = error as? any ExplainedError
        blame = explained?.blame ?? .harness
        summary = explained?.summary ?? "\(error)"
        context = explained?.context ?? []
        hint = explained?.hint
    }
}

/// What runs inside a sandbox for `internet up`: reads one job, says what is there, and ends with its input.
struct InternetWorkerCommand: AsyncParsableCommand {
    static let name = "worker"
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Run the simulated internet inside a sandbox (started by `assay internet up`).",
        shouldDisplay: false
    )

    func run() async throws {
        guard let line = readLine(strippingNewline: true) else { return }
        let job = try JSONDecoder().decode(InternetJob.self, from: Data(line.utf8))
        do {
            _ = try await withInterrupts {
                try await withSimulatedInternet(
                    job.configuration,
                    scratch: "/run/assay/internet",
                    cache: FilePath(job.cache)
                ) { internet in
                    try await internet.withVisitor(tor: job.tor) { visitor, network in
                        Self.say(.up(InternetScene(internet, visitor, network, tor: job.tor)))
                        try await InputEnd.wait()
                    }
                }
            }
        } catch is Interrupted {
            return
        } catch {
            Self.say(.failed(InternetFailure(error)))
        }
    }

    private static func say(_ message: InternetMessage) {
        guard let line = try? JSONEncoder().encode(message) else { return }
        Assay.write(String(decoding: line, as: UTF8.self) + "\n", to: .standardOutput)
    }
}
