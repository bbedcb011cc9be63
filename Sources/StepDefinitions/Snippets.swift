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
        var used: Set<String> = ["world"]
        func add(_ name: String, _ type: String) {
            var unique = name
            var number = 1
            while !used.insert(unique).inserted {
                number += 1
                unique = "\(name)\(number)"
            }
            parameters.append("\(unique): \(type)")
        }
        for kind in proposal.kinds {
            let type = library.converters[kind.name].map { "\($0.type)" } ?? kind.swiftType
            add(Self.identifier(kind.name), type)
        }
        let isTextFirst = argument?.docString?.argumentIndex == 1
        if argument?.docString != nil, isTextFirst { add("text", "DocString") }
        if argument?.dataTable != nil { add("table", "DataTable") }
        if argument?.docString != nil, !isTextFirst { add("text", "DocString") }
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
        return reservedWords.contains(joined) ? "\(joined)Value" : joined
    }

    /// A string literal; raw where backslashes or quotation marks would need escapes.
    private static func literal(_ text: String) -> String {
        var fence = text.contains("\"") || text.contains("\\") ? "#" : ""
        while text.contains("\"\(fence)") || text.contains("\\\(fence)") { fence += "#" }
        let content = text.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            // Line ends would end the literal, and what is invisible would be lost on the way.
            case .control, .format, .lineSeparator, .paragraphSeparator:
                "\\\(fence)u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: "\(scalar)"
            }
        }
        return "\(fence)\"\(content.joined())\"\(fence)"
    }
}

/// The words of Swift that can't name a parameter.
private let reservedWords = Set(
    """
    as associatedtype break case catch class continue default defer deinit do else enum extension fallthrough false \
    fileprivate for func guard if import in init inout internal is let nil operator precedencegroup private protocol \
    public repeat rethrows return self static struct subscript super switch throw throws true try typealias var where \
    while
    """.split(separator: " ").map(String.init)
)
