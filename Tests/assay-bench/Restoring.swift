import Foundation

/// A checkpoint until the guest answers: prepared before its turn, and not.
///
/// All times are from the records, which whoever runs `assay` has too.
func measureRestore(of guest: RealGuest, runs: Int, standby: Bool) async throws -> [Figure] {
    var figures: [Figure] = []
    for filling in RealGuest.Filling.allCases {
        try await guest.prepare(filling)
        note("restore, \(filling.rawValue), \(standby ? "with" : "without") standby")
        // The pause is for the next scenario to be prepared meanwhile. The first one never is.
        let steps = [filling.checkpoint] + (standby ? [RealGuest.pause] : [])
        let run = try await guest.run(runs + 1, steps: steps, options: standby ? [] : ["--no-standby"])
        let attempts = run.record.attempts.dropFirst()
        let answers = try attempts.map { try $0.time(of: "setting the clock") - $0.started }
        if standby {
            figures.append(
                Figure(
                    name: "told to begin, on standby, to the guest's answer, \(filling.rawValue)",
                    unit: "s",
                    values: answers,
                    goal: 0.15
                )
            )
            continue
        }
        figures.append(
            Figure(
                name: "worker's start to the restored guest's answer, \(filling.rawValue)",
                unit: "s",
                values: answers,
                goal: 0.7
            )
        )
        figures += try parts(of: Array(attempts), filling)
    }
    return figures
}

/// Where the time of a restore goes.
private func parts(of attempts: [RunRecord.Attempt], _ filling: RealGuest.Filling) throws -> [Figure] {
    let phases = ["opening the hypervisor", "restoring the machine", "going on from the checkpoint"]
    func part(_ name: String, _ seconds: (RunRecord.Attempt) throws -> Double) throws -> Figure {
        Figure(name: "  of it: \(name), \(filling.rawValue)", unit: "s", values: try attempts.map(seconds))
    }
    return try [
        part("sandbox and worker") { ($0.setUp?.began ?? .nan) - $0.started },
        part("simulated internet, capture") { try $0.time(of: phases[0]) - ($0.setUp?.began ?? .nan) },
        part("opening libvirt") { try $0.time(of: phases[1]) - $0.time(of: phases[0]) },
        part("machine with its state, and its screen") { try $0.time(of: phases[2]) - $0.time(of: phases[1]) },
        part("resumed to the answer") { try $0.time(of: "setting the clock") - $0.time(of: phases[2]) },
    ]
}

/// How long a machine stands still while a child of a checkpoint is kept.
func measureSave(of guest: RealGuest, runs: Int) async throws -> [Figure] {
    var figures: [Figure] = []
    for filling in RealGuest.Filling.allCases {
        try await guest.prepare(filling)
        note("save, \(filling.rawValue)")
        let titles = (1...runs).map { RealGuest.child($0, of: filling) }
        let run = try await guest.run(
            titles.map { .init("from \($0)", ["Given \($0)"]) },
            options: ["--no-standby"],
            watch: { _ in }
        )
        let children = run.record.attempts(at: "child")
        figures.append(
            Figure(
                name: "pause of a guest that is kept, \(filling.rawValue)",
                unit: "s",
                values: try children.map { try pause(of: $0) },
                goal: 0.1
            )
        )
    }
    return figures
}

private func pause(of attempt: RunRecord.Attempt) throws -> Double {
    let prefix = "The machine stood still for "
    guard let note = attempt.notes.first(where: { $0.text.hasPrefix(prefix) }),
        let number = note.text.dropFirst(prefix.count).split(separator: " ").first,
        let milliseconds = Double(number.replacing(",", with: ""))
    else { throw BenchError("the record of “\(attempt.name)” doesn't say how long the machine stood still") }
    return milliseconds / 1000
}

/// A fresh boot until the guest answers: what a scenario without a checkpoint begins with.
func measureBoot(of guest: RealGuest, runs: Int) async throws -> [Figure] {
    note("\(runs) boots")
    let run = try await guest.run(runs, steps: ["Given the computer is booted"], options: ["--no-standby"])
    let answers = try run.record.attempts.map { try $0.time(of: "the system is up") - $0.started }
    return [Figure(name: "worker's start to the booted guest's answer", unit: "s", values: answers)]
}
