import CLibvirt
import Foundation
package import SystemPackage

/// libvirt with its QEMU driver, inside this process.
///
/// Valid within the scope that made it.
///
/// Has to be used inside a sandbox: it leaves processes behind when this process is killed, and the sandbox ends them.
package struct Hypervisor: Sendable {
    let connection: LibvirtObject
    let router: EventRouter
    let root: FilePath
    let capabilities: CapabilitiesCache?
    let calls = BlockingCalls("libvirt machines")

    /// The file in which QEMU's own messages about a machine are kept.
    package func log(of machine: String) -> FilePath {
        root.appending("log/qemu").appending("\(machine).log")
    }
}

/// Opens libvirt's embedded QEMU driver, with all its files below `root`, while `body` runs.
///
/// The root is a folder of this process alone, with a path of at most 40 characters, since sockets lie deep below it.
/// The capabilities cache is a folder that outlives the process and makes the next start fast.
///
/// Throws ``MachineError``, or the error of `body`.
package func withHypervisor<Value>(
    root: FilePath,
    capabilitiesCache: FilePath? = nil,
    body: (Hypervisor) async throws -> Value
) async throws -> Value {
    let capabilities = capabilitiesCache.map { CapabilitiesCache(kept: $0, root: root) }
    try prepare(root)
    capabilities?.restore()

    // Read when the library starts. Its warnings go to a file, not between this process's messages.
    setenv("LIBVIRT_LOG_OUTPUTS", "3:file:\(root.appending("log/libvirt.log"))", 0)
    let calls = BlockingCalls("libvirt connection")
    let loop = try EventLoop()
    let router = EventRouter()
    let opened = await calls.run { () -> Result<LibvirtObject, MachineError> in
        guard let pointer = onFirstProcessor({ virConnectOpen("qemu:///embed?root=\(root.string)") }) else {
            return .failure(.hypervisorUnavailable(.last()))
        }
        let connection = LibvirtObject(pointer) { _ in 0 }
        return Result { () throws(MachineError) in
            try router.register(on: connection)
            return connection
        }
    }
    let result: Result<Value, any Error>
    do {
        let hypervisor = Hypervisor(
            connection: try opened.get(),
            router: router,
            root: root,
            capabilities: capabilities
        )
        result = .success(try await body(hypervisor))
    } catch {
        result = .failure(error)
    }
    // Closed while the loop still runs, and the router, which libvirt calls, goes last.
    await calls.run {
        if case .success(let connection) = opened { _ = virConnectClose(connection.pointer) }
        loop.stop()
    }
    withExtendedLifetime(router) {}
    return try result.get()
}

/// Makes the driver's folder with a configuration in it that leaves out what a sandbox has no use for.
private func prepare(_ root: FilePath) throws(MachineError) {
    guard root.string.utf8.count <= 40 else {
        throw .hypervisorUnavailable(
            LibvirtFailure(
                code: 0,
                message: "\(root) is longer than 40 characters, so that socket names below it are too long"
            )
        )
    }
    // Users and groups are the sandbox's own ones, of which there is just one each. The rest (labels, cgroups,
    // namespaces of QEMU, virtlogd) needs root, or takes time for a second fence around the sandbox's fence.
    let configuration = """
        user = "+\(geteuid())"
        group = "+\(getegid())"
        dynamic_ownership = 0
        remember_owner = 0
        security_driver = "none"
        cgroup_controllers = []
        namespaces = []
        stdio_handler = "file"

        """
    do {
        for folder in ["etc", "log", "nvram"] {
            try FileManager.default.createDirectory(
                atPath: root.appending(folder).string,
                withIntermediateDirectories: true
            )
        }
        try configuration.write(toFile: root.appending("etc/qemu.conf").string, atomically: false, encoding: .utf8)
    } catch {
        throw .hypervisorUnavailable(LibvirtFailure(code: 0, message: "its folder can't be made: \(error)"))
    }
}
