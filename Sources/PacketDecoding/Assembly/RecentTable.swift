/// Values by key, at most a given number of them: whoever was used longest ago makes room for the next.
///
/// Every act takes constant time, so that a flood of keys can't slow down whoever keeps the table.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let key: Key
        var value: Value
        var newer: Int?
        var older: Int?
    }

    private var places: [Key: Int] = [:]
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { places.count }

    /// Finds the place of a key, and counts that as a use.
    mutating func place(of key: Key) -> Int? {
        guard let place = places[key] else { return nil }
        if newest != place {
            unlink(place)
            link(place)
        }
        return place
    }

    /// The value at a place that was found or made just now.
    subscript(place: Int) -> Value {
        get { entry(place).value }
        _modify {
            guard entries[place] != nil else { preconditionFailure("A place is asked for only while its key is in.") }
            var entry = entry(place)
            entries[place] = nil
            defer { entries[place] = entry }
            yield &entry.value
        }
    }

    /// Adds a key that is not in the table, and returns its place and what had to go for it.
    mutating func insert(_ key: Key, _ value: Value) -> (place: Int, evicted: (Key, Value)?) {
        let evicted = count < capacity ? nil : removeOldest()
        let entry = Entry(key: key, value: value)
        let place: Int
        if let reused = free.popLast() {
            place = reused
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
        }
        places[key] = place
        link(place)
        return (place, evicted)
    }

    /// Removes whoever was used longest ago.
    mutating func removeOldest() -> (Key, Value)? {
        guard let oldest else { return nil }
        let key = entry(oldest).key
        return remove(key).map { (key, $0) }
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        defer {
            entries[place] = nil
            free.append(place)
        }
        return entry(place).value
    }

    /// Every key and value, the one used longest ago first.
    var oldestFirst: [(Key, Value)] {
        var all: [(Key, Value)] = []
        var place = oldest
        while let current = place {
            let entry = entry(current)
            all.append((entry.key, entry.value))
            place = entry.newer
        }
        return all
    }

    // MARK: - The order of use

    private func entry(_ place: Int) -> Entry {
        guard let entry = entries[place] else { preconditionFailure("The order of use holds live entries only.") }
        return entry
    }

    private mutating func link(_ place: Int) {
        entries[place]?.older = newest
        entries[place]?.newer = nil
        if let newest { entries[newest]?.newer = place }
        newest = place
        oldest = oldest ?? place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entry(place).newer, entry(place).older)
        if let newer { entries[newer]?.older = older } else { newest = older }
        if let older { entries[older]?.newer = newer } else { oldest = newer }
    }
}
