// Plays a guest on a tap interface of its own network namespace while the capture watches, and prints as one line of
// JSON what the capture saw. Usage: capture-probe SCENARIO FILE
import Foundation
import SystemPackage

let arguments = CommandLine.arguments
guard arguments.count == 3, let scenario = Scenario(rawValue: arguments[1]) else {
    FileHandle.standardError.write(Data("usage: capture-probe SCENARIO FILE\n".utf8))
    exit(2)
}
let report = await scenario.report(writingTo: FilePath(arguments[2]))
FileHandle.standardOutput.write(try JSONEncoder().encode(report) + Data("\n".utf8))
