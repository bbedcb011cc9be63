import CucumberExpressions
import CucumberMessages

/// Writes the code that would define an undefined step.
struct Snippets<World: Sendable> {
    private let library: CompiledLibrary<World>

    init(_ library: CompiledLibrary<World>) {
        self.library = library
    }

    func snippet(
        for proposal: ExpressionGenerator.Proposal,
        type: PickleStepType?,
        argument: PickleStepArgument?
    ) -> String {
        let keyword =
            switch type {
            case .context: "Given"
            case .action: "When"
            case .outcome: "Then"
            case .unknown, nil: "Step"
            }
        var parameters = ["world: \(World.self)"]
        var used: [String: Int] = ["world": 1]
        func add(_ name: String, _ type: String) {
            used[name, default: 0] += 1
            let number = used[name, default: 1]
            parameters.append("\(number == 1 ? name : "\(name)\(number)"): \(type)")
        }
        for kind in proposal.kinds {
            let type = library.converters[kind.name].map { "\($0.type)" } ?? kind.swiftType
            add(Self.identifier(kind.name), type)
        }
        if argument?.dataTable != nil { add("table", "DataTable") }
        if argument?.docString != nil { add("text", "DocString") }
        return """
            \(keyword)(\(Self.literal(proposal.expression))) { (\(parameters.joined(separator: ", "))) async throws in
                try pending()
            }
            """
    }

    /// A name that Swift accepts, made from a parameter's.
    private static func identifier(_ name: String) -> String {
        let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let joined = words.enumerated().map { index, word in
            index == 0 ? word.prefix(1).lowercased() + word.dropFirst() : word.prefix(1).uppercased() + word.dropFirst()
        }.joined()
        guard let first = joined.first, first.isLetter else { return "value" }
        return ["in", "is", "as", "let", "var", "if", "for", "do", "try", "class", "default"].contains(joined)
            ? "`\(joined)`" : joined
    }

    /// A string literal; raw where backslashes or quotation marks would need escapes.
    private static func literal(_ text: String) -> String {
        guard text.contains("\"") || text.contains("\\") else { return "\"\(text)\"" }
        var fence = "#"
        while text.contains("\"\(fence)") || text.contains("\\\(fence)") { fence += "#" }
        return "\(fence)\"\(text)\"\(fence)"
    }
}
