import Diagnostics
import Foundation
import Synchronization

/// Hands the cells of one row to a type that asks for them by name.
final class RowDecoder: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let columns: ColumnNames
    private let cells: [String]
    private let row: Int
    /// The columns that were asked for, and every key by which one was.
    private let asked = Mutex<(columns: Set<Int>, keys: Set<String>)>(([], []))

    init(_ columns: ColumnNames, cells: [String], row: Int) {
        self.columns = columns
        self.cells = cells
        self.row = row
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(row: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw notARow("a list") }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw notARow("a single value") }

    /// Runs a type's own reading; what it finds wrong itself is told with the row.
    func reading<Value>(_ read: () throws -> Value) throws -> Value {
        do { return try read() } catch let error as StepArgumentError { throw error } catch {
            throw StepArgumentError(expected: "row \(row) to be readable", seen: "\(error.wording)")
        }
    }

    /// - Throws: A ``StepArgumentError`` when there is a column that nothing was made of.
    func requireThatAllWasRead(by type: any Any.Type) throws {
        let (read, keys) = asked.withLock { $0 }
        guard let spare = columns.names.indices.first(where: { !read.contains($0) }) else { return }
        let name = columns.names[spare]
        let meant = nearestName(to: name, among: keys.sorted()).map { " (did you mean \"\($0)\"?)" } ?? ""
        throw StepArgumentError(
            expected: "only columns that \(type) has: \(keys.sorted().joined(separator: ", "))",
            seen: "\"\(name)\"\(meant)"
        )
    }

    /// The cell under a name; `nil` where there is no such column.
    func cell(_ key: String) -> CellDecoder? {
        let index = columns[key]
        asked.withLock { asked in
            asked.keys.insert(key)
            if let index { asked.columns.insert(index) }
        }
        guard let index, cells.indices.contains(index) else { return nil }
        return CellDecoder(cells[index], at: CellPlace(row: row, column: columns.names[index]))
    }

    var keys: [String] { columns.names }

    func missing(_ key: String) -> StepArgumentError {
        let known = columns.names.map { "\"\($0)\"" }.joined(separator: ", ")
        return StepArgumentError(expected: "a column \"\(key)\"", seen: "the columns \(known)")
    }

    func notARow(_ wanted: String) -> StepArgumentError {
        StepArgumentError(
            expected: "a table from which \(wanted) can be made, of one column without a name",
            seen: "\(columns.names.count) columns"
        )
    }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let row: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { row.keys.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { row.cell(key.stringValue) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { row.cell(key.stringValue)?.isEmpty ?? true }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        guard let cell = row.cell(key.stringValue) else { throw row.missing(key.stringValue) }
        do { return try cell.value(type) } catch is NeedsColumns { throw cell.mismatch("one value, not a \(type)") }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw row.notARow("something nested") }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw row.notARow("a list") }
    func superDecoder() throws -> any Decoder { row }
    func superDecoder(forKey key: Key) throws -> any Decoder { row }
}

extension Error {
    /// What a `DecodingError` says without its inner workings.
    fileprivate var wording: String {
        guard let error = self as? DecodingError else { return (self as? any ExplainedError)?.summary ?? "\(self)" }
        switch error {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            return context.debugDescription
        @unknown default: return "\(error)"
        }
    }
}
