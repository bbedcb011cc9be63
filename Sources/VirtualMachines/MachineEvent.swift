import CLibvirt
import FoundationEssentials
import Synchronization

/// Something that happened to a machine without being asked for at that moment.
package enum MachineEvent: Hashable, Sendable, Codable {
    /// The processors run.
    case running
    /// The processors stand still because they were told to.
    case suspended
    /// The guest switched itself off.
    case poweredOffByGuest
    /// The machine was switched off from outside.
    case poweredOff
    /// The guest or somebody outside pressed reset.
    case reset
    /// The guest's kernel said that it panicked; the machine stands still.
    case panicked
    /// QEMU ended though nobody asked it to.
    case crashed
    /// A disk of the machine failed on the host; the machine stands still.
    case stoppedByDiskError(device: String, reason: String)
    /// A device was plugged out, and the guest has let go of it.
    case deviceRemoved(alias: String)
    /// The state of the machine is on its way into a file or out of it, and this is how far: MigrationStatus of QEMU.
    case transfer(status: String)
    /// The guest's agent has opened its port.
    case agentConnected
    /// The guest's agent has closed its port.
    case agentDisconnected

    /// Whether the machine is off after it.
    package var endsMachine: Bool {
        switch self {
        case .poweredOffByGuest, .poweredOff, .crashed: true
        default: false
        }
    }
}

// MARK: - From libvirt

/// Receives the events of all machines of a connection and hands them to the machine they are about.
final class EventRouter: Sendable {
    private let machines = Mutex<[String: Broadcast<MachineEvent>]>([:])

    func add(_ name: String, _ events: Broadcast<MachineEvent>) {
        machines.withLock { $0[name] = events }
    }

    func remove(_ name: String) {
        machines.withLock { _ = $0.removeValue(forKey: name) }
    }

    /// Registers for events.
    ///
    /// The router must outlive the connection.
    func register(on connection: LibvirtObject) throws(MachineError) {
        let data = Unmanaged.passUnretained(self).toOpaque()
        let connection = connection.pointer
        let registrations = [
            clibvirt_on_lifecycle(
                connection,
                { _, domain, event, detail, data in
                    if let event = MachineEvent(lifecycle: event, detail: detail) { route(event, domain, data) }
                    return 0
                },
                data
            ),
            clibvirt_on_reboot(connection, { _, domain, data in route(.reset, domain, data) }, data),
            clibvirt_on_io_error(
                connection,
                { _, domain, _, device, action, reason, data in
                    // QEMU goes on after other errors, which the guest sees then.
                    guard action == VIR_DOMAIN_EVENT_IO_ERROR_PAUSE.rawValue else { return }
                    let reason = text(reason).isEmpty ? "input/output error" : text(reason)
                    route(.stoppedByDiskError(device: text(device), reason: reason), domain, data)
                },
                data
            ),
            clibvirt_on_device_removed(
                connection,
                { _, domain, device, data in route(.deviceRemoved(alias: text(device)), domain, data) },
                data
            ),
            clibvirt_on_agent(
                connection,
                { _, domain, state, _, data in
                    let connected = VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED.rawValue
                    route(UInt32(bitPattern: state) == connected ? .agentConnected : .agentDisconnected, domain, data)
                },
                data
            ),
        ]
        let transfers = virConnectDomainQemuMonitorEventRegister(
            connection,
            nil,
            "MIGRATION",
            { _, domain, _, _, _, details, data in
                route(.transfer(status: MigrationDetails(json: text(details))?.status ?? "unknown"), domain, data)
            },
            data,
            nil,
            0
        )
        guard transfers >= 0, registrations.allSatisfy({ $0 >= 0 }) else { throw .hypervisorUnavailable(.last()) }
    }

    fileprivate func send(_ event: MachineEvent, to machine: String) {
        machines.withLock { $0[machine] }?.send(event)
    }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
}

private func route(_ event: MachineEvent, _ domain: OpaquePointer?, _ data: UnsafeMutableRawPointer?) {
    guard let domain, let data, let name = virDomainGetName(domain) else { return }
    Unmanaged<EventRouter>.fromOpaque(data).takeUnretainedValue().send(event, to: String(cString: name))
}

/// The event MIGRATION: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html.
private struct MigrationDetails: Decodable {
    let status: String

    init?(json: String) {
        guard let details = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = details
    }
}

extension MachineEvent {
    /// Translates virDomainEventType and its detail.
    fileprivate init?(lifecycle event: Int32, detail: Int32) {
        let detail = UInt32(bitPattern: detail)
        switch virDomainEventType(UInt32(bitPattern: event)) {
        case VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_RESUMED:
            self = .running
        case VIR_DOMAIN_EVENT_SUSPENDED:
            // Follows a disk error too, which has told of itself.
            guard detail != VIR_DOMAIN_EVENT_SUSPENDED_IOERROR.rawValue else { return nil }
            self = .suspended
        case VIR_DOMAIN_EVENT_CRASHED:
            self = detail == VIR_DOMAIN_EVENT_CRASHED_PANICKED.rawValue ? .panicked : .crashed
        case VIR_DOMAIN_EVENT_STOPPED:
            switch virDomainEventStoppedDetailType(detail) {
            case VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN: self = .poweredOffByGuest
            case VIR_DOMAIN_EVENT_STOPPED_DESTROYED: self = .poweredOff
            default: self = .crashed
            }
        default:
            return nil
        }
    }
}
