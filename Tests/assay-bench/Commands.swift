import Foundation
import Subprocess
import SystemPackage

/// Runs a program that has to succeed, and returns what it printed.
@discardableResult
func command(_ program: String, _ arguments: String...) async throws -> String {
    let result = try await run(
        program.contains("/") ? .path(FilePath(program)) : .name(program),
        arguments: Arguments(arguments),
        output: .string(limit: 1 << 20),
        error: .string(limit: 1 << 16)
    )
    guard result.terminationStatus.isSuccess else {
        throw BenchError("\(program) \(arguments.joined(separator: " ")) failed: \(result.standardError)")
    }
    return result.standardOutput
}

/// The wall clock in seconds since 1970, which is also the clock of records and files.
var wallClock: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
