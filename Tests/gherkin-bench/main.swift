import Foundation
import Gherkin

// Measures how fast features are read: `gherkin-bench [--seed N] [--scenarios N] [--runs N] [--write FOLDER]`.
// Prints one JSON object. With `--write` the suite is left in a folder, for other parsers to read.

let usage = "Usage: gherkin-bench [--seed N] [--scenarios N] [--runs N] [--write FOLDER]"
var (seed, scenarios, runs) = (1, 10_000, 7)
var folder: String?
var arguments = CommandLine.arguments.dropFirst()
while let option = arguments.popFirst() {
    let value = arguments.popFirst()
    switch (option, value.flatMap { Int($0) }, value) {
    case ("--seed", let number?, _): seed = number
    case ("--scenarios", let number?, _): scenarios = number
    case ("--runs", let number?, _): runs = max(1, number)
    case ("--write", _, let path?): folder = path
    default:
        FileHandle.standardError.write(Data("\(usage)\n".utf8))
        exit(64)
    }
}

var generator = SuiteGenerator(seed: UInt64(seed))
let features = generator.suite(scenarios: scenarios)
if let folder {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (number, text) in features.enumerated() {
        let name = String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number).feature"
        try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
    }
}

/// The seconds of computing that this process has used.
func computingTime() -> Double {
    Double(clock()) / Double(CLOCKS_PER_SEC)
}

var times: [Double] = []
var (pickleCount, stepCount) = (0, 0)
for _ in 0..<runs {
    let began = computingTime()
    (pickleCount, stepCount) = (0, 0)
    var ids = IdSequence()
    for (number, text) in features.enumerated() {
        let uri = "\(number).feature"
        let document = try parse(text, uri: uri, ids: &ids)
        let made = try pickles(from: document, uri: uri, ids: &ids)
        pickleCount += made.count
        for pickle in made { stepCount += pickle.steps.count }
    }
    times.append(computingTime() - began)
}
let bytes = features.reduce(0) { $0 + $1.utf8.count }
print(
    """
    {"bytes": \(bytes), "pickles": \(pickleCount), "steps": \(stepCount), "seconds": \(times.sorted()[times.count / 2])}
    """
)
