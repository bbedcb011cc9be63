import Foundation

/// Reads values of the suite's own types from the rows of a table.
///
/// Strict, so that a misspelt column is an error and not a value that is missing: every column has to be asked for,
/// every cell has to be readable, and no two columns may have one name.
struct TableDecoding: Sendable {
    private let table: DataTable

    init(_ table: DataTable) { self.table = table }

    /// One value for each row: of its columns where the first row names them, else of its only cell.
    func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] {
        if table.rows.allSatisfy({ $0.count == 1 }) {
            do {
                return try table.rows.enumerated().map { index, row in
                    try cell(row[0], at: CellPlace(row: index + 1, column: nil), as: type)
                }
            } catch is NeedsColumns {
                // The only column has a name.
            }
        }
        guard let header = table.rows.first else { return [] }
        let columns = try ColumnNames(header)
        // No row below would tell that these columns are none.
        if table.rows.count == 1, takesOneText(type) { throw RowDecoder(columns, cells: [], row: 1).notARow("\(type)") }
        return try table.rows.dropFirst().enumerated().map { index, row in
            let decoder = RowDecoder(columns, cells: row, row: index + 2)
            let value = try decoder.reading { try Row(from: decoder) }
            try decoder.requireThatAllWasRead(by: type)
            return value
        }
    }

    /// The values of the second column under those of the first; no row is a header.
    func pairs<Key: Decodable & Hashable, Value: Decodable>(_ key: Key.Type, _ value: Value.Type) throws -> [Key: Value]
    {
        var pairs: [Key: Value] = [:]
        for (index, row) in table.rows.enumerated() {
            guard row.count == 2 else {
                throw StepArgumentError(expected: "a table of two columns", seen: "\(row.count) in row \(index + 1)")
            }
            let name = try columned(row[0], CellPlace(row: index + 1, column: nil), key)
            guard pairs[name] == nil else {
                throw StepArgumentError(
                    expected: "a table that names everything once",
                    seen: "\"\(row[0])\" in row \(index + 1) as well"
                )
            }
            pairs[name] = try columned(row[1], CellPlace(row: index + 1, column: row[0]), value)
        }
        return pairs
    }

    private func takesOneText<Value: Decodable>(_ type: Value.Type) -> Bool {
        do {
            _ = try cell("", at: CellPlace(row: 1, column: nil), as: type)
            return true
        } catch { return !(error is NeedsColumns) }
    }

    private func columned<Value: Decodable>(_ text: String, _ place: CellPlace, _ type: Value.Type) throws -> Value {
        do { return try cell(text, at: place, as: type) } catch is NeedsColumns {
            throw StepArgumentError(expected: "a cell from which a \(type) can be made, \(place)", seen: "\"\(text)\"")
        }
    }

    private func cell<Value: Decodable>(_ text: String, at place: CellPlace, as type: Value.Type) throws -> Value {
        try CellDecoder(text, at: place).value(type)
    }
}

extension DataTable {
    /// Reads a value from each row below the first, which names the columns; see ``TableValue``.
    ///
    /// - Throws: A ``StepArgumentError`` that names row and column.
    public func decoded<Row: Decodable>(as type: Row.Type = Row.self) throws -> [Row] {
        try TableDecoding(self).rows(as: type)
    }

    /// The table with its rows as columns.
    public var transposed: DataTable {
        let width = rows.map(\.count).max() ?? 0
        return DataTable(rows: (0..<width).map { column in rows.compactMap { $0.count > column ? $0[column] : nil } })
    }
}

/// Where a cell is, for messages.
struct CellPlace: CustomStringConvertible {
    let row: Int
    let column: String?

    var description: String { "in row \(row)" + (column.map { ", column \"\($0)\"" } ?? "") }
}

/// A type wants several named values, and there is only a cell.
struct NeedsColumns: Error {}

/// The names at the head of a table.
struct ColumnNames {
    let names: [String]
    private let indices: [String: Int]

    /// Takes each name as it stands, and as Swift would write it: `first name` is `firstName`.
    init(_ names: [String]) throws {
        self.names = names
        var indices: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            for spelling in Set([name, Self.camelCase(name)]) where !spelling.isEmpty {
                if let first = indices[spelling] {
                    throw StepArgumentError(
                        expected: "a table that names each column once",
                        seen: "\"\(names[first])\" and \"\(name)\""
                    )
                }
                indices[spelling] = index
            }
        }
        self.indices = indices
    }

    subscript(key: String) -> Int? { indices[key] }

    private static func camelCase(_ name: String) -> String {
        let words = name.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return words.enumerated().map { index, word in
            index == 0 ? word.prefix(1).lowercased() + word.dropFirst() : word.prefix(1).uppercased() + word.dropFirst()
        }.joined()
    }
}
