import Foundation
import Sandbox
import SystemPackage

/// The image that machines boot from, when there is one.
let testImage = ProcessInfo.processInfo.environment["ASSAY_TEST_IMAGE"]

/// Whether this host has what a machine needs; the tests below are skipped where it has not.
func machinesWork() async -> Bool {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64") else { return false }
    return (try? await withSandboxedProcess("/bin/true") { _ in }) != nil
}

/// Whether network cards can be made for machines.
func tapsWork() -> Bool {
    (try? FileDescriptor.open("/dev/net/tun", .readWrite).close()) != nil
}

/// Runs a scenario of `machine-probe` in a sandbox and returns what it said, without the times.
func probe(_ scenario: String, _ options: String..., patience: Duration = .seconds(120)) async throws -> [String] {
    try await probe(scenario, options, patience: patience)
}

func probe(_ scenario: String, _ options: [String], patience: Duration = .seconds(400)) async throws -> [String] {
    try await withSandboxedProcess(
        try SandboxExecutable.beside("machine-probe"),
        arguments: [scenario] + options
    ) { process in
        try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask {
                var said: [String] = []
                for try await line in process.lines {
                    var fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
                    fields["ms"] = nil
                    said += fields.map { "\($0.key): \($0.value)" }
                }
                return said
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw SandboxError.endedEarly(.exited(0), standardError: "timed out: \(process.standardErrorTail)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }
}
