import Subprocess

/// Runs a command in the network namespace that stands in for a guest's network stack.
package let enter = "nsenter --net=/run/netns/guest"

/// Runs a script, which has to succeed, and returns what it printed.
@discardableResult
package func shell(_ script: String) async throws -> String {
    let result = try await Subprocess.run(
        .path("/bin/bash"),
        arguments: ["-ec", script],
        output: .string(limit: 1 << 16),
        error: .string(limit: 1 << 16)
    )
    guard result.terminationStatus.isSuccess else {
        throw ScriptFailed(description: "\(result.terminationStatus): \(result.standardOutput)\(result.standardError)")
    }
    return result.standardOutput
}

/// A script that did not succeed, with what it printed.
package struct ScriptFailed: Error, CustomStringConvertible {
    package let description: String

    /// Creates an error with its text.
    package init(description: String) { self.description = description }
}
