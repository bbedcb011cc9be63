import Synchronization

/// The canaries that a capture sent, and what went wrong with them.
final class CanaryCount: Sendable {
    private let state = Mutex<(sent: Int, reasons: [String])>((0, []))

    var sent: Int { state.withLock { $0.sent } }
    var reasons: [String] { state.withLock { $0.reasons } }

    func begin() {
        state.withLock { $0.sent += 1 }
    }

    func note(_ reason: String) {
        state.withLock { $0.reasons.append(reason) }
    }
}
