import CucumberMessages

/// The placeholders of an outline and what one row puts in their place.
struct Placeholders {
    private let names: [[UInt8]]
    /// The cells of the row, one per placeholder.
    var values: [TableCell] = []

    init(header: [TableCell] = []) {
        names = header.map { Array("<\($0.value)>".utf8) }
    }

    /// Replaces each `<name>`, one column after the other, so that a value may bring along the name of a later column.
    func fill(_ text: String, _ budget: inout PickleBudget) throws(PickleBudget.Exceeded) -> String {
        guard !names.isEmpty, text.utf8.contains(UInt8(ascii: "<")) else { return text }
        var bytes = Array(text.utf8)
        var isChanged = false
        for (name, value) in zip(names, values) {
            try budget.search(bytes.count)
            guard var found = try bytes.firstOffset(of: name, from: 0, &budget) else { continue }
            isChanged = true
            var filled: [UInt8] = []
            var copied = 0
            while true {
                try budget.spend(found - copied + value.value.utf8.count)
                filled += bytes[copied..<found]
                filled += value.value.utf8
                copied = found + name.count
                guard let next = try bytes.firstOffset(of: name, from: copied, &budget) else { break }
                found = next
            }
            filled += bytes[copied...]
            bytes = filled
        }
        return isChanged ? String(decoding: bytes, as: UTF8.self) : text
    }
}

extension [UInt8] {
    /// Finds some bytes, the first of which is `<`.
    fileprivate func firstOffset(
        of name: [UInt8],
        from start: Int,
        _ budget: inout PickleBudget
    ) throws(PickleBudget.Exceeded) -> Int? {
        guard count - start >= name.count else { return nil }
        for offset in start...(count - name.count) where self[offset] == UInt8(ascii: "<") {
            var length = 1
            while length < name.count, self[offset + length] == name[length] { length += 1 }
            if length == name.count { return offset }
            // Names that agree for long and then differ are what makes a search slow.
            try budget.search(length)
        }
        return nil
    }
}
