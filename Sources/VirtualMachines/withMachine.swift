import CLibvirt
import Foundation
import Sandbox
import SystemPackage

extension Hypervisor {
    /// Whether a machine's processors run as soon as it exists.
    package enum Start: Sendable {
        /// They run.
        case running
        /// They stand still until ``Machine/resume()``.
        case suspended
    }

    /// Makes a virtual machine and runs `body` with it; the machine is switched off after.
    ///
    /// - Throws: ``MachineError``, or the error of `body`.
    package func withMachine<Value>(
        _ description: MachineDescription,
        start: Start = .running,
        body: (Machine) async throws -> Value
    ) async throws -> Value {
        try check(description)
        let events = Broadcast<MachineEvent>()
        router.add(description.name, events)
        defer {
            router.remove(description.name)
            events.finish()
        }
        let domain = try await create(description, start)
        let machine = Machine(description, domain: domain, log: log(of: description.name), events: events)
        let result: Result<Value, any Error>
        do { result = .success(try await body(machine)) } catch { result = .failure(error) }
        // Switching off goes on when this task is cancelled: the call is not a suspension that cancellation ends.
        do { try await machine.powerOff() } catch { if case .success = result { throw error } }
        return try result.get()
    }

    private func create(_ description: MachineDescription, _ start: Start) async throws(MachineError) -> LibvirtObject {
        let xml = description.domainXML(variables: root.appending("nvram").appending("\(description.name).fd"))
        let flags = start == .suspended ? VIR_DOMAIN_START_PAUSED.rawValue : VIR_DOMAIN_NONE.rawValue
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
private func check(_ description: MachineDescription) throws(MachineError) {
    let emulator = "/usr/bin/qemu-system-x86_64"
    guard access(emulator, X_OK) == 0 else { throw .notInstalled("QEMU at \(emulator)") }
    for path in description.firmware == .uefi ? MachineDescription.uefiFiles : [] where access(path, R_OK) != 0 {
        throw .notInstalled("UEFI firmware at \(path)")
    }
    for (number, disk) in description.disks.enumerated() {
        let medium = try BootMedium(reading: disk.path)
        // Of the others nothing needs to be on them. What is in a qcow2 file can't be seen from here.
        if number == 0, description.kernel == nil, disk.format == .raw { try medium.check(bus: disk.bus) }
    }
    if let kernel = description.kernel {
        for path in [kernel.image] + [kernel.initialRamdisk].compactMap(\.self) { _ = try BootMedium(reading: path) }
    }
    if let available = HostMemory.available().map({ Int($0 >> 20) }), available < description.memory {
        throw .notEnoughMemory(wanted: description.memory, available: available)
    }
}

private func lastLines(of log: FilePath) -> [String] {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: log.string)) else { return [] }
    let text = String(decoding: bytes.suffix(16 << 10), as: UTF8.self)
    // The command line, which takes dozens of lines that end so, is no message.
    let messages = text.split(separator: "\n").filter { !$0.hasSuffix("\\") && !$0.hasPrefix("-") }
    return messages.suffix(12).map { String($0.prefix(300)) }
}
