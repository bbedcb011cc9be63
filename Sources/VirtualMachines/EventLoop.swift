import CLibvirt
import Foundation
import Synchronization

/// libvirt's event loop, which has to run as long as there is a connection.
final class EventLoop: Sendable {
    /// The loop belongs to the process, and libvirt lets it be made but once.
    private static let isRegistered = virEventRegisterDefaultImpl() == 0

    private let isStopping = Mutex(false)
    private let stopped = DispatchSemaphore(value: 0)

    /// Starts the loop on a thread of its own.
    init() throws(MachineError) {
        clibvirt_silence()
        guard Self.isRegistered else { throw .hypervisorUnavailable(.last()) }
        let thread = Thread { [self] in
            while !isStopping.withLock({ $0 }), virEventRunDefaultImpl() == 0 {}
            stopped.signal()
        }
        thread.name = "libvirt events"
        thread.start()
    }

    /// Ends the loop; blocks until its thread has left it.
    func stop() {
        isStopping.withLock { $0 = true }
        // A timer that is due wakes it up.
        let timer = virEventAddTimeout(0, { timer, _ in _ = virEventRemoveTimeout(timer) }, nil, nil)
        if timer >= 0 { stopped.wait() }
    }
}
