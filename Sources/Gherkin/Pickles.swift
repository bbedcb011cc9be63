package import CucumberMessages

/// Turns a feature into what is run: one pickle per scenario, and one per row of an outline's examples.
///
/// Backgrounds are put in front, tags are inherited, and placeholders are filled in, as the official compilers do it.
///
/// - Parameters:
///   - document: The syntax tree of the file.
///   - uri: The file's path, for messages.
///   - ids: Goes on from the identifiers of the syntax tree.
///   - limits: What the pickles may cost.
/// - Returns: The pickles in the order of the file.
/// - Throws: A ``GherkinError`` when a small file stands for so many steps that they would fill the memory.
package func pickles(
    from document: GherkinDocument,
    uri: String,
    ids: inout IdSequence,
    within limits: PickleLimits = .standard
) throws(GherkinError) -> [Pickle] {
    guard let feature = document.feature else { return [] }
    var compiler = PickleCompiler(uri: uri, language: feature.language, ids: ids, limits)
    let featureTags = feature.tags.map(PickleTag.init)
    var background: [Step] = []
    for child in feature.children {
        if let steps = child.background?.steps { background += steps }
        if let scenario = child.scenario { try compiler.compile(scenario, featureTags, background) }
        if let rule = child.rule {
            let ruleTags = featureTags + rule.tags.map(PickleTag.init)
            var ruleBackground = background
            for child in rule.children {
                if let steps = child.background?.steps { ruleBackground += steps }
                guard let scenario = child.scenario else { continue }
                try compiler.compile(scenario, ruleTags, ruleBackground)
            }
        }
    }
    ids = compiler.ids
    return compiler.pickles
}

private struct PickleCompiler {
    let uri: String
    let language: String
    var ids: IdSequence
    var pickles: [Pickle] = []
    private var budget: PickleBudget

    init(uri: String, language: String, ids: IdSequence, _ limits: PickleLimits) {
        budget = PickleBudget(limits)
        self.uri = uri
        self.language = language
        self.ids = ids
    }

    mutating func compile(
        _ scenario: Scenario,
        _ inherited: [PickleTag],
        _ background: [Step]
    ) throws(GherkinError) {
        do {
            try add(scenario, inherited, background)
        } catch {
            throw budget.error(uri: uri, at: scenario.location)
        }
    }

    private mutating func add(
        _ scenario: Scenario,
        _ inherited: [PickleTag],
        _ background: [Step]
    ) throws(PickleBudget.Exceeded) {
        // A scenario without steps is reported as such; a background alone tests nothing.
        let background = scenario.steps.isEmpty ? [] : background
        let tags = try joined(inherited, scenario.tags)
        guard !scenario.examples.isEmpty else { return try add(scenario, background, nil, Placeholders(), tags) }
        for examples in scenario.examples {
            let tags = try joined(tags, examples.tags)
            var placeholders = Placeholders(header: examples.tableHeader?.cells ?? [])
            for row in examples.tableBody {
                placeholders.values = row.cells
                try add(scenario, background, row, placeholders, tags)
            }
        }
    }

    private mutating func joined(_ inherited: [PickleTag], _ own: [Tag]) throws(PickleBudget.Exceeded) -> [PickleTag] {
        guard !own.isEmpty else { return inherited }
        try budget.spend((inherited.count + own.count) * MemoryLayout<PickleTag>.stride)
        return inherited + own.map(PickleTag.init)
    }

    private mutating func add(
        _ scenario: Scenario,
        _ background: [Step],
        _ row: TableRow?,
        _ placeholders: Placeholders,
        _ tags: [PickleTag]
    ) throws(PickleBudget.Exceeded) {
        let count = background.count + scenario.steps.count
        // The identifiers of the nodes are an array of their own.
        try budget.spend(MemoryLayout<Pickle>.stride + count * (MemoryLayout<PickleStep>.stride + 64))
        var type = PickleStepType.unknown
        var steps: [PickleStep] = []
        steps.reserveCapacity(count)
        let nothing = Placeholders()
        for index in background.indices { steps.append(try pickle(background, index, &type, nil, nothing)) }
        for index in scenario.steps.indices {
            steps.append(try pickle(scenario.steps, index, &type, row?.id, placeholders))
        }
        pickles.append(
            Pickle(
                id: ids.next(),
                uri: uri,
                location: row?.location ?? scenario.location,
                name: try placeholders.fill(scenario.name, &budget),
                language: language,
                steps: steps,
                tags: tags,
                astNodeIds: row.map { [scenario.id, $0.id] } ?? [scenario.id]
            )
        )
    }

    /// Makes one step; it is named by its place, since a copy of it costs more than all the rest.
    private mutating func pickle(
        _ steps: [Step],
        _ index: Int,
        _ type: inout PickleStepType,
        _ rowId: String?,
        _ placeholders: Placeholders
    ) throws(PickleBudget.Exceeded) -> PickleStep {
        switch steps[index].keywordType {
        case .conjunction: break
        case .context: type = .context
        case .action: type = .action
        case .outcome: type = .outcome
        case .unknown, nil: type = .unknown
        }
        let hasArgument = steps[index].dataTable != nil || steps[index].docString != nil
        let stepId = steps[index].id
        return PickleStep(
            argument: hasArgument ? try argument(of: steps[index], placeholders) : nil,
            astNodeIds: rowId.map { [stepId, $0] } ?? [stepId],
            id: ids.next(),
            type: type,
            text: rowId == nil ? steps[index].text : try placeholders.fill(steps[index].text, &budget)
        )
    }

    private mutating func argument(
        of step: Step,
        _ placeholders: Placeholders
    ) throws(PickleBudget.Exceeded) -> PickleStepArgument {
        var argument = PickleStepArgument()
        if let docString = step.docString {
            argument.docString = PickleDocString(
                mediaType: try docString.mediaType.map { text throws(PickleBudget.Exceeded) in
                    try placeholders.fill(text, &budget)
                },
                content: try placeholders.fill(docString.content, &budget)
            )
        }
        if let table = step.dataTable { argument.dataTable = try pickle(table, placeholders) }
        if let table = step.dataTable?.location, let docString = step.docString?.location {
            let isTableFirst = table.line < docString.line
            argument.dataTable?.argumentIndex = isTableFirst ? 1 : 2
            argument.docString?.argumentIndex = isTableFirst ? 2 : 1
        }
        return argument
    }

    private mutating func pickle(
        _ table: DataTable,
        _ placeholders: Placeholders
    ) throws(PickleBudget.Exceeded) -> PickleTable {
        var rows: [PickleTableRow] = []
        rows.reserveCapacity(table.rows.count)
        for row in table.rows {
            try budget.spend(48 + row.cells.count * MemoryLayout<PickleTableCell>.stride)
            var cells: [PickleTableCell] = []
            cells.reserveCapacity(row.cells.count)
            for cell in row.cells { cells.append(PickleTableCell(value: try placeholders.fill(cell.value, &budget))) }
            rows.append(PickleTableRow(cells: cells))
        }
        return PickleTable(rows: rows)
    }
}

extension PickleTag {
    fileprivate init(_ tag: Tag) {
        self.init(name: tag.name, astNodeId: tag.id)
    }
}
