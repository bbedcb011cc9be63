/// One scenario, or one row of an outline, ready to run: everything that does not matter for running is gone.
package struct Pickle: Codable, Hashable, Sendable {
    /// Unique in the run.
    package var id: String
    /// The feature file's path.
    package var uri: String
    /// The scenario's line, or the example row's.
    package var location: Location?
    /// The scenario's name, placeholders filled in.
    package var name: String
    /// The spoken language of the feature.
    package var language: String
    /// The steps, those of backgrounds first.
    package var steps: [PickleStep]
    /// The tags, inherited ones included.
    package var tags: [PickleTag]
    /// The nodes it was made from: the scenario, and the example row of an outline.
    package var astNodeIds: [String]

    /// Creates the message from its fields.
    package init(
        id: String,
        uri: String,
        location: Location? = nil,
        name: String,
        language: String,
        steps: [PickleStep] = [],
        tags: [PickleTag] = [],
        astNodeIds: [String] = []
    ) {
        self.id = id
        self.uri = uri
        self.location = location
        self.name = name
        self.language = language
        self.steps = steps
        self.tags = tags
        self.astNodeIds = astNodeIds
    }
}

/// One step of a pickle.
package struct PickleStep: Codable, Hashable, Sendable {
    /// The doc string or table below the step.
    package var argument: PickleStepArgument?
    /// The nodes it was made from.
    package var astNodeIds: [String]
    /// Unique in the run.
    package var id: String
    /// What the keyword says the step does.
    package var type: PickleStepType?
    /// The text that step definitions are matched with.
    package var text: String

    /// Creates the message from its fields.
    package init(
        argument: PickleStepArgument? = nil,
        astNodeIds: [String] = [],
        id: String,
        type: PickleStepType? = nil,
        text: String
    ) {
        self.argument = argument
        self.astNodeIds = astNodeIds
        self.id = id
        self.type = type
        self.text = text
    }
}

/// What a step does, as told by its keyword; `And` and `But` go on with what came before.
package enum PickleStepType: String, Codable, Hashable, Sendable {
    case unknown = "Unknown"
    case context = "Context"
    case action = "Action"
    case outcome = "Outcome"
}

/// What stands below a step: a doc string, a table, or one of each.
package struct PickleStepArgument: Codable, Hashable, Sendable {
    /// A doc string.
    package var docString: PickleDocString?
    /// A table.
    package var dataTable: PickleTable?

    /// Creates the message from its fields.
    package init(docString: PickleDocString? = nil, dataTable: PickleTable? = nil) {
        self.docString = docString
        self.dataTable = dataTable
    }
}

/// A doc string with its placeholders filled in.
package struct PickleDocString: Codable, Hashable, Sendable {
    /// Whether it stands first or second, from 1, when the step has a table as well.
    package var argumentIndex: Int?
    /// The media type behind the opening delimiter.
    package var mediaType: String?
    /// The text.
    package var content: String

    /// Creates the message from its fields.
    package init(argumentIndex: Int? = nil, mediaType: String? = nil, content: String) {
        self.argumentIndex = argumentIndex
        self.mediaType = mediaType
        self.content = content
    }
}

/// A data table.
package struct PickleTable: Codable, Hashable, Sendable {
    /// Whether it stands first or second, from 1, when the step has a doc string as well.
    package var argumentIndex: Int?
    /// The rows, from the top.
    package var rows: [PickleTableRow]

    /// Creates the message from its fields.
    package init(argumentIndex: Int? = nil, rows: [PickleTableRow] = []) {
        self.argumentIndex = argumentIndex
        self.rows = rows
    }
}

/// A row of a data table.
package struct PickleTableRow: Codable, Hashable, Sendable {
    /// The cells, from the left.
    package var cells: [PickleTableCell]

    /// Creates the message from its fields.
    package init(cells: [PickleTableCell] = []) {
        self.cells = cells
    }
}

/// A cell of a data table.
package struct PickleTableCell: Codable, Hashable, Sendable {
    /// The text, escapes resolved.
    package var value: String

    /// Creates the message from its fields.
    package init(value: String) {
        self.value = value
    }
}

/// A tag of a pickle.
package struct PickleTag: Codable, Hashable, Sendable {
    /// The tag with its `@`.
    package var name: String
    /// The node it was made from.
    package var astNodeId: String

    /// Creates the message from its fields.
    package init(name: String, astNodeId: String) {
        self.name = name
        self.astNodeId = astNodeId
    }
}
