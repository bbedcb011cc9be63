package import Diagnostics
import Foundation
import Glibc
import LeakPolicy
import SimulatedInternet
import Subprocess
import SystemPackage
import TrafficAccounting
import VirtualMachines

/// What a checkpoint of a live system consists of: files in one folder.
///
/// The guest's memory lies in `memory`, what QEMU knows of the devices in `devices`, the UEFI variables in `variables`.
struct KeptState {
    /// What is known of the guest besides what the machine holds.
    struct World: Codable, Hashable, Sendable {
        /// The machine as it was started.
        var machine: MachineDescription
        /// The size of the image that it runs on.
        var size: String
        /// Whether something in the guest answered on its channel; a boot menu, for one, does not.
        var answers: Bool
        /// The layout of its keyboard.
        var keyboard: String
        /// What was done with the system in it.
        var guest: Guest
        /// What the guest was doing.
        var phase: Phase

        /// What the guest does when it goes on: in a network that is new to it, a connected Tor looks for its way again.
        var phaseWhenGoneOn: Phase { phase == .connected ? .bootstrapping : phase }
    }

    /// What was done with the guest and its surroundings.
    struct Guest: Codable, Hashable, Sendable {
        /// Whether the guest has an address that the simulated internet gave it.
        var hasLease: Bool
        /// Whether Tor in the guest is connected to the simulated network.
        var torIsConnected: Bool
        /// Whether it is connected through bridges.
        var torUsesBridges: Bool
        /// What of the simulated internet was asked for until then.
        var internet: InternetState
        /// The authority for TLS that the guest was made to trust, if it was.
        var authority: String?
        /// The connections that the guest believes to be open.
        var connections: [ConnectionEnds]
    }

    let folder: FilePath

    var memory: FilePath { folder.appending("memory") }
    var devices: FilePath { folder.appending("devices") }
    var variables: FilePath { folder.appending("variables") }
    private var description: FilePath { folder.appending("world.json") }

    /// Reads what is known of the guest.
    func world() throws -> World {
        try JSONDecoder().decode(World.self, from: Data(contentsOf: URL(filePath: description.string)))
    }

    /// Writes what is known of the guest.
    func write(_ world: World) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(world).write(to: URL(filePath: description.string))
    }

    /// Takes down the connections that the guest believes to be open, when all that it sent is known; what is not kept is
    /// left alone.
    func note(_ connections: [ConnectionEnds]) throws {
        guard FileManager.default.fileExists(atPath: description.string) else { return }
        var world = try world()
        world.guest.connections = connections
        try write(world)
    }

    /// Lets others use the files as the user's file creation mask says; QEMU opens memory for writing even to read it.
    func share() {
        // Not umask(2), which tells the mask only by changing it, for all threads.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Umask:") }
        let mask = line?.split(separator: "\t").last.flatMap { mode_t($0, radix: 8) } ?? 0o077
        for file in [memory, devices, variables, description] { chmod(file.string, 0o666 & ~mask) }
    }
}

/// Copies a file that has holes, such as a guest's memory; the copy has them too.
///
/// By cp(1), which shares blocks where the file system can, and else copies from cache to cache.
///
/// - Throws: ``StateError/notCopied(_:reason:)``.
func copySparse(_ source: FilePath, to target: FilePath) async throws {
    let result = try await run(
        .name("cp"),
        arguments: ["--sparse=auto", "--reflink=auto", "--", source.string, target.string],
        output: .discarded,
        error: .string(limit: 4096)
    )
    guard result.terminationStatus.isSuccess else {
        throw StateError.notCopied(source.string, reason: result.standardError)
    }
}

/// A reason why a state can't be kept or gone on from.
package enum StateError: ExplainedError, Equatable {
    case notCopied(String, reason: String)
    case otherAuthority

    package var blame: Blame { .host }

    package var summary: String {
        switch self {
        case .notCopied(let file, let reason): "A copy of \(file) was needed, and could not be made: \(reason)"
        case .otherAuthority:
            "The guest of the checkpoint has to trust the authority of this internet, and trusts one that is gone."
        }
    }

    package var hint: String? {
        switch self {
        case .notCopied: "Free some space on the disk that holds the cache, or lower --checkpoint-limit."
        case .otherAuthority: "Remove the checkpoint with `assay checkpoints prune --all`, and run again."
        }
    }
}
