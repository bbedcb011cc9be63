import Foundation
import PictureFiles
import Pictures
import ScreenMatching
import ScreenTestSupport

// What seeing costs and how well it works. Not a timed test: machines differ, so people compare the figures of two builds
// on one machine.
//   screen-bench              costs (the wait on a still screen takes a minute; a number of seconds shortens it)
//   screen-bench text [N] [--verbose]  phrases found on N mock screens of each kind, and near misses taken for them
//   screen-bench pictures [text|icons|screens] [N] [--seed S] [--verbose]  near misses told apart and other renderings found, N of each class
//   screen-bench watch        what a frame of a wait for 1 and for 31 needles costs
//   screen-bench decide DIR   what single decisions cost; see ci/compare-decisions
//   screen-bench peers DIR    near misses that others take for the right thing; see ci/compare-peers
//   screen-bench draw FILE [N] writes one of these screens to a PNG picture
//   screen-bench read FILE    the lines of a PNG picture, with what reading it cost

var arguments = Array(CommandLine.arguments.dropFirst())
let isVerbose = arguments.contains("--verbose")
arguments.removeAll { $0 == "--verbose" }
var seed: UInt64 = 0
if let place = arguments.firstIndex(of: "--seed"), place + 1 < arguments.count {
    seed = UInt64(arguments[place + 1]) ?? 0
    arguments.removeSubrange(place...place + 1)
}
let number = arguments.last.flatMap { Int($0) }
switch arguments.first {
case "text":
    try ReadingBench(isVerbose: isVerbose).run(count: number ?? 9)
case "pictures":
    var bench = MatchingBench(count: number ?? 100, seed: seed)
    try bench.run(only: arguments.dropFirst().first { Int($0) == nil })
case "decide": try decide(writingTo: arguments.last ?? ".")
case "peers": try decideOnNearMisses(writingTo: arguments.last ?? ".")
case "watch": try measureWatch()
case "read":
    guard let file = arguments.last.flatMap(FileManager.default.contents(atPath:)) else { break }
    let picture = try Picture(png: file)
    let reader = try TextReader()
    let start = processorTime()
    let lines = try reader.readNow(picture)
    print(
        "\(picture.width)x\(picture.height): \(milliseconds(processorTime() - start)) CPU, \(reader.readLines) lines read"
    )
    for line in lines { print(line) }
case "draw":
    guard let path = arguments.dropFirst().first, let font = Typeface("OpenSans-Regular", points: 10) else { break }
    let screen = MockScreen(desktop: .mixed, font: font, seed: UInt64(number ?? 1))
    try Data(screen.picture.png()).write(to: URL(filePath: path))
default:
    try measureSearch()
    try measureWatch()
    try measureReading()
    try await measureReaction()
    try await measureStillness(number ?? 60)
}
