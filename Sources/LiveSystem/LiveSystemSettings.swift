package import Accelerators
import Foundation
package import ScenarioWorlds
package import SimulatedInternet
package import VideoRecording

/// Everything that a worker needs to know to make a live system: values only, since it crosses a process boundary.
package struct LiveSystemSettings: Codable, Sendable {
    /// The system under test.
    package let description: SystemDescription
    /// The text of the leak policy, which every record quotes.
    package let policy: String
    /// Where the policy stands, for errors.
    package let policyFile: String
    /// Policies for scenarios with a tag.
    package let policies: [DescribedSystem.TaggedPolicy]
    /// The path of the folder whose files the update server serves, if there is one.
    package let updates: String?
    /// The image files, by the names of the sizes.
    package let images: [String: String]
    /// How guests are executed.
    package let accelerator: Accelerator
    /// Multiplies every deadline; emulation is allowed for already.
    package let timeoutScale: Double
    /// A folder that outlives the run: warm Tor networks, capabilities of QEMU.
    package let cache: String
    /// The folder of needles and checkpoints.
    package let snapshots: String
    /// When a video of a scenario is kept.
    package var video = VideoChoice.never
    /// When a scenario stands still for a person; never when `nil`.
    package var pauseOn: PauseRule?
    /// The folder for the sockets at which screens can be watched; nobody watches when `nil`.
    package var viewFolder: String?

    /// How much longer things take when every instruction of the guest is translated.
    private static let emulationScale = 3.0

    /// Collects the settings of a run.
    ///
    /// `timeoutScale` is what the user asked for.
    ///
    /// - Throws: An error of Foundation when the cache folder can't be made.
    package init(
        system: DescribedSystem,
        images: [String: String],
        accelerator: Accelerator,
        timeoutScale: Double
    ) throws {
        let here = FileManager.default.currentDirectoryPath
        description = system.description
        policy = system.policy
        policyFile = system.policyFile
        policies = system.policies
        updates = system.updates.map { $0.hasPrefix("/") ? $0 : "\(here)/\($0)" }
        self.images = images
        self.accelerator = accelerator
        self.timeoutScale =
            switch accelerator {
            case .kvm: timeoutScale
            // Rounded, so that limits read as people write them: 0.05 * 3 is a bit more than 0.15.
            case .tcg: (timeoutScale * Self.emulationScale * 1e6).rounded() / 1e6
            }
        cache = try Self.makeCacheFolder()
        snapshots = "\(here)/snapshots"
    }

    /// How long any step may take; steps have tighter deadlines of their own.
    package var stepDeadline: Duration { .seconds(900) * timeoutScale }

    /// How long a worker may say nothing: as long as a step may take, and as long as setting up may take before it.
    package var longestSilence: Duration { stepDeadline + .seconds(120) * timeoutScale }

    /// The simulated internet that every scenario begins with.
    package var internet: InternetConfiguration {
        var configuration = description.internet.configuration
        configuration.updates = updates
        return configuration
    }

    /// The policy for a scenario with these tags, and where it stands.
    package func policy(for tags: [String]) -> (text: String, file: String) {
        policies.first { tags.contains($0.tag) }.map { ($0.text, $0.file) } ?? (policy, policyFile)
    }

    /// Files and folders that a worker has to see.
    package var paths: [String] {
        (Array(images.values) + [cache, snapshots] + [updates, viewFolder].compactMap(\.self)).filter {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    /// The folder that outlives runs, which is made when it is not there.
    ///
    /// - Throws: An error of Foundation when it can't be made.
    package static func makeCacheFolder() throws -> String {
        try FileManager.default.createDirectory(atPath: cacheFolder, withIntermediateDirectories: true)
        return cacheFolder
    }

    /// `$ASSAY_CACHE`, or `assay` in the user's cache folder (XDG Base Directory Specification).
    private static var cacheFolder: String {
        let environment = ProcessInfo.processInfo.environment
        if let chosen = environment["ASSAY_CACHE"], chosen.hasPrefix("/") { return chosen }
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return "\(folder)/assay" }
        return "\(NSHomeDirectory())/.cache/assay"
    }
}
