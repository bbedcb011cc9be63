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
    /// The steps of the background or scenario; the last may still get its arguments.
    private var steps: [Step] = []
    private var isStepOpen = false
    private var rows: [TableRow] = []
    private var docString: DocString?
    private var text = TextLines()
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

    /// Adds a line to the description or doc string that is open; `write` appends it to the lines before.
    mutating func addTextLine(_ write: (inout [UInt8]) -> Void) {
        text.add(write)
    }

    private mutating func takeTags() -> [Tag] {
        defer { tags = [] }
        return tags
    }

    /// Gives the lines of a description to the header above them.
    private mutating func takeDescription() {
        guard !text.isEmpty else { return }
        let text = self.text.take(droppingEmptyEnd: true)
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

    mutating func openStep(
        _ header: Header,
        type: StepKeywordType?,
        _ ids: inout IdSequence,
        _ errors: inout ErrorList
    ) {
        takeDescription()
        closeStep(&ids, &errors)
        steps.append(
            Step(
                location: header.location,
                keyword: header.keyword,
                keywordType: type,
                text: header.name,
                id: ""
            )
        )
        isStepOpen = true
    }

    mutating func openDocString(_ docString: DocString, _ ids: inout IdSequence, _ errors: inout ErrorList) {
        closeTable(&ids, &errors)
        self.docString = docString
    }
}

// MARK: - Closing

extension DocumentBuilder {
    mutating func closeDocString() {
        docString?.content = text.take()
        if isStepOpen { steps[steps.count - 1].docString = docString.take() }
    }

    private mutating func closeTable(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        guard isStepOpen, let location = rows.first?.location else { return }
        let rows = takeRows(&ids, &errors)
        steps[steps.count - 1].dataTable = DataTable(location: location, rows: rows)
    }

    mutating func closeStep(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        guard isStepOpen else { return }
        closeTable(&ids, &errors)
        steps[steps.count - 1].id = ids.next()
        isStepOpen = false
    }

    private mutating func takeSteps() -> [Step] {
        defer { steps = [] }
        return steps
    }

    mutating func closeExamples(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        takeDescription()
        closeStep(&ids, &errors)
        guard var finished = examples.take() else { return }
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
        if var finished = background.take() {
            finished.steps = takeSteps()
            finished.id = ids.next()
            if rule != nil {
                rule?.children.append(RuleChild(background: finished))
            } else {
                openFeature?.children.append(FeatureChild(background: finished))
            }
        }
        guard var finished = scenario.take() else { return }
        finished.steps = takeSteps()
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
        guard var finished = rule.take() else { return }
        number(&finished.tags, &ids)
        finished.id = ids.next()
        openFeature?.children.append(FeatureChild(rule: finished))
    }

    mutating func closeFeature(_ ids: inout IdSequence, _ errors: inout ErrorList) {
        closeRule(&ids, &errors)
        guard var finished = openFeature.take() else { return }
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

/// The lines of a description or doc string, one after the other.
private struct TextLines {
    private var bytes: [UInt8] = []
    private var count = 0
    /// Where the last line ends that has something in it.
    private var filledEnd = 0

    var isEmpty: Bool { count == 0 }

    mutating func add(_ write: (inout [UInt8]) -> Void) {
        if count > 0 { bytes.append(UInt8(ascii: "\n")) }
        count += 1
        let start = bytes.count
        write(&bytes)
        if bytes.count > start { filledEnd = bytes.count }
    }

    /// Returns the text, with or without the empty lines at its end, and begins anew.
    mutating func take(droppingEmptyEnd: Bool = false) -> String {
        defer {
            bytes.removeAll(keepingCapacity: bytes.count < 4096)
            (count, filledEnd) = (0, 0)
        }
        return String(decoding: bytes[..<(droppingEmptyEnd ? filledEnd : bytes.count)], as: UTF8.self)
    }
}
