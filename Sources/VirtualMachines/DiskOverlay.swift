import Subprocess
package import SystemPackage

/// A disk file that holds what differs from a base file, which stays as it is.
package enum DiskOverlay {
    /// Makes an overlay that differs in nothing yet.
    ///
    /// Both paths must be absolute: the overlay records the base's path and format, and is of no use without the base.
    ///
    /// - Throws: ``MachineError/overlayFailed(_:reason:)``, ``MachineError/imageUnusable(_:_:)`` when there is no base,
    ///   or ``MachineError/notInstalled(_:)``.
    package static func create(
        _ overlay: FilePath,
        on base: FilePath,
        format: MachineDescription.Disk.Format
    ) async throws(MachineError) {
        guard overlay.isAbsolute, base.isAbsolute else {
            throw .overlayFailed(overlay, reason: "its path and its base's path \(base) must be absolute")
        }
        _ = try BootMedium(reading: base)
        let options = ["create", "-q", "-f", "qcow2", "-b", base.string, "-F", format.rawValue, overlay.string]
        let failure: String?
        do {
            let result = try await Subprocess.run(
                .name("qemu-img"),
                arguments: Arguments(options),
                output: .discarded,
                error: .string(limit: 4096)
            )
            failure = result.terminationStatus.isSuccess ? nil : result.standardError
        } catch {
            throw .notInstalled("qemu-img (\(error))")
        }
        if let failure { throw .overlayFailed(overlay, reason: failure) }
    }
}
