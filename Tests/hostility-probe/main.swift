import FoundationEssentials
import Glibc
import SimulatedInternet
import SystemPackage

// Runs one check inside a sandbox, as a worker would, and prints what its victim met as one line of JSON.
let arguments = CommandLine.arguments
guard arguments.count == 3, let check = Check(rawValue: arguments[1]) else {
    print("usage: hostility-probe \(Check.allCases.map(\.rawValue).joined(separator: "|")) SCRATCH")
    exit(2)
}
do {
    let scratch = FilePath(arguments[2])
    let cache = scratch.appending("cache")
    let report = try await withSimulatedInternet(InternetConfiguration(), scratch: scratch, cache: cache) { internet in
        try await withVictim(at: internet.guestPort) { try await check.report(internet) }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
} catch {
    print(error)
    exit(1)
}
