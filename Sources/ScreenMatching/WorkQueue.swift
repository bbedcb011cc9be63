import Dispatch

/// A thread's worth of serial work for calls that block or compute for long.
///
/// Swift's own threads are as many as the machine has cores and must not be kept busy: a reader of text that held
/// one would stall every other wait.
package struct WorkQueue: Sendable {
    private let queue: DispatchQueue

    /// Creates a queue; the name is seen in debuggers.
    package init(name: String) {
        queue = DispatchQueue(label: name, qos: .userInitiated)
    }

    /// Runs `work` after everything that was given to the queue before.
    package func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
            queue.async { continuation.resume(returning: Result { () throws(Failure) in try work() }) }
        }
        return try result.get()
    }
}
