/// The capture groups of a regular expression, as they are nested.
struct CaptureGroups: Hashable, Sendable {
    /// A group: the number by which the engine knows it, its source without parentheses, and the groups inside.
    struct Group: Hashable, Sendable {
        let number: Int
        fileprivate(set) var source: String
        fileprivate(set) var children: [Group]
    }

    /// The groups that stand in no other group.
    private(set) var top: [Group] = []

    /// Finds the groups, or returns `nil` when parentheses do not match.
    init?(in pattern: String) {
        let characters = Array(pattern.unicodeScalars)
        /// `nil` for a group that captures nothing.
        var open: [(group: Group?, start: Int, children: [Group])] = []
        var (isEscaped, isInSet) = (false, false)
        var count = 0
        for (index, character) in characters.enumerated() {
            defer { isEscaped = character == "\\" && !isEscaped }
            if isEscaped { continue }
            switch character {
            case "[": isInSet = true
            case "]": isInSet = false
            case "(" where !isInSet:
                if Self.captures(characters, index) {
                    count += 1
                    open.append((Group(number: count, source: "", children: []), index, []))
                } else {
                    open.append((nil, index, []))
                }
            case ")" where !isInSet:
                guard let closed = open.popLast() else { return nil }
                var finished = closed.children
                if var group = closed.group {
                    var source = String.UnicodeScalarView()
                    source.append(contentsOf: characters[(closed.start + 1)..<index])
                    group.source = String(source)
                    group.children = closed.children
                    finished = [group]
                }
                if open.isEmpty { top += finished } else { open[open.count - 1].children += finished }
            default: break
            }
        }
        if !open.isEmpty { return nil }
    }

    private static func captures(_ characters: [Unicode.Scalar], _ index: Int) -> Bool {
        func character(_ offset: Int) -> Unicode.Scalar? {
            index + offset < characters.count ? characters[index + offset] : nil
        }
        guard character(1) == "?" else { return true }
        return character(2) == "<" && character(3) != "=" && character(3) != "!"
    }
}
