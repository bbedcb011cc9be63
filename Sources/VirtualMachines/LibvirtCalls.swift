import CLibvirt
import Dispatch

extension LibvirtFailure {
    /// The error of the last call of this thread.
    static func last() -> LibvirtFailure {
        guard let error = virGetLastError() else { return LibvirtFailure(code: 0, message: "no reason given") }
        let message = error.pointee.message.map { String(cString: $0) } ?? "no reason given"
        return LibvirtFailure(code: error.pointee.code, message: message)
    }
}

/// An object of libvirt that is referred to from several threads.
///
/// `@unchecked` because the pointer is opaque to the compiler: libvirt counts its references and locks the objects
/// itself (https://libvirt.org/api.html: all calls may come from any thread), and the pointer never changes.
final class LibvirtObject: @unchecked Sendable {
    let pointer: OpaquePointer
    private let release: @Sendable (OpaquePointer) -> Int32

    /// Takes over one reference.
    init(_ pointer: OpaquePointer, release: @escaping @Sendable (OpaquePointer) -> Int32) {
        self.pointer = pointer
        self.release = release
    }

    deinit { _ = release(pointer) }
}

/// A thread for calls that block, one after the other.
///
/// A private serial queue has a thread of its own as soon as there is work; it takes none from Swift's pool.
struct BlockingCalls: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs a call to its end, also when the caller is cancelled.
    func run<Value: Sendable>(_ call: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: call()) }
        }
    }
}
