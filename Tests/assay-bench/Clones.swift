import Foundation

/// The memory of four guests from one checkpoint, beside that of four guests that were booted.
func measureClones(of guest: RealGuest) async throws -> [Figure] {
    var figures: [Figure] = []
    for filling in RealGuest.Filling.allCases {
        try await guest.prepare(filling)
        note("four clones, \(filling.rawValue)")
        let clones = try await guest.run(
            4,
            steps: [filling.checkpoint] + rest(filling),
            options: ["--no-standby", "-j", "4"],
            watch: { await MemoryWatch(cache: guest.cache).untilCancelled($0) }
        )
        note("four boots, \(filling.rawValue)")
        let boots = try await guest.run(
            4,
            steps: filling.steps + rest(filling),
            options: ["--no-standby", "-j", "4"],
            watch: { await MemoryWatch(cache: guest.cache).untilCancelled($0) }
        )
        func bytes(_ run: AssayRun<[MemoryWatch.Sample]>, _ part: (MemoryWatch.Sample) -> Int) throws -> Double {
            // While all four do nothing.
            let pauses = run.record.attempts.map { $0.steps.suffix(rest(filling).count) }
            guard let start = pauses.compactMap(\.first?.began).max(), let end = pauses.compactMap(\.last?.ended).min(),
                let bytes = run.watched.median(part, from: start, to: end)
            else { throw BenchError("the four guests were never at rest at the same time") }
            return bytes
        }
        for (name, part) in [("QEMU", \MemoryWatch.Sample.machines), ("everything", \.everything)] {
            let (own, other) = try (bytes(clones) { $0[keyPath: part] }, bytes(boots) { $0[keyPath: part] })
            note(
                String(
                    format: "%.0f MiB against %.0f MiB, \(filling.rawValue): \(name)",
                    own / 1048576,
                    other / 1048576
                )
            )
            figures.append(
                Figure(
                    name: "four clones' memory as a share of four boots', \(filling.rawValue): \(name)",
                    unit: "%",
                    values: [own / other * 100],
                    goal: part == \.machines ? 30 : nil
                )
            )
            figures.append(
                Figure(
                    name: "four clones' memory, \(filling.rawValue): \(name)",
                    unit: "MiB",
                    values: [own / 1048576],
                    rival: .init(name: "four boots", values: [other / 1048576])
                )
            )
        }
    }
    return figures
}

/// Long enough that guests that were booted side by side are all at rest for a moment.
private func rest(_ filling: RealGuest.Filling) -> [String] {
    Array(repeating: RealGuest.pause, count: filling == .much ? 15 : 10)
}
