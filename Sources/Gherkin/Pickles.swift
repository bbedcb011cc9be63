package import CucumberMessages

/// Turns a feature into what is run: one pickle per scenario, and one per row of an outline's examples.
///
/// Backgrounds are put in front, tags are inherited, and placeholders are filled in, as the official compilers do it.
///
/// - Parameters:
///   - document: The syntax tree of the file.
///   - uri: The file's path, for messages.
///   - ids: Goes on from the identifiers of the syntax tree.
/// - Returns: The pickles in the order of the file.
package func pickles(from document: GherkinDocument, uri: String, ids: inout IdSequence) -> [Pickle] {
    guard let feature = document.feature else { return [] }
    var compiler = PickleCompiler(uri: uri, language: feature.language, ids: ids)
    var background: [Step] = []
    for child in feature.children {
        if let steps = child.background?.steps { background += steps }
        if let scenario = child.scenario { compiler.compile(scenario, tags: feature.tags, background: background) }
        if let rule = child.rule {
            var ruleBackground = background
            for child in rule.children {
                if let steps = child.background?.steps { ruleBackground += steps }
                guard let scenario = child.scenario else { continue }
                compiler.compile(scenario, tags: feature.tags + rule.tags, background: ruleBackground)
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

    mutating func compile(_ scenario: Scenario, tags: [Tag], background: [Step]) {
        // A scenario without steps is reported as such; a background alone tests nothing.
        let background = scenario.steps.isEmpty ? [] : background
        guard !scenario.examples.isEmpty else {
            return add(scenario, background, row: nil, header: [], tags: tags + scenario.tags)
        }
        for examples in scenario.examples {
            for row in examples.tableBody {
                let header = examples.tableHeader?.cells ?? []
                add(scenario, background, row: row, header: header, tags: tags + scenario.tags + examples.tags)
            }
        }
    }

    private mutating func add(
        _ scenario: Scenario,
        _ background: [Step],
        row: TableRow?,
        header: [TableCell],
        tags: [Tag]
    ) {
        let nothing = Placeholders(header: [], values: [])
        let placeholders = row.map { Placeholders(header: header, values: $0.cells) } ?? nothing
        let rowIds = row.map { [$0.id] } ?? []
        var type = PickleStepType.unknown
        var steps: [PickleStep] = []
        steps.reserveCapacity(background.count + scenario.steps.count)
        for step in background { steps.append(pickle(step, &type, [], nothing)) }
        for step in scenario.steps { steps.append(pickle(step, &type, rowIds, placeholders)) }
        pickles.append(
            Pickle(
                id: ids.next(),
                uri: uri,
                location: row?.location ?? scenario.location,
                name: placeholders.fill(scenario.name),
                language: language,
                steps: steps,
                tags: tags.map { PickleTag(name: $0.name, astNodeId: $0.id) },
                astNodeIds: [scenario.id] + rowIds
            )
        )
    }

    private mutating func pickle(
        _ step: Step,
        _ type: inout PickleStepType,
        _ rowIds: [String],
        _ placeholders: Placeholders
    ) -> PickleStep {
        switch step.keywordType {
        case .conjunction: break
        case .context: type = .context
        case .action: type = .action
        case .outcome: type = .outcome
        case .unknown, nil: type = .unknown
        }
        var argument: PickleStepArgument?
        if let table = step.dataTable {
            let rows = table.rows.map { row in
                PickleTableRow(cells: row.cells.map { PickleTableCell(value: placeholders.fill($0.value)) })
            }
            argument = PickleStepArgument(dataTable: PickleTable(rows: rows))
        } else if let docString = step.docString {
            argument = PickleStepArgument(
                docString: PickleDocString(
                    mediaType: docString.mediaType.map(placeholders.fill),
                    content: placeholders.fill(docString.content)
                )
            )
        }
        return PickleStep(
            argument: argument,
            astNodeIds: [step.id] + rowIds,
            id: ids.next(),
            type: type,
            text: placeholders.fill(step.text)
        )
    }
}

/// The placeholders of an outline and what one row puts in their place.
private struct Placeholders {
    private let pairs: [(name: [UInt8], value: [UInt8])]

    init(header: [TableCell], values: [TableCell]) {
        pairs = zip(header, values).map { (Array("<\($0.value)>".utf8), Array($1.value.utf8)) }
    }

    /// Replaces each `<name>` once; what a value brings along is not looked at again.
    func fill(_ text: String) -> String {
        guard !pairs.isEmpty, text.utf8.contains(UInt8(ascii: "<")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var offset = 0
        while offset < bytes.count {
            if bytes[offset] == UInt8(ascii: "<"),
                let pair = pairs.first(where: { bytes[offset...].starts(with: $0.name) })
            {
                result += pair.value
                offset += pair.name.count
            } else {
                result.append(bytes[offset])
                offset += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
