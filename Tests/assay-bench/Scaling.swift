import Foundation

/// What a scenario costs besides its steps.
func measureOverhead(of guest: RealGuest, scenarios: Int) async throws -> [Figure] {
    try await guest.prepare(.little)
    var figures: [Figure] = []
    for standby in [true, false] {
        note("\(scenarios) scenarios of one step, \(standby ? "with" : "without") standby")
        let options = standby ? [] : ["--no-standby"]
        let run = try await guest.run(scenarios, steps: [RealGuest.Filling.little.checkpoint], options: options)
        let attempts = run.record.attempts
        let name = standby ? "with standby" : "without standby"
        let steps = attempts.flatMap(\.steps).reduce(0) { $0 + $1.seconds }
        let machines = standby ? 0 : attempts.reduce(0) { $0 + ($1.machineSeconds ?? .nan) }
        figures.append(
            Figure(
                // On standby the machine is made beside the steps of others, and costs no time.
                name: "time per scenario besides steps and machine, \(name)",
                unit: "s",
                values: [(run.ended - run.started - steps - machines) / Double(attempts.count)],
                goal: 0.5
            )
        )
        figures.append(
            Figure(
                name: "  a scenario from its beginning to its end, \(name)",
                unit: "s",
                values: attempts.map(\.seconds)
            )
        )
        figures.append(
            Figure(
                name: "  of it: after its steps, \(name)",
                unit: "s",
                values: attempts.map { $0.ended - ($0.steps.last?.ended ?? .nan) }
            )
        )
    }
    return figures
}

/// Whether many scenarios cost more than few, each, and what more workers save.
func measureScaling(of guest: RealGuest, scenarios: Int, workers: [Int]) async throws -> [Figure] {
    try await guest.prepare(.little)
    var figures: [Figure] = []
    var alone: Double?
    for count in workers {
        note("\(scenarios) scenarios of one step on \(count) workers")
        let run = try await guest.run(
            scenarios,
            steps: [RealGuest.Filling.little.checkpoint],
            options: ["-j", "\(count)"],
            watch: { await MemoryWatch(cache: guest.cache).untilCancelled($0) }
        )
        let whole = run.ended - run.started
        alone = alone ?? (count == 1 ? whole : nil)
        figures.append(
            Figure(
                name: "\(scenarios) scenarios on \(count) workers",
                unit: "s",
                values: [whole],
                rival: alone.map { .init(name: "one worker", values: [$0]) }
            )
        )
        figures += quarters(of: run, workers: count)
    }
    return figures
}

/// The same of each quarter of the scenarios, in order: none should cost more than the one before.
private func quarters(of run: AssayRun<[MemoryWatch.Sample]>, workers: Int) -> [Figure] {
    let ends = run.record.attempts.map(\.ended).sorted()
    let start = run.record.attempts.first?.started ?? run.started
    let moments = (0...4).map { $0 == 0 ? start : ends[max(0, ends.count * $0 / 4 - 1)] }
    func figure(_ name: String, _ unit: String, _ value: (Int) -> Double?) -> [Figure] {
        (1...4).map { quarter in
            Figure(
                name: "  quarter \(quarter) on \(workers) workers: \(name)",
                unit: unit,
                values: value(quarter).map { [$0] } ?? []
            )
        }
    }
    func middle(_ part: (MemoryWatch.Sample) -> Int, _ quarter: Int) -> Double? {
        run.watched.median(part, from: moments[quarter - 1], to: moments[quarter]).map { $0 / 1048576 }
    }
    return figure("time per scenario", "s") { (moments[$0] - moments[$0 - 1]) / (Double(ends.count) / 4) }
        + figure("memory of the coordinator", "MiB") { middle(\.coordinator, $0) }
        + figure("memory of everything", "MiB") { middle(\.everything, $0) }
        + figure("cache on the disk", "MiB") { middle(\.cache, $0) }
        + figure("evidence on the disk", "KiB") { middle(\.output, $0).map { $0 * 1024 } }
}

extension RunRecord.Attempt {
    fileprivate var seconds: Double { ended - started }

    /// How long it took to start QEMU and to give it the machine's state.
    fileprivate var machineSeconds: Double? {
        guard let setUp, let start = try? time(of: "restoring the machine") else { return nil }
        return setUp.ended - start
    }
}
