public import Diagnostics
public import Foundation

/// A type that the closure of a step definition can take.
///
/// Numbers, `String`, `Decimal`, ``DataTable``, ``DocString`` and optionals of them conform. To let a type of your own
/// conform, declare it and define a ``ParameterType`` that makes it:
/// ```swift
/// enum Colour: String, CaseIterable, StepArgument { case red, green }
/// ParameterType<Colour>("colour")
/// Given("a {colour} button") { (world: LiveSystem, colour: Colour) async throws in … }
/// ```
public protocol StepArgument: Sendable {
    /// Makes a value from what the step hands over.
    ///
    /// - Throws: Any error; ``StepArgumentError`` says best what was expected.
    static func make(from input: StepInput) throws -> Self

    /// What the type can be made from; checked when the library is loaded.
    static var origin: StepArgumentOrigin { get }
}

/// What a step's argument can be made from.
public struct StepArgumentOrigin: Hashable, Sendable {
    enum Source: Hashable, Sendable { case text, table, docString }

    let source: Source
    /// The names of the built-in parameters that fit; a group of a regular expression counts as `{}`.
    let parameters: Set<String>
    var isOptional = false

    /// Whole numbers: `{int}`, `{byte}`, `{short}`, `{long}`, `{biginteger}`, `{}` and groups of regular expressions.
    public static let integer = Self(source: .text, parameters: ["int", "byte", "short", "long", "biginteger", ""])
    /// Numbers: `{float}`, `{double}`, `{bigdecimal}` and all that whole numbers are made from.
    public static let number = Self(
        source: .text,
        parameters: integer.parameters.union(["float", "double", "bigdecimal"])
    )
    /// Text: every built-in parameter, and groups of regular expressions.
    public static let text = Self(source: .text, parameters: number.parameters.union(["string", "word"]))
    /// Only a ``ParameterType`` of the suite that makes this very type.
    public static let parameterType = Self(source: .text, parameters: [])

    static let table = Self(source: .table, parameters: [])
    static let docString = Self(source: .docString, parameters: [])
}

/// An argument of a step that could not be made from the step's text, table or doc string.
public struct StepArgumentError: ExplainedError, Equatable {
    /// What was expected, such as "a whole number".
    public let expected: String
    /// What was there.
    public let seen: String

    /// Creates an error from what was expected and what was there.
    public init(expected: String, seen: String) {
        self.expected = expected
        self.seen = seen
    }

    public var blame: Blame { .testAuthor }
    public var summary: String { "The step expects \(expected), but has \(seen)." }
}

// MARK: - Defaults

extension StepArgument {
    /// Takes what the suite's parameter type made.
    public static func make(from input: StepInput) throws -> Self {
        guard let value = input.value as? Self else { throw input.mismatch("a \(Self.self)") }
        return value
    }

    /// Only a parameter type of the suite that makes this very type.
    public static var origin: StepArgumentOrigin { .parameterType }
}

extension StepArgument where Self: RawRepresentable, RawValue == String {
    /// Takes what the suite's parameter type made, or else the raw value that the text is.
    public static func make(from input: StepInput) throws -> Self {
        if let value = input.value as? Self { return value }
        guard let value = input.text.flatMap(Self.init(rawValue:)) else { throw input.mismatch("a \(Self.self)") }
        return value
    }

    /// Every built-in parameter as well as the suite's own.
    public static var origin: StepArgumentOrigin { .text }
}

extension StepArgument where Self: FixedWidthInteger {
    /// Reads a whole number that fits the type.
    public static func make(from input: StepInput) throws -> Self {
        guard let value = input.text.flatMap({ Self($0) }) else {
            throw input.mismatch("a whole number from \(Self.min) to \(Self.max)")
        }
        return value
    }

    /// The parameters for whole numbers.
    public static var origin: StepArgumentOrigin { .integer }
}

extension StepInput {
    func mismatch(_ expected: String) -> StepArgumentError {
        let seen =
            text.map { "\"\($0)\"" } ?? (table != nil ? "a table" : docString != nil ? "a doc string" : "nothing")
        return StepArgumentError(expected: expected, seen: seen)
    }
}

// MARK: - The types that conform

extension Int: StepArgument {}
extension Int8: StepArgument {}
extension Int16: StepArgument {}
extension Int32: StepArgument {}
extension Int64: StepArgument {}
extension UInt: StepArgument {}
extension UInt8: StepArgument {}
extension UInt16: StepArgument {}
extension UInt32: StepArgument {}
extension UInt64: StepArgument {}

extension String: StepArgument {
    /// Takes the text; quotation marks of a `{string}` are gone, and escaped ones are resolved.
    public static func make(from input: StepInput) throws -> String {
        if let value = input.value as? String { return value }
        guard let text = input.text else { throw input.mismatch("text") }
        return text
    }

    public static var origin: StepArgumentOrigin { .text }
}

extension Double: StepArgument {
    /// Reads a number.
    public static func make(from input: StepInput) throws -> Double {
        guard let value = input.text.flatMap({ Double($0) }) else { throw input.mismatch("a number") }
        return value
    }

    public static var origin: StepArgumentOrigin { .number }
}

extension Float: StepArgument {
    /// Reads a number.
    public static func make(from input: StepInput) throws -> Float {
        guard let value = input.text.flatMap({ Float($0) }) else { throw input.mismatch("a number") }
        return value
    }

    public static var origin: StepArgumentOrigin { .number }
}

extension Decimal: StepArgument {
    /// Reads a number without rounding it to binary.
    public static func make(from input: StepInput) throws -> Decimal {
        guard let text = input.text, let value = Decimal(string: text) else { throw input.mismatch("a number") }
        return value
    }

    public static var origin: StepArgumentOrigin { .number }
}

extension Optional: StepArgument where Wrapped: StepArgument {
    /// Makes the value, or `nil` where the step has nothing for it.
    public static func make(from input: StepInput) throws -> Wrapped? {
        input.isAbsent ? nil : try Wrapped.make(from: input)
    }

    public static var origin: StepArgumentOrigin {
        var origin = Wrapped.origin
        origin.isOptional = true
        return origin
    }
}
