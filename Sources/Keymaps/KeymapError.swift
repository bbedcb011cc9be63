package import Diagnostics

/// A reason why something can't be typed.
package enum KeymapError: ExplainedError, Equatable {
    /// The system knows no such keyboard layout.
    case unknownLayout(String)
    /// No key of the layout makes this character.
    case impossibleCharacter(Character, position: Int, layout: String)
    /// No key has this name.
    case unknownKey(String, combination: String, nearest: String?)
    /// A combination has no key in it.
    case emptyCombination(String)

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .unknownLayout(let layout):
            "Expected a keyboard layout, but there is none named \"\(layout)\"."
        case .impossibleCharacter(let character, let position, let layout):
            "Expected text that can be typed, but the layout \"\(layout)\" has no key for \(Self.name(character)), "
                + "character \(position + 1) of the text."
        case .unknownKey(let key, let combination, _):
            "Expected keys joined by +, but \"\(key)\" in \"\(combination)\" is the name of none."
        case .emptyCombination(let combination):
            "Expected keys joined by +, but \"\(combination)\" names none."
        }
    }

    package var hint: String? {
        switch self {
        case .unknownLayout: "Use a name such as us, de, fr or de(nodeadkeys)."
        case .impossibleCharacter:
            "Change the guest's layout, and tell it by the step “the keyboard layout is …”; or write the text into the guest "
                + "by a command."
        case .unknownKey(_, _, let nearest): nearest.map { "Did you mean \"\($0)\"?" }
        case .emptyCombination: "Write something like ctrl+alt+t, Return or F1."
        }
    }

    private static func name(_ character: Character) -> String {
        let codes = character.unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }
        return "\"\(character)\" (\(codes.joined(separator: " ")))"
    }
}
