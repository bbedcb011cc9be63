import FoundationEssentials
package import SystemPackage

/// What a group of processes takes of the host's memory.
package struct MemoryUse: Hashable, Sendable, Codable {
    /// Bytes: what each process has alone, and of what it shares its part (Pss in proc_pid_smaps(5)).
    ///
    /// The sum over all processes of a host is what they take together.
    package let bytes: UInt64
    /// How many processes were counted.
    package let processes: Int

    /// Creates a measurement.
    package init(bytes: UInt64, processes: Int) {
        self.bytes = bytes
        self.processes = processes
    }

    /// Measures all processes of this process's PID namespace: in a sandbox, those of its worker.
    ///
    /// Processes that end meanwhile, and those of other users, are left out. The kernel looks at every page: this takes
    /// some milliseconds for each gibibyte in use.
    package static func measure(processes folder: FilePath = "/proc") -> MemoryUse {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        let sizes = names.filter { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }.compactMap {
            name in
            let file = folder.appending(name).appending("smaps_rollup").string
            return FileManager.default.contents(atPath: file).flatMap { proportionalSize(of: $0) }
        }
        return MemoryUse(bytes: sizes.reduce(0) { $0 &+ $1 }, processes: sizes.count)
    }

    /// Reads the value from the text of `smaps_rollup`; `nil` when there is none, as of a process that has ended.
    private static func proportionalSize(of text: Data) -> UInt64? {
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") where line.hasPrefix("Pss:") {
            let words = line.split(separator: " ")
            return words.count == 3 && words[2] == "kB" ? UInt64(words[1]).map { $0 << 10 } : nil
        }
        return nil
    }
}
