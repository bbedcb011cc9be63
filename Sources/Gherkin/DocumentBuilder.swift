import CucumberMessages

/// The line that opens a feature, rule, background, scenario or table of examples.
struct Header {
    let location: Location
    let keyword: String
    let name: String
}

/// Puts the syntax tree together; a node gets its identifier when it is complete, after its children.
struct DocumentBuilder {
    private(set) var comments: [Comment] = []
    /// The finished feature.
    private(set) var feature: Feature?

    private var openFeature: Feature?
    private var rule: Rule?
    private var background: Background?
    private var scenario: Scenario?
    private var examples: Examples?
    private var step: Step?
    private var rows: [TableRow] = []
    private var docString: DocString?
    private var docStringLines: [String] = []
    private var descriptionLines: [String] = []
    private var filledDescriptionLines = 0
    /// Tags that wait for the node below them.
    private var tags: [Tag] = []
}

// MARK: - Adding

extension DocumentBuilder {
    mutating func add(comment: String, line: Int) {
        comments.append(Comment(location: Location(line: line, column: 1), text: comment))
    }

    mutating func add(tags items: [LineItem], line: Int) {
        tags += items.map { Tag(location: Location(line: line, column: $0.column), name: $0.text, id: "") }
    }

    mutating func add(row: [LineItem], at location: Location) {
        takeDescription()
        let cells = row.map { cell in
            TableCell(location: Location(line: location.line, column: cell.column), value: cell.text)
        }
        rows.append(TableRow(location: location, cells: cells, id: ""))
    }

    mutating func add(descriptionLine: String, isEmpty: Bool) {
        descriptionLines.append(descriptionLine)
        if !isEmpty { filledDescriptionLines = descriptionLines.count }
    }

    mutating func add(docStringLine line: String) {
        docStringLines.append(line)
    }

    private mutating func takeTags() -> [Tag] {
        defer { tags = [] }
        return tags
    }

    /// Gives the lines of a description to the header above them.
    private mutating func takeDescription() {
        guard !descriptionLines.isEmpty else { return }
        let text = descriptionLines.prefix(filledDescriptionLines).joined(separator: "\n")
        (descriptionLines, filledDescriptionLines) = ([], 0)
        if examples != nil {
            examples?.description = text
        } else if scenario != nil {
            scenario?.description = text
        } else if background != nil {
            background?.description = text
        } else if rule != nil {
            rule?.description = text
        } else {
            openFeature?.description = text
        }
    }
}

// MARK: - Opening

extension DocumentBuilder {
    mutating func openFeature(_ header: Header, language: String) {
        openFeature = Feature(
            location: header.location,
            tags: takeTags(),
            language: language,
            keyword: header.keyword,
            name: header.name,
            description: ""
        )
    }

    mutating func openRule(_ header: Header) {
        rule = Rule(
            location: header.location,
            tags: takeTags(),
            keyword: header.keyword,
            name: header.name,
            description: "",
            id: ""
        )
    }

    mutating func openBackground(_ header: Header) {
        takeDescription()
        background = Background(
            location: header.location,
            keyword: header.keyword,
            name: header.name,
            description: "",
            id: ""
        )
    }

    mutating func openScenario(_ header: Header) {
        scenario = Scenario(
            location: header.location,
            tags: takeTags(),
            keyword: header.keyword,
            name: header.name,
            description: "",
            id: ""
        )
    }

    mutating func openExamples(_ header: Header) {
        examples = Examples(
            location: header.location,
            tags: takeTags(),
            keyword: header.keyword,
            name: header.name,
            description: "",
            id: ""
        )
    }

    mutating func openStep(_ step: Step, _ ids: inout IdSequence, _ errors: inout ErrorList) {
        takeDescription()
        closeStep(&ids, &errors)
        self.step = step
    }

    mutating func openDocString(_ docString: DocString) {
        self.docString = docString
        docStringLines = []
    }
}

// MARK: - Closing

extension DocumentBuilder {
    mutating func closeDocString() {
        docString?.content = docStringLines.joined(separator: "\n")
        step?.docString = docString
        docString = nil
    }

    mutating func closeStep(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        guard var finished = step else { return }
        step = nil
        if let first = rows.first {
            finished.dataTable = DataTable(location: first.location, rows: takeRows(&ids, &errors))
        }
        finished.id = ids.next()
        if scenario != nil { scenario?.steps.append(finished) } else { background?.steps.append(finished) }
    }

    mutating func closeExamples(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        takeDescription()
        closeStep(&ids, &errors)
        guard var finished = examples else { return }
        examples = nil
        var rows = takeRows(&ids, &errors)
        if !rows.isEmpty {
            finished.tableHeader = rows.removeFirst()
            finished.tableBody = rows
        }
        number(&finished.tags, &ids)
        finished.id = ids.next()
        scenario?.examples.append(finished)
    }

    /// Closes the scenario or the background, whichever is open.
    mutating func closeScenario(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        closeExamples(&ids, &errors)
        if var finished = background {
            background = nil
            finished.id = ids.next()
            if rule != nil {
                rule?.children.append(RuleChild(background: finished))
            } else {
                openFeature?.children.append(FeatureChild(background: finished))
            }
        }
        guard var finished = scenario else { return }
        scenario = nil
        number(&finished.tags, &ids)
        finished.id = ids.next()
        if rule != nil {
            rule?.children.append(RuleChild(scenario: finished))
        } else {
            openFeature?.children.append(FeatureChild(scenario: finished))
        }
    }

    mutating func closeRule(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        closeScenario(&ids, &errors)
        guard var finished = rule else { return }
        rule = nil
        number(&finished.tags, &ids)
        finished.id = ids.next()
        openFeature?.children.append(FeatureChild(rule: finished))
    }

    mutating func closeFeature(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        closeRule(&ids, &errors)
        guard var finished = openFeature else { return }
        openFeature = nil
        number(&finished.tags, &ids)
        feature = finished
    }

    private func number(_ tags: inout [Tag], _ ids: inout IdSequence) {
        for index in tags.indices { tags[index].id = ids.next() }
    }

    private mutating func takeRows(_ ids: inout IdSequence, _ errors: inout ErrorList) -> [TableRow] {
        var finished = rows
        rows = []
        for index in finished.indices { finished[index].id = ids.next() }
        if let odd = finished.first(where: { $0.cells.count != finished[0].cells.count }) {
            let message = "inconsistent cell count within the table"
            errors.add(message, line: odd.location.line, column: odd.location.column)
        }
        return finished
    }
}
