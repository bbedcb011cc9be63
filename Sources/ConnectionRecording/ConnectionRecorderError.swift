package import Diagnostics
package import SystemPackage

/// A reason why there is no record of what sockets receive.
package enum ConnectionRecorderError: ExplainedError, Hashable {
    /// The kernel does not tell of sockets.
    case refused(Errno)

    package var blame: Blame { .host }
    package var summary: String {
        switch self {
        case .refused(let error): "The kernel had to tell of TCP sockets that end, and refused: \(error)."
        }
    }
    package var hint: String? { "Load the kernel modules inet_diag and tcp_diag." }
}
