import Foundation

/// The lines that the test reads.
struct Report: Sendable {
    private let start = ContinuousClock.now

    /// Says one thing, and when it was.
    func say(_ key: String, _ value: String) {
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        let line = [key: value, "ms": "\(milliseconds)"]
        guard let json = try? JSONEncoder().encode(line) else { return }
        FileHandle.standardOutput.write(json + Data("\n".utf8))
    }
}

/// An expectation of the probe that was not met.
struct ProbeError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws unless a condition holds.
func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    guard condition else { throw ProbeError(text()) }
}
