// Injects leaks into innocent traffic on a tap interface of its own network namespace, and prints as one line of JSON
// how long the capture and the judge needed for each. Usage: leak-latency MBIT-PER-SECOND LEAKS POLICY CAPTURE
import Foundation
import SystemPackage

let arguments = CommandLine.arguments
guard arguments.count == 5, let rate = Int(arguments[1]), let leaks = Int(arguments[2]),
    (0...10_000).contains(rate), (1...20_000).contains(leaks)
else {
    FileHandle.standardError.write(Data("usage: leak-latency MBIT-PER-SECOND LEAKS POLICY CAPTURE\n".utf8))
    exit(2)
}
let report = try await measure(
    megabits: rate,
    leaks: leaks,
    policy: arguments[3],
    capture: FilePath(arguments[4])
)
FileHandle.standardOutput.write(try JSONEncoder().encode(report) + Data("\n".utf8))
