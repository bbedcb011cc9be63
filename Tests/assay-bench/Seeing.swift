import Foundation
import Subprocess

/// A picture that comes back at another place until the step that waits for it goes on.
func measureMotion(in workshop: Workshop, rounds: Int) async throws -> [Figure] {
    let guest = Guest.moving(rounds: rounds)
    let image = workshop.folder.appending(path: "images/motion.iso")
    try await guest.write(to: image)
    try Tile.write(to: workshop.folder)
    note("motion, \(rounds) rounds")
    let steps = guest.lines.flatMap {
        // The text says that the tile has left its old place, where it would be found at once.
        [
            "When I press \"Return\"", "Then the screen shows \"\($0.text)\"",
            "Then the screen shows the picture \"\(Tile.name)\"",
        ]
    }
    let run = try await workshop.run("motion", steps: ["Given the computer is started"] + steps, image: image)
    let waits = try run.scenario.steps
    let changes = run.watched.serial.dropFirst()
    guard changes.count == rounds else {
        throw BenchError("the guest moved its tile \(changes.count) times instead of \(rounds)")
    }
    let reactions = zip(changes, 0...).compactMap { change, number in
        let wait = waits[3 + 3 * number]
        return wait.began < change ? wait.ended - change : nil
    }
    if reactions.count < rounds { note("\(rounds - reactions.count) steps began too late to react, and don't count") }
    return [Figure(name: "moved picture to the next step", unit: "s", values: reactions, goal: 0.1)]
}

/// Processor time while a step waits before a screen that changes eighteen times a second, and a video is made of it.
func measureHurry(in workshop: Workshop, seconds: Int) async throws -> [Figure] {
    // A step waits no longer for a picture.
    let pictureSeconds = 17
    let guest = Guest.busy(seconds: [pictureSeconds, seconds + 5])
    let image = workshop.folder.appending(path: "images/hurry.iso")
    try await guest.write(to: image)
    try Tile.write(to: workshop.folder)
    note("a busy screen for \(pictureSeconds) and \(seconds) seconds, with video")
    let steps = [
        "Given the computer is started",
        "When I press \"Return\"",
        "Then the screen shows the picture \"\(Tile.name)\"",
        "When I press \"Return\"",
        "Then the screen shows \"\(guest.lines[1].text)\" within \(seconds / 60 + 2) minutes",
    ]
    let run = try await workshop.run("hurry", steps: steps, image: image, options: ["--video", "always"])
    let spans = try run.scenario.steps
    func shares(_ wait: RunRecord.Span, of what: String, for length: Int) throws -> [Figure] {
        let costs = run.watched.costs.filter { $0.time > wait.began + 3 && $0.time < wait.began + Double(length) }
        guard let first = costs.first, let last = costs.last, last.time > first.time else {
            throw BenchError("the wait for a \(what) was not seen")
        }
        func share(_ name: String, goal: Double? = nil, _ part: (Watch.Cost) -> Double) -> Figure {
            let value = (part(last) - part(first)) / (last.time - first.time) * 100
            return Figure(name: "a core on a busy screen, \(what): \(name)", unit: "%", values: [value], goal: goal)
        }
        return [
            share("Assay and its video", goal: 3) { $0.assay + $0.video }, share("the video alone", \.video),
            share("QEMU", \.machine),
        ]
    }
    return try shares(spans[2], of: "wait for a picture", for: pictureSeconds)
        + shares(spans[4], of: "wait for a text", for: seconds)
}

/// Long texts typed into a guest while the host has more to do than it has processors.
func measureTyping(in workshop: Workshop, rounds: Int) async throws -> [Figure] {
    let guest = Guest.echoing(rounds: rounds)
    let image = workshop.folder.appending(path: "images/typing.iso")
    try await guest.write(to: image)
    let text = "The quick brown fox jumps over the lazy dog, 0123456789 times; and nobody knows why it should. "
    let typed = String((text + text + text).prefix(202))
    note("\(rounds) texts of \(typed.count) keys, on a busy host")
    let steps = guest.lines.flatMap {
        ["When I type \"\(typed)\"", "When I press \"Return\"", "Then the screen shows \"\($0.text)\""]
    }
    let run = try await withLoad(processes: 2 * Load.current.processors) {
        try await workshop.run("typing", steps: ["Given the computer is started"] + steps, image: image)
    }
    // The guest tells of its start, of the menu's key, of each key, and of the end of each round.
    let told = zip(run.watched.written, run.watched.serial)
    let rounded = Array(told).split(omittingEmptySubsequences: false) { $0.0 == 13 }.dropFirst()
    let spans = try run.scenario.steps
    var seconds: [Double] = []
    var wrong = 0
    for (number, round) in rounded.prefix(rounds).enumerated() {
        // What follows a Return is the end of the round before.
        let keys = number == 0 ? round : round.dropFirst()
        wrong += String(decoding: keys.map(\.0), as: UTF8.self) == typed ? 0 : 1
        if let last = keys.last { seconds.append(last.1 - spans[1 + 3 * number].began) }
    }
    wrong += rounds - rounded.prefix(rounds).count
    return [
        Figure(name: "\(typed.count) keys typed, on a busy host", unit: "s", values: seconds, goal: 4),
        Figure(name: "texts of \(rounds) that came wrong", unit: "", values: [Double(wrong)], goal: 0),
    ]
}

/// Runs `body` while processes compute for nothing.
private func withLoad<Value: Sendable>(
    processes: Int,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        for _ in 0..<processes {
            group.addTask {
                // It ends with the task, and should the bench be killed, by itself.
                _ = try await Subprocess.run(
                    .name("timeout"),
                    arguments: ["600", "sh", "-c", "while :; do :; done"],
                    output: .discarded
                )
                return nil
            }
        }
        group.addTask { try await body() }
        defer { group.cancelAll() }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}
