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
        try existing(pathOfRunning.removingLastComponent().appending(name))
    }

    /// Finds the program that runs now, so that it can be run again.
    ///
    /// - Throws: ``SandboxError/executableMissing(_:)`` when it was replaced since it was started.
    package static func running() throws(SandboxError) -> FilePath { try existing(pathOfRunning) }

    /// Read from the kernel, since the name that this program was started by may be a link or relative.
    private static var pathOfRunning: FilePath {
        FilePath((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/assay")
    }

    private static func existing(_ path: FilePath) throws(SandboxError) -> FilePath {
        guard (try? FileDescriptor.open(path, .readOnly).close()) != nil else { throw .executableMissing(path) }
        return path
    }
}
