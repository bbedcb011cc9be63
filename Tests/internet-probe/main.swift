import FoundationEssentials
import Glibc
import SimulatedInternet
import SystemPackage

// Runs one check inside a sandbox, as a worker would, and prints what it saw as one line of JSON.
let arguments = CommandLine.arguments
guard arguments.count == 4, let check = Check(rawValue: arguments[1]) else {
    print("usage: internet-probe \(Check.allCases.map(\.rawValue).joined(separator: "|")) SCRATCH CACHE")
    exit(2)
}
do {
    let report = try await check.run(scratch: FilePath(arguments[2]), cache: FilePath(arguments[3]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
} catch {
    print(error)
    exit(1)
}
