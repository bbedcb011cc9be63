import Pictures

/// How much of a guest's answer is taken.
package struct ElementLimits: Hashable, Sendable {
    /// The most programs and elements together.
    package var elements = 5_000
    /// The most children of one element.
    package var children = 2_000
    /// How many elements may be in each other.
    package var depth = 60
    /// The most bytes of an answer.
    package var bytes = 8 << 20

    package init() {}
}

extension ElementTree {
    /// Decodes what the reader in the guest prints; see there for the format.
    ///
    /// The answer is hostile: every field is checked, and an element can only be in one that came before it, so that
    /// there are no circles.
    ///
    /// - Throws: ``ElementError/malformed(line:expected:)``, or ``ElementError/unavailable(_:)`` with the guest's reason.
    package init(answer: String, limits: ElementLimits = ElementLimits()) throws(ElementError) {
        var decoder = TreeDecoder(limits: limits)
        guard answer.utf8.count <= limits.bytes else {
            throw .malformed(line: 1, expected: "the first of at most \(limits.bytes) bytes")
        }
        // Line by line, and not all of them first: most of a hostile answer is never looked at.
        var rest = answer[...].utf8
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try decoder.take(rest[..<end])
            rest = rest[rest.index(after: end)...]
        }
        try decoder.take(rest)
        self = try decoder.tree()
    }
}

// MARK: - Private parts

private struct TreeDecoder {
    typealias Line = Substring.UTF8View

    private struct Node {
        let parent: Int
        let depth: Int
        let label: Int?
        /// `nil` for a program.
        let element: Element?
        let name: String
        var children: [Int] = []
    }

    let limits: ElementLimits
    private var number = 0
    private var nodes: [Node] = []
    private var lacking: [String] = []
    private var hasEnded = false

    init(limits: ElementLimits) { self.limits = limits }

    mutating func take(_ line: Line) throws(ElementError) {
        number += 1
        if hasEnded {
            guard line.isEmpty else { throw malformed("the end of the answer") }
            return
        }
        var fields = Fields(line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false), line: number)
        switch try fields.text("a kind") {
        case "program":
            try takeNumber(&fields)
            nodes.append(Node(parent: -1, depth: 0, label: nil, element: nil, name: try fields.escaped("a name")))
        case "element": try takeElement(&fields)
        case "lacking":
            guard lacking.count < 100 else { throw malformed("one of at most 100 things that lack") }
            lacking.append(try fields.escaped("what lacks"))
        case "end":
            guard try fields.integer("a count", in: 0...limits.elements) == nodes.count else {
                throw malformed("the number of elements before it")
            }
            hasEnded = true
        case "failed": throw .unavailable(try fields.escaped("a reason"))
        default: throw malformed("a kind that is known")
        }
        try fields.finish()
    }

    private mutating func takeNumber(_ fields: inout Fields) throws(ElementError) {
        guard nodes.count < limits.elements else { throw malformed("one of at most \(limits.elements) elements") }
        guard try fields.integer("a number", in: 0...limits.elements) == nodes.count else {
            throw malformed("number \(nodes.count)")
        }
    }

    private mutating func takeElement(_ fields: inout Fields) throws(ElementError) {
        try takeNumber(&fields)
        let parent = try fields.integer("the number of an element before it", in: 0...limits.elements)
        guard parent < nodes.count else { throw malformed("in an element before it") }
        let depth = nodes[parent].depth + 1
        guard depth <= limits.depth else { throw malformed("in at most \(limits.depth) others") }
        guard nodes[parent].children.count < limits.children else {
            throw malformed("one of at most \(limits.children) children")
        }
        let role = try fields.optionalInteger("a role", in: 0...Int(UInt16.max)) ?? 0
        let states = try fields.states()
        let rectangle = try fields.rectangle()
        let label = try fields.optionalInteger("the number of an element", in: 0...limits.elements)
        let name = try fields.escaped("a name")
        let text = try fields.optionalText()
        let value = try fields.optionalNumber()
        let element = Element(
            role: ElementRole(rawValue: UInt16(role)),
            name: name,
            text: text,
            value: value,
            states: states,
            rectangle: rectangle,
            program: "",
            depth: depth
        )
        nodes[parent].children.append(nodes.count)
        nodes.append(Node(parent: parent, depth: depth, label: label, element: element, name: name))
    }

    /// Puts each element before those in it, and gives names to those that have a label.
    func tree() throws(ElementError) -> ElementTree {
        guard hasEnded else { throw malformed("the line that ends the answer") }
        var elements: [Element] = []
        let roots = nodes.indices.filter { nodes[$0].parent < 0 }
        for root in roots {
            var open = Array(nodes[root].children.reversed())
            while let next = open.popLast() {
                guard var element = nodes[next].element else { continue }
                element.program = nodes[root].name
                if element.name.isEmpty, let label = nodes[next].label, nodes.indices.contains(label) {
                    element.name = nodes[label].name
                }
                elements.append(element)
                open += nodes[next].children.reversed()
            }
        }
        return ElementTree(programs: roots.map { nodes[$0].name }, elements: elements, lacking: lacking)
    }

    private func malformed(_ expected: String) -> ElementError { .malformed(line: number, expected: expected) }
}

/// The fields of one line, taken one after the other.
private struct Fields {
    private var rest: ArraySlice<Substring.UTF8View>
    private let line: Int

    init(_ fields: [Substring.UTF8View], line: Int) {
        rest = fields[...]
        self.line = line
    }

    mutating func text(_ expected: String) throws(ElementError) -> String {
        guard let field = rest.popFirst(), field.count <= 300_000 else { throw malformed(expected) }
        guard field.allSatisfy({ (0x20...0x7e).contains($0) }) else { throw malformed("printable ASCII") }
        return String(decoding: field, as: UTF8.self)
    }

    mutating func integer(_ expected: String, in range: ClosedRange<Int>) throws(ElementError) -> Int {
        let text = try text(expected)
        guard text.utf8.count <= 12, let number = Int(text), range.contains(number) else { throw malformed(expected) }
        return number
    }

    mutating func optionalInteger(_ expected: String, in range: ClosedRange<Int>) throws(ElementError) -> Int? {
        if try isUnknown() { return nil }
        return try integer(expected, in: range)
    }

    /// Text in which `%` stands before the two hexadecimal digits of a byte; bytes that are no UTF-8 are replaced.
    mutating func escaped(_ expected: String) throws(ElementError) -> String {
        try unescaped(text(expected)[...], expected)
    }

    mutating func optionalText() throws(ElementError) -> String? {
        if try isUnknown() { return nil }
        let field = try text("a text")
        guard field.hasPrefix("T") else { throw malformed("a text that begins with T") }
        return try unescaped(field.dropFirst(), "a text")
    }

    mutating func optionalNumber() throws(ElementError) -> Double? {
        if try isUnknown() { return nil }
        let field = try text("a number")
        guard field.utf8.count <= 40, let number = Double(field) else { throw malformed("a number") }
        // Some programs tell that they know no value by one that is no number.
        return number.isFinite ? number : nil
    }

    mutating func states() throws(ElementError) -> ElementStates {
        if try isUnknown() { return [] }
        let field = try text("states")
        guard let bits = UInt64(field, radix: 16) else { throw malformed("states in hexadecimal") }
        return ElementStates(rawValue: bits)
    }

    /// A box; one without a pixel, or with a corner that no screen has, is none.
    mutating func rectangle() throws(ElementError) -> Rectangle? {
        let range = Int(Int32.min)...Int(Int32.max)
        var numbers: [Int?] = []
        for side in ["x", "y", "a width", "a height"] { numbers.append(try optionalInteger(side, in: range)) }
        guard let x = numbers[0], let y = numbers[1], let width = numbers[2], let height = numbers[3] else {
            return nil
        }
        let sane = -100_000...100_000
        guard width > 0, height > 0, sane.contains(x), sane.contains(y), sane.contains(width), sane.contains(height)
        else { return nil }
        return Rectangle(x: x, y: y, width: width, height: height)
    }

    func finish() throws(ElementError) {
        guard rest.isEmpty else { throw malformed("a line with as many fields as its kind has") }
    }

    // MARK: - Private parts

    private mutating func isUnknown() throws(ElementError) -> Bool {
        guard let field = rest.first else { throw malformed("a line with as many fields as its kind has") }
        guard field.elementsEqual("-".utf8) else { return false }
        rest.removeFirst()
        return true
    }

    private func unescaped(_ text: Substring, _ expected: String) throws(ElementError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.digit), let low = rest.popFirst().flatMap(Self.digit) else {
                throw malformed("\(expected) with two digits after each %")
            }
            bytes.append(high << 4 | low)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private func malformed(_ expected: String) -> ElementError { .malformed(line: line, expected: expected) }
}
