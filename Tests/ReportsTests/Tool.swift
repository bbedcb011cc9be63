import Foundation

/// A program that a test asks for a second opinion, when the machine has it.
struct Tool {
    static let xmllint = Tool(name: "xmllint")
    static let python = Tool(name: "python3")

    let name: String

    var isThere: Bool { (try? run(["--version"]).status) == 0 }

    /// Runs the program to its end and returns what it printed.
    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
