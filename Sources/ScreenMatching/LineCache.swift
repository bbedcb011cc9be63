/// What was read from lines, by their pixels.
///
/// Bounded: the lines that were not asked for lately go first.
///
/// Keyed by the pixels themselves and not by a digest of them, so that no line is ever taken for another.
struct LineCache {
    private struct Entry {
        let words: [TextWord]
        var lastUse: UInt64
    }

    private static let byteLimit = 32 << 20

    private var entries: [LineCrop: Entry] = [:]
    private var byteCount = 0
    private var time: UInt64 = 0

    subscript(crop: LineCrop) -> [TextWord]? {
        mutating get {
            time += 1
            let now = time
            return { entry in
                entry?.lastUse = now
                return entry?.words
            }(&entries[crop])
        }
    }

    mutating func insert(_ words: [TextWord], for crop: LineCrop) {
        time += 1
        entries[crop] = Entry(words: words, lastUse: time)
        byteCount += crop.pixels.count
        guard byteCount > Self.byteLimit else { return }
        for (old, _) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }).prefix(entries.count / 2) {
            entries[old] = nil
            byteCount -= old.pixels.count
        }
    }
}
