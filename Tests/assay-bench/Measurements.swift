import Foundation
import Sandbox

/// The command until the guest's processors run, with caches empty and warm, beside QEMU alone.
func measureStart(in workshop: Workshop, runs: Int) async throws -> [Figure] {
    let image = workshop.folder.appending(path: "images/start.iso")
    try await Guest.reacting(rounds: 1).write(to: image)
    var running: [Double] = []
    var firstByte: [Double] = []
    var alone: [Double] = []
    for number in 0...runs {
        note("start \(number) of \(runs)\(number == 0 ? ", with empty caches" : "")")
        let run = try await workshop.run("start", steps: ["Given the computer is started"], image: image)
        running.append(try run.scenario.time(of: "the processors run") - run.started)
        guard let byte = run.watched.serial.first else { throw BenchError("the guest wrote nothing") }
        firstByte.append(byte - run.started)
        // One scenario is over before the keys of a Tor network are made, and thus kept.
        if number == 0 { _ = try await startTor(cache: workshop.cache.appending(path: "internet")) }
        // In turns with the others, so that a load that changes meets both alike.
        if number > 0 { alone.append(try await bareMachine(image, in: workshop)) }
    }
    return [
        Figure(name: "command to running processors, warm", unit: "s", values: Array(running.dropFirst()), goal: 0.7),
        Figure(name: "command to running processors, caches empty", unit: "s", values: [running[0]]),
        Figure(
            name: "command to the guest's first byte, warm",
            unit: "s",
            values: Array(firstByte.dropFirst()),
            rival: .init(name: "QEMU alone", values: alone)
        ),
    ]
}

/// A change of pixels until the waiting step goes on.
func measureReaction(in workshop: Workshop, rounds: Int) async throws -> [Figure] {
    let guest = Guest.reacting(rounds: rounds)
    let image = workshop.folder.appending(path: "images/reaction.iso")
    try await guest.write(to: image)
    note("reaction, \(rounds) rounds")
    let pairs = guest.lines.flatMap { ["When I press \"Return\"", "Then the screen shows \"\($0.text)\""] }
    let run = try await workshop.run("reaction", steps: ["Given the computer is started"] + pairs, image: image)
    let steps = try run.scenario.steps
    let changes = run.watched.serial.dropFirst()
    guard changes.count == rounds else {
        throw BenchError("the guest changed its screen \(changes.count) times instead of \(rounds)")
    }
    var reactions: [Double] = []
    for (number, change) in changes.enumerated() {
        let step = steps[2 + 2 * number]
        // On a busy host a step may begin to wait after the change.
        if step.began < change { reactions.append(step.ended - change) }
    }
    if reactions.count < rounds { note("\(rounds - reactions.count) steps began too late to react, and don't count") }
    return [Figure(name: "pixel change to the next step", unit: "s", values: reactions, goal: 0.1)]
}

/// Processor time while a step waits before a screen that stays as it is.
func measureStillness(in workshop: Workshop, seconds: Int) async throws -> [Figure] {
    let guest = Guest.still(seconds: seconds + 5)
    let image = workshop.folder.appending(path: "images/still.iso")
    try await guest.write(to: image)
    note("a still screen for \(seconds) seconds")
    let steps = [
        "Given the computer is started",
        "When I press \"Return\"",
        "Then the screen shows \"\(guest.lines[0].text)\" within \(seconds / 60 + 2) minutes",
    ]
    let run = try await workshop.run("stillness", steps: steps, image: image)
    let wait = try run.scenario.steps[2]
    // From when the first look at the screen is over.
    let costs = run.watched.costs.filter { $0.time > wait.began + 3 && $0.time < wait.began + Double(seconds) + 3 }
    guard let first = costs.first, let last = costs.last, last.time > first.time else {
        throw BenchError("the wait was not seen")
    }
    func share(_ name: String, goal: Double? = nil, _ part: (Watch.Cost) -> Double) -> Figure {
        let value = (part(last) - part(first)) / (last.time - first.time) * 100
        return Figure(name: "a core while a step waits: \(name)", unit: "%", values: [value], goal: goal)
    }
    return [
        share("Assay", goal: 1, \.assay), share("QEMU", \.machine), share("simulated internet", \.rest),
    ]
}

/// The simulated internet until a page comes through its Tor network.
func measureTor(in workshop: Workshop, runs: Int) async throws -> [Figure] {
    let cache = workshop.folder.appending(path: "tor-cache")
    var ready: [Double] = []
    for number in 0...runs {
        note("Tor network \(number) of \(runs)\(number == 0 ? ", with an empty cache" : "")")
        ready.append(try await startTor(cache: cache))
    }
    return [
        Figure(name: "Tor network to the first page, warm", unit: "s", values: Array(ready.dropFirst()), goal: 5),
        Figure(name: "Tor network to the first page, cache empty", unit: "s", values: [ready[0]]),
    ]
}

/// Brings the simulated internet up in a sandbox, and returns the seconds until a page came through its Tor network.
private func startTor(cache: URL) async throws -> Double {
    struct Report: Decodable { let readyAfter: Double }
    try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
    let probe = try SandboxExecutable.beside("internet-probe")
    let arguments = ["up", "/run/assay/internet", cache.path()]
    let line = try await withSandboxedProcess(probe, arguments: arguments) { try await $0.expectLine() }
    guard let report = try? JSONDecoder().decode(Report.self, from: Data(line.utf8)) else {
        throw BenchError("the Tor network did not come up: \(line)")
    }
    return report.readyAfter
}
