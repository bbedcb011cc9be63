import FoundationEssentials
package import SystemPackage

/// The program that makes sandboxes.
package enum SandboxExecutable {
    /// The exit status with which it says that the sandbox could not be made.
    static let refusalStatus: Int32 = 71

    /// Finds a program that is installed beside the one that runs now.
    ///
    /// - Throws: ``SandboxError/executableMissing(_:)``.
    package static func beside(_ name: FilePath.Component = "assay-sandbox") throws(SandboxError) -> FilePath {
        // Read from the kernel, since the name that this program was started by may be a link or relative.
        let running = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/assay"
        let path = FilePath(running).removingLastComponent().appending(name)
        guard (try? FileDescriptor.open(path, .readOnly).close()) != nil else { throw .executableMissing(path) }
        return path
    }
}
