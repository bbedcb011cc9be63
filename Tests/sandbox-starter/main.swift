import Sandbox
import SystemPackage

// Starts a sandbox and waits, so that a test can kill it: sandbox-starter SCRIPT

try await withSandboxedProcess("/bin/sh", arguments: ["-c", CommandLine.arguments[1]]) { process in
    guard try await process.expectLine() == "ready" else { return }
    try FileDescriptor.standardOutput.writeAll("\(process.processIdentifier)\n".utf8)
    for try await _ in process.lines {}
}
