package import MemoryAdmission
import Synchronization

/// Which scenarios fit into the memory of the host beside the others, by what such scenarios were seen to use.
package final class MemoryBook: Sendable {
    private let admission: Mutex<MemoryAdmission>
    private let available: @Sendable () -> Int?

    /// Opens a book.
    ///
    /// - Parameters:
    ///   - admission: Decides, and learns.
    ///   - available: What the host can give at this moment, in bytes, if that is known.
    package init(_ admission: MemoryAdmission, available: @escaping @Sendable () -> Int?) {
        self.admission = Mutex(admission)
        self.available = available
    }

    /// Opens a book of a host that has memory for everything.
    package convenience init() {
        self.init(MemoryAdmission(available: .max, reserve: 0, overhead: 0), available: { nil })
    }

    /// What was learned until now, for later runs.
    package var learned: LearnedMemory { admission.withLock { $0.learned } }

    /// Takes the memory for an attempt, or says why there is not enough.
    func begin(_ attempt: String, _ request: MemoryAdmission.Request) -> MemoryAdmission.Refusal? {
        let available = available()
        return admission.withLock { admission in
            if let refusal = admission.refusal(of: request, available: available) { return refusal }
            admission.begin(attempt, request)
            return nil
        }
    }

    /// Notes what an attempt uses at this moment, in bytes.
    func note(_ bytes: Int64, of attempt: String) {
        admission.withLock { $0.measure(attempt, bytes: Int(clamping: bytes)) }
    }

    /// Gives the memory of an attempt back.
    func end(_ attempt: String, isComplete: Bool) {
        admission.withLock { $0.end(attempt, isComplete: isComplete) }
    }
}
