import Foundation

/// Looks from outside at how much memory and disk a run of `assay` takes.
struct MemoryWatch: Sendable {
    /// What was taken at a moment; bytes of memory are those of each process, shared ones in shares (Pss, proc(5)).
    struct Sample: Sendable {
        let time: Double
        /// The process that hands out the scenarios.
        var coordinator = 0
        var machines = 0
        /// All processes of the run, including those above.
        var everything = 0
        /// Blocks of the cache on the disk, in bytes.
        var cache = 0
        /// Blocks of the run's own folder on the disk, in bytes.
        var output = 0
    }

    /// The folder of the caches.
    let cache: URL

    func untilCancelled(_ output: URL) async -> [Sample] {
        var samples: [Sample] = []
        var coordinator: Int32?
        repeat {
            let processes = RunningProcess.all
            coordinator = coordinator ?? processes.first { $0.arguments.contains(output.path()) }?.identifier
            if let coordinator { samples.append(sample(coordinator, processes, output)) }
            do { try await Task.sleep(for: .seconds(1)) } catch { break }
        } while !Task.isCancelled
        return samples
    }

    private func sample(_ coordinator: Int32, _ processes: [RunningProcess], _ output: URL) -> Sample {
        var sample = Sample(time: wallClock)
        for process in processes.family(of: coordinator) {
            let bytes = process.proportionalSize
            sample.everything += bytes
            if process.identifier == coordinator { sample.coordinator = bytes }
            if process.name.hasPrefix("qemu") { sample.machines += bytes }
        }
        sample.cache = bytesOnDisk(cache)
        sample.output = bytesOnDisk(output)
        return sample
    }

    private func bytesOnDisk(_ folder: URL) -> Int {
        var sum = 0
        var status = stat()
        for case let name as String in FileManager.default.enumerator(atPath: folder.path()) ?? .init() {
            if lstat(folder.appending(path: name).path(), &status) == 0 { sum += Int(status.st_blocks) * 512 }
        }
        return sum
    }
}

extension [MemoryWatch.Sample] {
    /// The middle value of those between two moments.
    func median(_ part: (MemoryWatch.Sample) -> Int, from start: Double, to end: Double) -> Double? {
        filter { (start...Swift.max(start, end)).contains($0.time) }.map { Double(part($0)) }.median
    }
}
