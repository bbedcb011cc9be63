import CLibvirt
import Foundation
import Sandbox
package import SystemPackage

extension Hypervisor {
    /// Whether a machine's processors run as soon as it exists.
    package enum Start: Hashable, Sendable {
        /// They run.
        case running
        /// They stand still until ``Machine/resume()``.
        case suspended
        /// They stand still where those of a saved machine stood, until ``Machine/resume()``.
        ///
        /// The description must be the saved machine's, but for the files of disks, memory and variables: those must
        /// have the content they had when it was saved. The guest's display is in its mode, and QEMU sends nothing in
        /// the guest's name. The clock is the host's; the guest does not know of it before it is told.
        case restored(devices: FilePath)

        var isRestored: Bool {
            if case .restored = self { true } else { false }
        }
    }

    /// Makes a virtual machine and runs `body` with it; the machine is switched off after.
    ///
    /// - Throws: ``MachineError``, or the error of `body`.
    package func withMachine<Value>(
        _ description: MachineDescription,
        start: Start = .running,
        body: (Machine) async throws -> Value
    ) async throws -> Value {
        try check(description, start)
        let variables = root.appending("nvram").appending("\(description.name).fd")
        // An earlier machine of this name has left its own, which libvirt would take over.
        try? FileManager.default.removeItem(atPath: variables.string)
        let events = Broadcast<MachineEvent>()
        router.add(description.name, events)
        defer {
            router.remove(description.name)
            events.finish()
        }
        let domain = try await create(description, start, variables)
        let machine = Machine(
            description,
            domain: domain,
            log: log(of: description.name),
            variables: description.firmware == .uefi ? variables : nil,
            events: events
        )
        let result: Result<Value, any Error>
        do {
            if case .restored(let devices) = start {
                try await machine.load(devices: devices, scratch: root.appending("\(description.name).ppm"))
            }
            result = .success(try await body(machine))
        } catch {
            result = .failure(error)
        }
        // Switching off goes on when this task is cancelled: the call is not a suspension that cancellation ends.
        do { try await machine.powerOff() } catch { if case .success = result { throw error } }
        return try result.get()
    }

    private func create(
        _ description: MachineDescription,
        _ start: Start,
        _ variables: FilePath
    ) async throws(MachineError) -> LibvirtObject {
        let xml = description.domainXML(variables: variables, isRestored: start.isRestored)
        let flags = start == .running ? VIR_DOMAIN_NONE.rawValue : VIR_DOMAIN_START_PAUSED.rawValue
        let (connection, log, capabilities) = (connection, log(of: description.name), capabilities)
        return try await calls.run { () -> Result<LibvirtObject, MachineError> in
            guard let pointer = virDomainCreateXML(connection.pointer, xml, flags) else {
                return .failure(.startFailed(.last(), log: lastLines(of: log)))
            }
            // At once and not at the end, which a worker that is killed does not reach.
            capabilities?.store()
            return .success(LibvirtObject(pointer, release: virDomainFree))
        }.get()
    }
}

// MARK: - Checks

/// Finds what would let QEMU fail with a text that helps nobody.
private func check(_ description: MachineDescription, _ start: Hypervisor.Start) throws(MachineError) {
    let emulator = "/usr/bin/qemu-system-x86_64"
    guard access(emulator, X_OK) == 0 else { throw .notInstalled("QEMU at \(emulator)") }
    if description.firmware == .uefi {
        for path in MachineDescription.uefiFiles where access(path, R_OK) != 0 {
            throw .notInstalled("UEFI firmware at \(path)")
        }
        if let variables = description.variables, access(variables.string, R_OK) != 0 {
            throw .stateUnusable(reason: "its UEFI variables \(variables) can't be read", log: [])
        }
    }
    for (number, disk) in description.disks.enumerated() {
        let medium = try BootMedium(reading: disk.path)
        // Of the others nothing needs to be on them. What is in a qcow2 file can't be seen from here.
        if number == 0, description.kernel == nil, disk.format == .raw { try medium.check(bus: disk.bus) }
    }
    if let kernel = description.kernel {
        for path in [kernel.image] + [kernel.initialRamdisk].compactMap(\.self) { _ = try BootMedium(reading: path) }
    }
    try checkMemoryFile(description, start)
    // A clone takes only what it writes to, a fraction that can't be told from its size.
    if case .copyOnWrite = description.backing { return }
    if let available = HostMemory.available().map({ Int($0 >> 20) }), available < description.memory {
        throw .notEnoughMemory(wanted: description.memory, available: available)
    }
}

/// Finds a file that QEMU would take for memory though it is none, or none that may be used.
private func checkMemoryFile(_ description: MachineDescription, _ start: Hypervisor.Start) throws(MachineError) {
    var status = stat()
    let file: FilePath
    switch (description.backing, start.isRestored) {
    case (.anonymous, false):
        return
    case (.anonymous, true):
        throw .stateUnusable(reason: "no file with its memory was given", log: [])
    case (.shared(let path), false), (.copyOnWrite(let path), false):
        guard stat(path.string, &status) != 0 || status.st_size == 0 else { throw .memoryFileInUse(path) }
        return
    case (.shared(let path), true), (.copyOnWrite(let path), true):
        file = path
    }
    guard stat(file.string, &status) == 0 else {
        throw .stateUnusable(reason: "its memory file \(file) can't be read (\(Errno(rawValue: errno)))", log: [])
    }
    guard status.st_size == Int64(description.memory) << 20 else {
        throw .stateUnusable(
            reason: "its memory file has \(status.st_size) bytes where the machine has \(description.memory) MiB",
            log: []
        )
    }
}

/// The end of QEMU's own messages about a machine.
func lastLines(of log: FilePath) -> [String] {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: log.string)) else { return [] }
    let text = String(decoding: bytes.suffix(16 << 10), as: UTF8.self)
    // The command line, which takes dozens of lines that end so, is no message.
    let messages = text.split(separator: "\n").filter { !$0.hasSuffix("\\") && !$0.hasPrefix("-") }
    return messages.suffix(12).map { String($0.prefix(300)) }
}
