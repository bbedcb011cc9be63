import CLibvirt
import FoundationEssentials
import Glibc
package import GuestChannel
import Synchronization
package import SystemPackage

/// A virtual machine.
///
/// Valid within the scope that made it; calls after the machine went off throw ``MachineError/isOff(action:)``.
///
/// ```
///  created ──> suspended <──suspend/resume──> running ──reset──> running
///                                                │ ├──guest panics──> panicked (stands still, to be looked at)
///                                                │ └──disk fails────> suspended
///                                                └──guest powers off, powerOff(), QEMU ends──> off
///  running or suspended ──save──> suspended for good ──powerOff()──> off
/// ```
package final class Machine: Sendable {
    /// What the processors of a machine do.
    package enum State: String, Sendable, Codable, CaseIterable {
        /// They run.
        case running
        /// They stand still and can go on.
        case suspended
        /// They stand still since the guest's kernel panicked.
        case panicked
        /// There are none.
        case off
    }

    /// The hardware as it was at the start.
    package let description: MachineDescription
    /// QEMU's own messages.
    package let log: FilePath
    /// The machine's own UEFI variables, when it has any.
    ///
    /// What the guest changes is in the file at any time.
    package let variables: FilePath?

    let happened: Broadcast<MachineEvent>
    /// Whether the machine was saved, so that it must never run again.
    let isSaved = Mutex(false)
    private let domain: LibvirtObject
    /// The number of the next disk, by which libvirt wants it called.
    private let nextDisk: Mutex<Int>
    private let calls = BlockingCalls("libvirt machine")
    /// Separate, since an agent's answer may take long, and a machine must be switched off meanwhile.
    private let agentCalls = BlockingCalls("libvirt agent")

    init(
        _ description: MachineDescription,
        domain: LibvirtObject,
        log: FilePath,
        variables: FilePath?,
        events: Broadcast<MachineEvent>
    ) {
        self.description = description
        self.domain = domain
        self.log = log
        self.variables = variables
        happened = events
        nextDisk = Mutex(description.disks.count)
    }

    /// All that happened to the machine from its start on, and will until its scope ends.
    ///
    /// For any number of readers.
    package var events: AsyncStream<MachineEvent> { happened.elements }

    // MARK: - Power

    /// Returns what the processors do at this moment.
    package func state() async throws(MachineError) -> State {
        let domain = domain
        return try await calls.run { () -> Result<State, MachineError> in
            var state: Int32 = 0
            guard virDomainGetState(domain.pointer, &state, nil, 0) == 0 else {
                let failure = LibvirtFailure.last()
                return failure.saysOff ? .success(.off) : .failure(.failed(action: "ask for the state", failure))
            }
            switch virDomainState(UInt32(bitPattern: state)) {
            case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED: return .success(.running)
            case VIR_DOMAIN_PAUSED, VIR_DOMAIN_PMSUSPENDED: return .success(.suspended)
            case VIR_DOMAIN_CRASHED: return .success(.panicked)
            default: return .success(.off)
            }
        }.get()
    }

    /// Lets the processors run on.
    package func resume() async throws(MachineError) {
        try await call("let the machine run", isAllowedAfterSave: false) { virDomainResume($0) }
    }

    /// Halts the processors between two instructions.
    package func suspend() async throws(MachineError) {
        try await call("halt the machine") { virDomainSuspend($0) }
    }

    /// Presses the reset button.
    package func reset() async throws(MachineError) {
        try await call("reset the machine", isAllowedAfterSave: false) { virDomainReset($0, 0) }
    }

    /// Presses the power button, which the guest may or may not react to.
    package func pressPowerButton() async throws(MachineError) {
        try await call("press the power button") {
            virDomainShutdownFlags($0, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN.rawValue)
        }
    }

    /// Pulls the plug.
    ///
    /// Does nothing when the machine is off.
    package func powerOff() async throws(MachineError) {
        do {
            try await call("switch the machine off") { virDomainDestroy($0) }
        } catch .isOff {
            return
        }
    }

    /// Waits until the machine is off, and says which event made it so.
    package func waitUntilOff(within limit: Duration) async throws(MachineError) -> MachineEvent {
        try await wait(for: "see the machine off", within: limit) { $0.endsMachine ? $0 : nil }
    }

    /// Waits until something has happened, or had happened already.
    package func wait<Value: Sendable>(
        for action: String,
        within limit: Duration,
        _ match: @escaping @Sendable (MachineEvent) -> Value?
    ) async throws(MachineError) -> Value {
        try await wait(for: action, in: events, within: limit, match)
    }

    /// Waits for something among the given events.
    func wait<Value: Sendable>(
        for action: String,
        in events: AsyncStream<MachineEvent>,
        within limit: Duration,
        _ match: @escaping @Sendable (MachineEvent) -> Value?
    ) async throws(MachineError) -> Value {
        let found: Value? = await withTaskGroup(of: Value?.self) { group in
            group.addTask {
                for await event in events {
                    if let value = match(event) { return value }
                }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let found else {
            throw Task.isCancelled ? .cancelled(action: action) : .timedOut(action: action, limit: limit)
        }
        return found
    }

    // MARK: - Connections

    /// Opens a connection to the display: D-Bus, peer to peer.
    ///
    /// The caller closes the descriptor.
    package func openDisplay() async throws(MachineError) -> Int32 {
        let domain = domain
        return try await calls.run { () -> Result<Int32, MachineError> in
            let descriptor = virDomainOpenGraphicsFD(domain.pointer, 0, 0)
            return descriptor >= 0 ? .success(descriptor) : .failure(.last(action: "open the display"))
        }.get()
    }

    /// Sends a JSON command to QEMU's monitor and returns the JSON answer, which has a member `return`.
    package func monitorCommand(_ command: String) async throws(MachineError) -> String {
        try await monitorCommand(command, passing: [])
    }

    /// Sends a command with open files, which QEMU gets its own descriptors of.
    func monitorCommand(_ command: String, passing files: [Int32]) async throws(MachineError) -> String {
        let domain = domain
        let answer = try await calls.run { () -> Result<String, MachineError> in
            var answer: UnsafeMutablePointer<CChar>?
            var files = files
            let count = UInt32(files.count)
            let done = virDomainQemuMonitorCommandWithFiles(
                domain.pointer,
                command,
                count,
                &files,
                nil,
                nil,
                &answer,
                0
            )
            guard done == 0, let answer else {
                return .failure(.last(action: "send a command to the monitor"))
            }
            defer { free(answer) }
            return .success(String(cString: answer))
        }.get()
        // A refusal is no failure of the call.
        struct Refusal: Decodable {
            struct Reason: Decodable { let desc: String }
            let error: Reason
        }
        if let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(answer.utf8)) {
            throw .monitorRefused(command: command, reason: refusal.error.desc)
        }
        return answer
    }

    // MARK: - Plugging

    /// Plugs a disk in.
    package func attach(_ disk: MachineDescription.Disk) async throws(MachineError) {
        _ = try BootMedium(reading: disk.path)
        let number = nextDisk.withLock { number in
            defer { number += 1 }
            return number
        }
        try await attach(disk.element(target: number, bootOrder: nil).xmlString, name: disk.name)
    }

    /// Plugs a network card in.
    package func attach(_ card: MachineDescription.NetworkCard) async throws(MachineError) {
        try await attach(card.element.xmlString, name: card.name)
    }

    /// Plugs a disk or a card out, and waits until the guest has let go of it.
    ///
    /// USB devices can be pulled at any time; of others the guest has to approve.
    package func detach(_ name: String, within limit: Duration = .seconds(10)) async throws(MachineError) {
        let alias = "ua-\(name)"
        // Counted, because a device of the same name may have been plugged out before.
        let before = happened.count { $0 == .deviceRemoved(alias: alias) }
        try await call("plug out '\(name)'") { virDomainDetachDeviceAlias($0, alias, 0) }
        let seen = Mutex(0)
        do throws(MachineError) {
            _ = try await wait(for: "plug out '\(name)'", within: limit) { event in
                guard event == .deviceRemoved(alias: alias) else { return nil as Bool? }
                return seen.withLock { seen in
                    seen += 1
                    return seen > before ? true : nil
                }
            }
        } catch {
            if case .timedOut = error { throw .deviceNotReleased(name, limit: limit) }
            throw error
        }
    }

    private func attach(_ xml: String, name: String) async throws(MachineError) {
        try await call("plug in '\(name)'") { virDomainAttachDeviceFlags($0, xml, VIR_DOMAIN_AFFECT_LIVE.rawValue) }
    }

    // MARK: - Calls

    private func call(
        _ action: String,
        isAllowedAfterSave: Bool = true,
        _ body: @escaping @Sendable (OpaquePointer) -> Int32
    ) async throws(MachineError) {
        guard isAllowedAfterSave || !isSaved.withLock({ $0 }) else { throw .isSaved(action: action) }
        let domain = domain
        try await calls.run { () -> Result<Void, MachineError> in
            body(domain.pointer) == 0 ? .success(()) : .failure(.last(action: action))
        }.get()
    }
}

// MARK: - Agent

extension Machine: AgentTransport {
    package func agentCommand(_ command: String, within limit: Duration) async throws(AgentTransportError) -> String {
        let domain = domain
        // libvirt counts whole seconds.
        let seconds = Int32(clamping: max(1, limit.components.seconds + (limit.components.attoseconds > 0 ? 1 : 0)))
        return try await agentCalls.run { () -> Result<String, AgentTransportError> in
            let start = ContinuousClock.now
            guard let answer = virDomainQemuAgentCommand(domain.pointer, command, seconds, 0) else {
                let failure = LibvirtFailure.last()
                if failure.saysOff { return .failure(.machineIsOff) }
                guard failure.isAgentUnresponsive else { return .failure(.refused(failure.message)) }
                // One number for both; the time tells them apart.
                let hasWaited = ContinuousClock.now - start >= .seconds(seconds)
                return .failure(hasWaited ? .timedOut : .notConnected(failure.message))
            }
            defer { free(answer) }
            return .success(String(cString: answer))
        }.get()
    }
}

// MARK: - Errors

extension LibvirtFailure {
    /// Whether the reason is that the machine does not run (any more).
    var saysOff: Bool {
        code == Int32(VIR_ERR_NO_DOMAIN.rawValue)
            || code == Int32(VIR_ERR_OPERATION_INVALID.rawValue) && message.contains("not running")
    }

    var isAgentUnresponsive: Bool { code == Int32(VIR_ERR_AGENT_UNRESPONSIVE.rawValue) }
}

extension MachineError {
    /// The error of this thread's last call of libvirt.
    static func last(action: String) -> MachineError {
        let failure = LibvirtFailure.last()
        return failure.saysOff ? .isOff(action: action) : .failed(action: action, failure)
    }
}
