/// What an element must be like to be the one that is looked for.
public struct ElementQuery: Hashable, Sendable, CustomStringConvertible {
    /// Its role; any when there is none.
    public var role: RoleName?
    /// Its name, letter by letter; any when there is none.
    ///
    /// Blanks at the ends don't count, and several count as one.
    public var name: String?
    /// What else must hold of it.
    public var condition: ElementCondition?

    /// Creates a query.
    public init(_ role: RoleName?, _ name: String? = nil, _ condition: ElementCondition? = nil) {
        self.role = role
        self.name = name
        self.condition = condition
    }

    public var description: String {
        let what = role.map(\.description) ?? "element"
        return "the \(what)" + (name.map { " \"\($0)\"" } ?? "") + (condition.map { " that \($0)" } ?? "")
    }

    /// Returns the elements that fit and are meant to be seen, from top to bottom as their programs name them.
    package func matches(in tree: ElementTree) -> [Element] {
        tree.elements.filter { fitsName($0) && $0.isShowing && condition?.holds(for: $0) ?? true }
    }

    /// Why the one element with the role and name does not fit, or `nil` when there is none, or several.
    package func unmetCondition(in tree: ElementTree) -> String? {
        let named = tree.elements.filter { fitsName($0) && $0.isShowing }
        return named.count == 1 ? condition?.reason(against: named[0]) : nil
    }

    /// What comes near to an element that was looked for in vain, the nearest first.
    package func nearMisses(in tree: ElementTree, limit: Int = 6) -> [String] {
        let named = tree.elements.filter(fitsName)
        guard named.isEmpty else {
            return named.prefix(limit).map { element in
                // One that is not showing says so itself.
                guard element.isShowing else { return "\(element)" }
                return "\(element) \(condition?.reason(against: element) ?? "is in another place")"
            }
        }
        guard let name else { return [] }
        let wanted = folded(name)
        let others = tree.elements.filter { folded($0.name) == wanted }
        var misses = others.prefix(limit).map { "\($0) has the name, but another role" }
        let near = tree.elements.lazy
            .filter { role?.roles.contains($0.role) ?? true && !$0.name.isEmpty && !others.contains($0) }
            .prefix(500)
            .map { ($0, editDistance(wanted.prefix(80), folded($0.name).prefix(80))) }
            .sorted { $0.1 < $1.1 }
        misses += near.prefix(max(0, 3 - misses.count)).map { "\($0.0) is \($0.1) letters away" }
        return misses
    }

    private func fitsName(_ element: Element) -> Bool {
        (role?.roles.contains(element.role) ?? true) && (name.map { folded($0) == folded(element.name) } ?? true)
    }
}

/// What must hold of an element besides its role and name.
public enum ElementCondition: Hashable, Sendable, CustomStringConvertible {
    /// It is in a state.
    case state(StateName)
    /// It says just this; what holds no text says its name.
    case text(String)
    /// This is a part of what it says.
    case textWith(String)
    /// It stands at this number.
    case value(Double)

    public var description: String {
        switch self {
        case .state(let state): "is \(state.rawValue)"
        case .text(let text): "says \"\(text)\""
        case .textWith(let text): "says something with \"\(text)\""
        case .value(let value): "stands at \(value)"
        }
    }

    func holds(for element: Element) -> Bool {
        switch self {
        case .state(let state): state.holds(for: element.states)
        case .text(let text): folded(element.text ?? element.name) == folded(text)
        case .textWith(let text): folded(element.text ?? element.name).contains(folded(text))
        case .value(let value): element.value == value
        }
    }

    /// What is there instead.
    func reason(against element: Element) -> String? {
        guard !holds(for: element) else { return nil }
        return switch self {
        case .state(.enabled): "is disabled"
        case .state(let state): "is not \(state.rawValue)"
        case .text, .textWith: "says \"\(printable(element.text ?? element.name, limit: 200))\""
        case .value: element.value.map { "stands at \($0)" } ?? "has no value"
        }
    }
}

/// Without blanks at the ends, and with one for several.
private func folded(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

/// How many letters must be put in, taken out or exchanged to turn one text into another.
private func editDistance(_ first: Substring, _ second: Substring) -> Int {
    let second = Array(second)
    var previous = Array(0...second.count)
    for (row, letter) in first.enumerated() {
        var current = [row + 1]
        for (column, other) in second.enumerated() {
            current.append(
                min(previous[column] + (letter == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
            )
        }
        previous = current
    }
    return previous[second.count]
}
