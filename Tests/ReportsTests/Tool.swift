import Foundation

/// A program that a test asks for a second opinion, when the machine has it.
struct Tool {
    static let xmllint = Tool(path: "/usr/bin/xmllint")
    static let python = Tool(path: "/usr/bin/python3")

    let path: String

    var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs the program to its end and returns what it printed.
    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
