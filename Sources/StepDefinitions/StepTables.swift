package import CucumberMessages

/// The table below a step.
public struct DataTable: Hashable, Sendable {
    /// The rows from the top, the cells of each from the left.
    public let rows: [[String]]

    /// Creates a table from its cells.
    public init(rows: [[String]]) {
        self.rows = rows
    }

    package init(_ table: PickleTable) {
        rows = table.rows.map { row in row.cells.map(\.value) }
    }

    /// The rows below the first, each cell under the name that heads its column.
    public var records: [[String: String]] {
        guard let header = rows.first else { return [] }
        return rows.dropFirst().map { row in
            Dictionary(zip(header, row)) { first, _ in first }
        }
    }

    /// The second column under the names in the first.
    public var dictionary: [String: String] {
        let pairs = rows.filter { $0.count > 1 }.map { ($0[0], $0[1]) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The first column.
    public var list: [String] { rows.compactMap(\.first) }
}

extension DataTable: StepArgument {
    /// Takes the table below the step.
    public static func make(from input: StepInput) throws -> DataTable {
        guard let table = input.table else { throw input.mismatch("a table below it") }
        return table
    }

    public static var origin: StepArgumentOrigin { .table }
}

/// The doc string below a step.
public struct DocString: Hashable, Sendable {
    /// The text.
    public let content: String
    /// The media type behind the opening delimiter.
    public let mediaType: String?

    /// Creates a doc string from its parts.
    public init(content: String, mediaType: String? = nil) {
        self.content = content
        self.mediaType = mediaType
    }

    package init(_ docString: PickleDocString) {
        self.init(content: docString.content, mediaType: docString.mediaType)
    }
}

extension DocString: StepArgument {
    /// Takes the doc string below the step.
    public static func make(from input: StepInput) throws -> DocString {
        guard let docString = input.docString else { throw input.mismatch("a doc string below it") }
        return docString
    }

    public static var origin: StepArgumentOrigin { .docString }
}
