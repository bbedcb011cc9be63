import Foundation

/// Looks from outside at a run of `assay`: when its guest wrote to the serial port, and what its processes cost.
struct Watch: Sendable {
    /// What was seen.
    struct Result: Sendable {
        /// When the serial log grew to the length of the index plus one.
        ///
        /// The file's own time of change, which the kernel rounds down to its tick (at most 10 ms): no matter how late
        /// this process looks, a reaction never seems faster than it was.
        var serial: [Double] = []
        /// What it then held.
        var written: [UInt8] = []
        var costs: [Cost] = []
    }

    /// The processor time that processes had used so far.
    struct Cost: Sendable {
        let time: Double
        /// Seconds of the coordinator and the worker.
        var assay = 0.0
        /// Seconds of QEMU.
        var machine = 0.0
        /// Seconds of the encoder of a video.
        var video = 0.0
        /// Seconds of everything else in the sandbox.
        var rest = 0.0
    }

    /// Far shorter than what lies between two bytes of the guest.
    private static let pause: Duration = .milliseconds(20)
    private static let looksPerCost = 25

    private let output: URL

    init(_ output: URL) { self.output = output }

    func untilCancelled() async -> Result {
        var result = Result()
        var coordinator: Int32?
        var looks = 0
        var serial: String?
        repeat {
            serial = serial ?? serialLog
            if let serial { noteGrowth(of: serial, in: &result) }
            if looks % Self.looksPerCost == 0 {
                let processes = RunningProcess.all
                coordinator = coordinator ?? processes.first { $0.arguments.contains(output.path()) }?.identifier
                if let coordinator { result.costs.append(cost(of: coordinator, among: processes)) }
            }
            looks += 1
            do { try await Task.sleep(for: Self.pause) } catch { break }
        } while !Task.isCancelled
        return result
    }

    /// Where the first machine of the only attempt writes its serial port to, once there is one.
    private var serialLog: String? {
        let folder = output.appending(path: "partial")
        let attempts = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return attempts.map { folder.appending(path: "\($0)/serial-1.log").path() }
            .first(where: FileManager.default.fileExists(atPath:))
    }

    private func noteGrowth(of file: String, in result: inout Result) {
        var status = stat()
        guard stat(file, &status) == 0 else { return }
        let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        guard result.serial.count < Int(status.st_size) else { return }
        while result.serial.count < Int(status.st_size) { result.serial.append(time) }
        if let data = FileManager.default.contents(atPath: file) { result.written = Array(data) }
    }

    private func cost(of coordinator: Int32, among processes: [RunningProcess]) -> Cost {
        var cost = Cost(time: wallClock)
        for process in processes.family(of: coordinator) {
            switch process.name {
            case "assay": cost.assay += process.seconds
            case "ffmpeg": cost.video += process.seconds
            case let name where name.hasPrefix("qemu"): cost.machine += process.seconds
            default: cost.rest += process.seconds
            }
        }
        return cost
    }
}

/// A process as proc(5) shows it.
struct RunningProcess {
    let identifier: Int32
    let name: String
    let parent: Int32
    /// The processor time of all its threads so far.
    let seconds: Double

    static var all: [RunningProcess] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return folders.compactMap { Int32($0) }.sorted().compactMap { RunningProcess($0) }
    }

    private init?(_ identifier: Int32) {
        guard let data = FileManager.default.contents(atPath: "/proc/\(identifier)/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        // The name stands in parentheses and may hold anything.
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[close...].dropFirst().split(separator: " ")
        guard fields.count > 12, let parent = Int32(fields[1]), let user = Double(fields[11]),
            let system = Double(fields[12])
        else { return nil }
        self.identifier = identifier
        name = String(text[text.index(after: open)..<close])
        self.parent = parent
        seconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The bytes of memory that it has alone, and of what it shares its part (Pss).
    var proportionalSize: Int {
        let data = FileManager.default.contents(atPath: "/proc/\(identifier)/smaps_rollup") ?? Data()
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    var arguments: [String] {
        let data = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline") ?? Data()
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension [RunningProcess] {
    /// A process and all that it has started.
    func family(of ancestor: Int32) -> [RunningProcess] {
        var family: Set = [ancestor]
        // Parents of a process that lives have smaller numbers, unless numbers have begun anew: then a second round helps.
        for _ in 0..<2 {
            for process in self where family.contains(process.parent) { family.insert(process.identifier) }
        }
        return filter { family.contains($0.identifier) }
    }
}
