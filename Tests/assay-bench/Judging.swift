import Foundation
import Sandbox

/// What `assay leaks` needs for a packet with every rule in use, beside what tcpdump needs to print it.
///
/// In the processor's time of one core, kernel included, for others share the machine.
func measureJudging(in workshop: Workshop, runs: Int) throws -> [Figure] {
    let judging = try Judging(in: workshop)
    var figures: [Figure] = []
    for size in [64, 630, 1_514] {
        let packets = min(1_000_000, 600_000_000 / size)
        try judging.writeCapture(size: size, megabytes: (packets * size) >> 20)
        defer { judging.removeCapture() }
        var own: [Double] = []
        var rival: [Double] = []
        for number in 0..<runs {
            note("judging, \(size) bytes, \(number + 1) of \(runs)")
            own.append(try Usage.of("\(judging.command) '\(judging.capture)'", allowing: [75]).seconds)
            if judging.hasTcpdump {
                rival.append(try Usage.of("tcpdump -n -r '\(judging.capture)' >/dev/null 2>&1").seconds)
            }
        }
        let scale = 1e9 / Double(packets)
        figures.append(
            Figure(
                name: "a packet of \(size) bytes judged by every rule",
                unit: "ns",
                values: own.map { $0 * scale },
                // Three million packets a second, and one and a half gigabytes a second.
                goal: max(333, Double(size) / 1.5),
                rival: rival.isEmpty ? nil : .init(name: "tcpdump -r", values: rival.map { $0 * scale })
            )
        )
    }
    return figures
}

/// The memory in which twenty gigabytes of traffic are judged from a pipe.
func measureJudgingMemory(in workshop: Workshop) throws -> [Figure] {
    let judging = try Judging(in: workshop)
    try judging.writeCapture(size: 1_514, megabytes: 200)
    defer { judging.removeCapture() }
    note("stream, 20 GB from a pipe")
    let usage = try Usage.of(
        "for round in $(seq 100); do cat '\(judging.capture)'; done | \(judging.command) -",
        allowing: [75]
    )
    return [Figure(name: "memory to judge 20 GB from a pipe", unit: "MiB", values: [usage.peak], goal: 200)]
}

private struct Judging {
    let capture: String
    let command: String
    private let maker: String

    var hasTcpdump: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/tcpdump") }

    init(in workshop: Workshop) throws {
        capture = workshop.folder.appending(path: "traffic.pcapng").path()
        maker = try SandboxExecutable.beside("packet-bench").string
        let policy = workshop.folder.appending(path: "every-rule.policy.yaml").path()
        let run = workshop.folder.appending(path: "run.yaml").path()
        _ = try Usage.of("'\(maker)' --policy >'\(policy)' && '\(maker)' --run >'\(run)'")
        let program = try SandboxExecutable.beside("assay")
        command = "'\(program)' leaks --policy '\(policy)' --run '\(run)' >/dev/null"
    }

    func writeCapture(size: Int, megabytes: Int) throws {
        _ = try Usage.of("'\(maker)' --capture \(size) \(megabytes) >'\(capture)'")
    }

    func removeCapture() { try? FileManager.default.removeItem(atPath: capture) }
}

/// What a command line took, its children included.
private struct Usage {
    /// Of the processor, in user and kernel.
    let seconds: Double
    /// The memory of the largest process, in MiB.
    let peak: Double

    /// Runs a command line to its end (wait4(2)).
    static func of(_ line: String, allowing statuses: Set<Int32> = []) throws -> Usage {
        var child: pid_t = 0
        func texts(_ texts: String...) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }
        let (arguments, environment) = (texts("sh", "-c", line), texts("PATH=/usr/sbin:/usr/bin:/sbin:/bin"))
        defer { for text in arguments + environment { free(text) } }
        guard posix_spawn(&child, "/bin/sh", nil, nil, arguments, environment) == 0 else {
            throw BenchError("no shell could be started")
        }
        var (status, usage) = (Int32(0), rusage())
        guard wait4(child, &status, 0, &usage) == child, status & 0x7f == 0,
            status == 0 || statuses.contains(status >> 8)
        else { throw BenchError("“\(line)” ended with wait status \(status)") }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return Usage(
            seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            peak: Double(usage.ru_maxrss) / 1_024
        )
    }
}
