public import Foundation

/// A type that is read from a row of a table, by the names of the columns, or from a single cell.
///
/// ```swift
/// struct Account: TableValue { let name: String, age: Int?, role: Role }
/// Given("these accounts") { (world: World, accounts: [Account]) async throws in … }
/// ```
/// The first row names the columns; `first name` is read by the property `firstName`. An empty cell is `nil` for an
/// optional property. A table of one column is read as a list without a header when the type is made from one text, as
/// numbers, strings and enumerations with raw values are.
public protocol TableValue: Decodable, Sendable {}

extension String: TableValue {}
extension Bool: TableValue {}
extension Int: TableValue {}
extension Double: TableValue {}
extension Decimal: TableValue {}

/// The rows of a table as values.
extension Array: StepArgument where Element: TableValue {
    /// Reads a value from each row.
    public static func make(from input: StepInput) throws -> [Element] {
        guard let table = input.table else { throw input.mismatch("a table below it") }
        return try table.decoded()
    }

    public static var origin: StepArgumentOrigin { .table }
}

/// The second column of a table under the names in its first, which are no header.
extension Dictionary: StepArgument where Key: TableValue, Value: TableValue {
    /// Reads a pair from each row.
    public static func make(from input: StepInput) throws -> [Key: Value] {
        guard let table = input.table else { throw input.mismatch("a table below it") }
        return try TableDecoding(table).pairs(Key.self, Value.self)
    }

    public static var origin: StepArgumentOrigin { .table }
}

/// What a table says whose names stand in its first column, and whose values run to the right.
///
/// ```swift
/// Given("the relay") { (world: World, relays: Transposed<[Relay]>) async throws in … relays.value … }
/// ```
public struct Transposed<Value: StepArgument>: StepArgument {
    /// What the table says when its rows are read as columns.
    public let value: Value

    /// Reads the table with its rows as columns.
    public static func make(from input: StepInput) throws -> Self {
        guard let table = input.table else { throw input.mismatch("a table below it") }
        return Self(value: try Value.make(from: StepInput(table: table.transposed)))
    }

    public static var origin: StepArgumentOrigin { .table }
}
