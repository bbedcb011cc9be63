import Diagnostics
import Foundation

/// Makes one value from the text of one cell.
struct CellDecoder: Decoder, SingleValueDecodingContainer {
    let codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    private let text: String
    private let place: CellPlace

    init(_ text: String, at place: CellPlace) {
        self.text = text
        self.place = place
    }

    var isEmpty: Bool { text.isEmpty }

    func mismatch(_ expected: String) -> StepArgumentError {
        StepArgumentError(expected: "\(expected) \(place)", seen: isEmpty ? "an empty cell" : "\"\(text)\"")
    }

    /// Makes a value of any type that is made from one text.
    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        // Foundation's own ways to read these look for other containers.
        if type == Decimal.self {
            guard let value = Self.decimal(text) as? Value else { throw mismatch("a number") }
            return value
        }
        if type == URL.self {
            guard let value = URL(string: text) as? Value else { throw mismatch("an address") }
            return value
        }
        do { return try Value(from: self) } catch is DecodingError {
            // What the type says knows neither row nor column, and an enumeration doesn't tell its cases.
            throw mismatch(Self.expectation(of: type))
        }
    }

    // MARK: - Decoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw NeedsColumns()
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NeedsColumns() }
    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    // MARK: - SingleValueDecodingContainer

    func decodeNil() -> Bool { isEmpty }
    func decode(_ type: String.Type) -> String { text }

    func decode(_ type: Bool.Type) throws -> Bool {
        switch text {
        case "true", "yes": true
        case "false", "no": false
        default: throw mismatch("true or false, or yes or no,")
        }
    }

    func decode(_ type: Double.Type) throws -> Double { try number(Double.init) }
    func decode(_ type: Float.Type) throws -> Float { try number(Float.init) }
    func decode(_ type: Int.Type) throws -> Int { try whole(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try whole(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try whole(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try whole(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try whole(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try whole(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try value(type) }

    private func whole<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard let value = Value(text) else { throw mismatch("a whole number from \(Value.min) to \(Value.max)") }
        return value
    }

    private func number<Value: BinaryFloatingPoint>(_ make: (String) -> Value?) throws -> Value {
        // Words such as "nan" and "infinity" are numbers to the standard library.
        guard let value = make(text), value.isFinite else { throw mismatch("a number") }
        return value
    }

    /// Not by its own reading, which takes "12 apples" for 12.
    private static func decimal(_ text: String) -> Decimal? {
        guard Double(text)?.isFinite == true else { return nil }
        return Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
    }

    private static func expectation(of type: any Any.Type) -> String {
        guard let cases = (type as? any CaseIterable.Type)?.rawValues else { return "a \(type)" }
        return "one of \(cases.joined(separator: ", "))"
    }
}

extension CaseIterable {
    /// The raw values, as a table writes them.
    fileprivate static var rawValues: [String] {
        allCases.map { value in (value as? any RawRepresentable).map { "\($0.rawValue)" } ?? "\(value)" }
    }
}
