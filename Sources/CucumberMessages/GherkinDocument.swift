/// The syntax tree of a feature file.
package struct GherkinDocument: Codable, Hashable, Sendable {
    /// The file's path.
    package var uri: String?
    /// The feature; absent in an empty file.
    package var feature: Feature?
    /// The comments, wherever they stand.
    package var comments: [Comment]

    /// Creates the message from its fields.
    package init(uri: String? = nil, feature: Feature? = nil, comments: [Comment] = []) {
        self.uri = uri
        self.feature = feature
        self.comments = comments
    }
}

/// A comment line.
package struct Comment: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The whole line.
    package var text: String

    /// Creates the message from its fields.
    package init(location: Location, text: String) {
        self.location = location
        self.text = text
    }
}

/// A feature.
package struct Feature: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The tags above it.
    package var tags: [Tag]
    /// The spoken language.
    package var language: String
    /// The keyword as written.
    package var keyword: String
    /// The text behind the keyword.
    package var name: String
    /// The free text below.
    package var description: String
    /// Backgrounds, scenarios and rules, in order.
    package var children: [FeatureChild]

    /// Creates the message from its fields.
    package init(
        location: Location,
        tags: [Tag] = [],
        language: String,
        keyword: String,
        name: String,
        description: String,
        children: [FeatureChild] = []
    ) {
        self.location = location
        self.tags = tags
        self.language = language
        self.keyword = keyword
        self.name = name
        self.description = description
        self.children = children
    }
}

/// One of a feature's children.
package struct FeatureChild: Codable, Hashable, Sendable {
    /// A rule.
    package var rule: Rule?
    /// A background.
    package var background: Background?
    /// A scenario.
    package var scenario: Scenario?

    /// Creates the message from its fields.
    package init(rule: Rule? = nil, background: Background? = nil, scenario: Scenario? = nil) {
        self.rule = rule
        self.background = background
        self.scenario = scenario
    }
}

/// A rule.
package struct Rule: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The tags above it.
    package var tags: [Tag]
    /// The keyword as written.
    package var keyword: String
    /// The text behind the keyword.
    package var name: String
    /// The free text below.
    package var description: String
    /// Backgrounds and scenarios, in order.
    package var children: [RuleChild]
    /// Unique in the run.
    package var id: String

    /// Creates the message from its fields.
    package init(
        location: Location,
        tags: [Tag] = [],
        keyword: String,
        name: String,
        description: String,
        children: [RuleChild] = [],
        id: String
    ) {
        self.location = location
        self.tags = tags
        self.keyword = keyword
        self.name = name
        self.description = description
        self.children = children
        self.id = id
    }
}

/// One of a rule's children.
package struct RuleChild: Codable, Hashable, Sendable {
    /// A background.
    package var background: Background?
    /// A scenario.
    package var scenario: Scenario?

    /// Creates the message from its fields.
    package init(background: Background? = nil, scenario: Scenario? = nil) {
        self.background = background
        self.scenario = scenario
    }
}

/// Steps that every scenario below it begins with.
package struct Background: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The keyword as written.
    package var keyword: String
    /// The text behind the keyword.
    package var name: String
    /// The free text below.
    package var description: String
    /// The steps.
    package var steps: [Step]
    /// Unique in the run.
    package var id: String

    /// Creates the message from its fields.
    package init(
        location: Location,
        keyword: String,
        name: String,
        description: String,
        steps: [Step] = [],
        id: String
    ) {
        self.location = location
        self.keyword = keyword
        self.name = name
        self.description = description
        self.steps = steps
        self.id = id
    }
}

/// A scenario or an outline.
package struct Scenario: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The tags above it.
    package var tags: [Tag]
    /// The keyword as written.
    package var keyword: String
    /// The text behind the keyword.
    package var name: String
    /// The free text below.
    package var description: String
    /// The steps.
    package var steps: [Step]
    /// The tables of an outline.
    package var examples: [Examples]
    /// Unique in the run.
    package var id: String

    /// Creates the message from its fields.
    package init(
        location: Location,
        tags: [Tag] = [],
        keyword: String,
        name: String,
        description: String,
        steps: [Step] = [],
        examples: [Examples] = [],
        id: String
    ) {
        self.location = location
        self.tags = tags
        self.keyword = keyword
        self.name = name
        self.description = description
        self.steps = steps
        self.examples = examples
        self.id = id
    }
}

/// A table of an outline.
package struct Examples: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The tags above it.
    package var tags: [Tag]
    /// The keyword as written.
    package var keyword: String
    /// The text behind the keyword.
    package var name: String
    /// The free text below.
    package var description: String
    /// The names of the placeholders.
    package var tableHeader: TableRow?
    /// One scenario each.
    package var tableBody: [TableRow]
    /// Unique in the run.
    package var id: String

    /// Creates the message from its fields.
    package init(
        location: Location,
        tags: [Tag] = [],
        keyword: String,
        name: String,
        description: String,
        tableHeader: TableRow? = nil,
        tableBody: [TableRow] = [],
        id: String
    ) {
        self.location = location
        self.tags = tags
        self.keyword = keyword
        self.name = name
        self.description = description
        self.tableHeader = tableHeader
        self.tableBody = tableBody
        self.id = id
    }
}

/// A step as written.
package struct Step: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The keyword as written.
    package var keyword: String
    /// What the keyword says.
    package var keywordType: StepKeywordType?
    /// The text behind the keyword.
    package var text: String
    /// The doc string below.
    package var docString: DocString?
    /// The table below.
    package var dataTable: DataTable?
    /// Unique in the run.
    package var id: String

    /// Creates the message from its fields.
    package init(
        location: Location,
        keyword: String,
        keywordType: StepKeywordType? = nil,
        text: String,
        docString: DocString? = nil,
        dataTable: DataTable? = nil,
        id: String
    ) {
        self.location = location
        self.keyword = keyword
        self.keywordType = keywordType
        self.text = text
        self.docString = docString
        self.dataTable = dataTable
        self.id = id
    }
}

/// What the keyword of a step says.
package enum StepKeywordType: String, Codable, Hashable, Sendable {
    case unknown = "Unknown"
    case context = "Context"
    case action = "Action"
    case outcome = "Outcome"
    case conjunction = "Conjunction"
}

/// A doc string.
package struct DocString: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The media type behind the delimiter.
    package var mediaType: String?
    /// The text, indentation removed.
    package var content: String
    /// The delimiter.
    package var delimiter: String

    /// Creates the message from its fields.
    package init(location: Location, mediaType: String? = nil, content: String, delimiter: String) {
        self.location = location
        self.mediaType = mediaType
        self.content = content
        self.delimiter = delimiter
    }
}

/// A data table.
package struct DataTable: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The rows.
    package var rows: [TableRow]

    /// Creates the message from its fields.
    package init(location: Location, rows: [TableRow] = []) {
        self.location = location
        self.rows = rows
    }
}

/// A row of a table.
package struct TableRow: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The cells.
    package var cells: [TableCell]
    /// Unique in the run.
    package var id: String

    /// Creates the message from its fields.
    package init(location: Location, cells: [TableCell] = [], id: String) {
        self.location = location
        self.cells = cells
        self.id = id
    }
}

/// A cell of a table.
package struct TableCell: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The text, escapes resolved.
    package var value: String

    /// Creates the message from its fields.
    package init(location: Location, value: String) {
        self.location = location
        self.value = value
    }
}

/// A tag.
package struct Tag: Codable, Hashable, Sendable {
    /// Where it starts.
    package var location: Location
    /// The tag with its `@`.
    package var name: String
    /// Unique in the run.
    package var id: String

    /// Creates the message from its fields.
    package init(location: Location, name: String, id: String) {
        self.location = location
        self.name = name
        self.id = id
    }
}
