import CompatibilityKit
import Foundation

/// Compares records of this program with those of a folder of samples, as Cucumber's compatibility kit has them:
/// `FOLDER/NAME/NAME.feature` and `FOLDER/NAME/NAME.ndjson`.
///
/// The exit status is 0 when every sample agrees, except where this program differs on purpose.

guard CommandLine.arguments.count > 1 else {
    print("usage: compatibility-kit FOLDER [SAMPLE…]")
    exit(2)
}
let folder = URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory)
let wanted = Set(CommandLine.arguments.dropFirst(2))
let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
var (agreed, differed, explained) = (0, 0, 0)

for name in names where wanted.isEmpty || wanted.contains(name) {
    let sample = Sample(name: name, folder: folder.appending(path: name))
    guard sample.isThere else { continue }
    do {
        let differences = try await sample.differences()
        let reason = sample.reasonToDiffer
        if differences.isEmpty {
            agreed += 1
            print("agrees   \(name)")
            if reason != nil { print("         (a difference was expected)") }
        } else if let reason {
            explained += 1
            print("differs  \(name), on purpose: \(reason)")
            for line in differences.prefix(wanted.isEmpty ? 0 : 40) { print("         \(line)") }
        } else {
            differed += 1
            print("DIFFERS  \(name)")
            for line in differences.prefix(40) { print("         \(line)") }
        }
    } catch {
        differed += 1
        print("FAILED   \(name): \(error)")
    }
}
print("\(explained) samples differ on purpose")
print("\(agreed) passed, \(differed) failed")
exit(differed == 0 && agreed > 0 ? 0 : 1)
