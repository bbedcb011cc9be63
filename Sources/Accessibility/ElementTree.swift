/// All elements of all programs on the screen at one moment, each before those in it.
public struct ElementTree: Hashable, Sendable {
    /// The programs that tell of themselves.
    public let programs: [String]
    /// Their elements; those in an element that is not showing are left out.
    public let elements: [Element]
    /// What could not be read; when there is anything, a thing that is not here may be there all the same.
    public let lacking: [String]

    package init(programs: [String] = [], elements: [Element] = [], lacking: [String] = []) {
        self.programs = programs
        self.elements = elements
        self.lacking = lacking
    }

    /// The elements as text, one a line, each further in than the one that it is in.
    ///
    /// Of a guest that shows thousands the first ones; elements without a name that only hold others together are left out.
    public func listing(limit: Int = 400) -> [String] {
        let worthy = elements.filter { !$0.isFiller }
        var lines: [String] = []
        var program: String?
        for element in worthy.prefix(limit) {
            if element.program != program {
                program = element.program
                lines.append("program \"\(printable(element.program, limit: 80))\"")
            }
            lines.append(String(repeating: "  ", count: min(element.depth, 20)) + element.details)
        }
        if worthy.count > limit { lines.append("and \(worthy.count - limit) more elements") }
        let silent = Set(programs).subtracting(worthy.map(\.program)).sorted().prefix(20)
        lines += silent.map { "program \"\(printable($0, limit: 80))\" with no element" }
        return lines + lacking.map { "not read: \(printable($0, limit: 200))" }
    }
}

extension ElementTree {
    /// An element of another moment as it is now, if it is there still and at the same place.
    package func newest(_ element: Element) -> Element? { elements.first { $0.isSame(as: element) } }

    /// Whether a menu shows what is in it; `nil` when it tells of nothing in it, so that nobody can say.
    ///
    /// Toolkits don't agree on a state of the menu itself for this.
    package func isOpen(_ menu: Element) -> Bool? {
        guard let start = elements.firstIndex(where: { $0.isSame(as: menu) }) else { return nil }
        let parts = elements[(start + 1)...].prefix { $0.depth > menu.depth && $0.program == menu.program }
        return parts.isEmpty ? nil : parts.contains { $0.isShowing }
    }
}

extension Element {
    /// Whether it is the other one at another moment: its states may differ.
    fileprivate func isSame(as other: Element) -> Bool {
        role == other.role && name == other.name && program == other.program && depth == other.depth
            && rectangle == other.rectangle
    }

    /// Whether there is nothing to say of it: it has no name, and holds others together or is not showing.
    var isFiller: Bool {
        name.isEmpty && text?.isEmpty ?? true && value == nil && (Self.fillers.contains(role) || !isShowing)
    }

    private static let fillers: Set<ElementRole> = Set(
        ["filler", "panel", "scroll pane", "split pane", "viewport", "separator", "unknown", "layered pane", "section"]
            .compactMap { name in roleNames.firstIndex(of: name).map { ElementRole(rawValue: UInt16($0)) } }
    )
}
