/// What jobs of each kind were seen to use at most, kept from run to run.
///
/// A kind is what makes jobs alike in memory: the checkpoint that they start from, or the size of the machine.
package struct LearnedMemory: Codable, Hashable, Sendable {
    private struct Peaks: Codable, Hashable, Sendable {
        /// Bytes, the latest last.
        var bytes: [Int]
        /// Tells which kind was measured longest ago.
        var lastUse: Int
    }

    private let version: Int
    private var kinds: [String: Peaks] = [:]

    /// How many kinds are remembered; the one measured longest ago is forgotten first.
    package static let mostKinds = 256
    /// How many jobs of a kind are remembered: a large one does not count for ever.
    package static let mostJobs = 16
    private static let version = 1

    /// Knows nothing yet.
    package init() {
        version = Self.version
    }

    /// The largest use measured lately, in bytes, or `nil` when the kind was not measured.
    package func peak(of kind: String) -> Int? { kinds[kind]?.bytes.max() }

    /// How many kinds are remembered.
    package var count: Int { kinds.count }

    /// Learns from a job that is over.
    ///
    /// - Parameters:
    ///   - kind: The kind of the job.
    ///   - bytes: Its largest measured use; zero teaches nothing.
    package mutating func learn(_ kind: String, peak bytes: Int) {
        guard bytes > 0 else { return }
        let earlier = kinds[kind]?.bytes ?? []
        let latest = kinds.values.map(\.lastUse).max() ?? 0
        kinds[kind] = Peaks(bytes: (earlier + [bytes.limited]).suffix(Self.mostJobs), lastUse: latest + 1)
        forgetOldest()
    }

    private mutating func forgetOldest() {
        let tooMany = kinds.count - Self.mostKinds
        guard tooMany > 0 else { return }
        for (kind, _) in kinds.sorted(by: { $0.value.lastUse < $1.value.lastUse }).prefix(tooMany) { kinds[kind] = nil }
    }

    // MARK: - Decodable

    /// Reads what an earlier run wrote, and leaves out what can't be true: the file may be damaged.
    ///
    /// - Throws: A `DecodingError` when it is no such file, or one of another version.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decode(Int.self, forKey: .version)
        guard version == Self.version else {
            throw DecodingError.dataCorruptedError(
                forKey: .version,
                in: values,
                debugDescription: "Version \(Self.version) was expected, and \(version) seen."
            )
        }
        kinds = try values.decode([String: Peaks].self, forKey: .kinds).compactMapValues { peaks in
            let bytes = peaks.bytes.suffix(Self.mostJobs).filter { $0 > 0 && $0 == $0.limited }
            return bytes.isEmpty ? nil : Peaks(bytes: Array(bytes), lastUse: peaks.lastUse.limited)
        }
        forgetOldest()
    }
}

extension Int {
    /// The number of bytes, if a machine can have it: sums of such numbers never overflow.
    var limited: Int { Swift.min(Swift.max(0, self), 1 << 50) }
}
