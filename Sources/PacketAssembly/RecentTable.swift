/// Values by key, at most a given number of them: whoever was used longest ago makes room for the next.
///
/// Every act takes constant time, so that a flood of keys can't slow down whoever keeps the table.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// The neighbours of a place in the order of use.
    private struct Link {
        var newer: Int?
        var older: Int?
    }

    private var places: [Key: Int] = [:]
    // By place. What stands at a free place means nothing.
    private var keys: [Key] = []
    private var values: [Value] = []
    private var links: [Link] = []
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?
    private let capacity: Int
    private let blank: Value

    /// Creates an empty table; the blank value takes the place of those that are removed.
    init(capacity: Int, blank: Value) {
        precondition(capacity > 0, "A table has room for at least one value.")
        (self.capacity, self.blank) = (capacity, blank)
    }

    /// Finds the place of a key, and counts that as a use.
    mutating func place(of key: Key) -> Int? {
        // Frames of one stream often follow each other.
        if let newest, keys[newest] == key { return newest }
        guard let place = places[key] else { return nil }
        unlink(place)
        link(place)
        return place
    }

    /// The value at a place that was found or made just now.
    subscript(place: Int) -> Value {
        _read { yield values[place] }
        _modify { yield &values[place] }
    }

    /// Adds a key that is not in the table, and returns its place and what had to go for it.
    mutating func insert(_ key: Key, _ value: Value) -> (place: Int, evicted: (Key, Value)?) {
        let evicted = places.count < capacity ? nil : removeOldest()
        let place: Int
        if let reused = free.popLast() {
            place = reused
            (keys[place], values[place]) = (key, value)
        } else {
            place = keys.count
            keys.append(key)
            values.append(value)
            links.append(Link())
        }
        places[key] = place
        link(place)
        return (place, evicted)
    }

    /// Removes whoever was used longest ago.
    mutating func removeOldest() -> (Key, Value)? {
        guard let oldest else { return nil }
        let key = keys[oldest]
        return remove(key).map { (key, $0) }
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        free.append(place)
        defer { values[place] = blank }
        return values[place]
    }

    /// Every key and value, the one used longest ago first.
    var oldestFirst: [(Key, Value)] {
        var all: [(Key, Value)] = []
        var place = oldest
        while let current = place {
            all.append((keys[current], values[current]))
            place = links[current].newer
        }
        return all
    }

    // MARK: - The order of use

    private mutating func link(_ place: Int) {
        links[place] = Link(newer: nil, older: newest)
        if let newest { links[newest].newer = place }
        newest = place
        oldest = oldest ?? place
    }

    private mutating func unlink(_ place: Int) {
        let link = links[place]
        if let newer = link.newer { links[newer].older = link.older } else { newest = link.older }
        if let older = link.older { links[older].newer = link.newer } else { oldest = link.newer }
    }
}
