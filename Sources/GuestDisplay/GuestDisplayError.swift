package import Diagnostics

/// A reason why the guest's display or its input devices can't be used.
package enum GuestDisplayError: ExplainedError, Equatable {
    /// The connection is closed: QEMU has ended, or the display was let go of.
    case disconnected(during: String)
    /// QEMU refused a call, in its own words.
    case refused(call: String, reason: String)
    /// The connection could not be set up.
    case unusable(reason: String)

    package var blame: Blame {
        switch self {
        case .disconnected, .unusable: .host
        case .refused: .harness
        }
    }

    package var summary: String {
        switch self {
        case .disconnected(let act): "Expected a running virtual machine during \(act), but its display is gone."
        case .refused(let call, let reason): "QEMU refused \(call): \(reason)."
        case .unusable(let reason): "The virtual machine's display can't be used: \(reason)."
        }
    }

    package var hint: String? {
        switch self {
        case .disconnected: "Look at the end of the virtual machine's log: QEMU has ended."
        case .refused, .unusable: nil
        }
    }
}
