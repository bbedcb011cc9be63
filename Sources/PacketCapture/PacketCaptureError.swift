package import Diagnostics
import SystemPackage

/// A capture that could not begin.
package enum PacketCaptureError: ExplainedError, Hashable {
    /// The system refused what the capture needs; `what` completes "Could not …".
    case refused(what: String, interface: String, code: Int32)
    /// The interface is there, but down: it would lose what the guest sends.
    case interfaceDown(String)
    /// The file for the frames could not be made.
    case fileNotWritable(path: String, code: Int32)
    /// The first canary went into the interface and did not come out of the ring.
    case canaryLost(interface: String, reason: String)

    package var blame: Blame { .host }

    package var summary: String {
        switch self {
        case .refused(let what, let interface, let code):
            "Could not \(what) on the interface \(interface): \(Errno(rawValue: code))."
        case .interfaceDown(let interface): "Expected the interface \(interface) to be up, but it is down."
        case .fileNotWritable(let path, let code):
            "Could not write the capture to \(path): \(Errno(rawValue: code))."
        case .canaryLost(let interface, let reason):
            "The capture on the interface \(interface) did not see its own canary frame: \(reason)."
        }
    }

    package var hint: String? {
        switch self {
        case .refused(_, _, let code) where code == Errno.notPermitted.rawValue:
            "Run it where the process has CAP_NET_RAW and CAP_NET_ADMIN, as in a worker's sandbox."
        case .refused(_, let interface, let code) where code == Errno.operationNotSupportedByDevice.rawValue:
            "Make the tap interface \(interface) before the capture begins."
        case .refused(_, let interface, let code) where code == Errno.resourceBusy.rawValue:
            "Open the capture before anything is plugged into \(interface)."
        case .interfaceDown(let interface): "Bring \(interface) up before the capture begins."
        default: nil
        }
    }
}
