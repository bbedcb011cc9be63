import Dispatch
import Foundation
import Synchronization
import Verdicts

/// Turns SIGINT and SIGTERM into the cancellation of what runs; the second one ends the program at once.
///
/// - Returns: The value of `body`, and the exit code of the signal that cancelled it, if one did.
func withInterrupts<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> (Value, ExitCode?) {
    let seen = Mutex<ExitCode?>(nil)
    let work = Task(operation: body)
    let sources = [(SIGINT, ExitCode.interrupted), (SIGTERM, .terminated)].map { number, code in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            let isFirst = seen.withLock { seen in
                defer { seen = seen ?? code }
                return seen == nil
            }
            guard isFirst else {
                Leftovers.remove()
                exit(code.rawValue)
            }
            Assay.write("\nassay: stopping in order; once more to stop at once\n", to: .standardError)
            work.cancel()
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    do {
        return (try await work.value, seen.withLock { $0 })
    } catch is CancellationError {
        throw Interrupted(code: seen.withLock { $0 } ?? .interrupted)
    }
}

/// A signal ended what ran.
struct Interrupted: Error {
    let code: ExitCode
}

/// Folders that whoever made them removes at its end, and an end at once removes in their place.
enum Leftovers {
    private static let folders = Mutex<Set<String>>([])

    /// Notes a folder.
    static func add(_ folder: String) { folders.withLock { _ = $0.insert(folder) } }

    /// Removes a folder that was noted.
    static func remove(_ folder: String) {
        try? FileManager.default.removeItem(atPath: folder)
        folders.withLock { _ = $0.remove(folder) }
    }

    /// Removes all folders that are left.
    static func remove() {
        for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
    }
}
