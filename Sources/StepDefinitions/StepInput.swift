/// What a step hands over for one argument of its definition.
public struct StepInput: Sendable {
    /// The text of the parameter; `nil` where an optional group of a regular expression took no part.
    public let text: String?
    /// The parts of the text: one per group inside the parameter's own pattern, or the text itself.
    public let parts: [String?]
    /// What the suite's ``ParameterType`` made of the text.
    public let value: (any Sendable)?
    /// The table below the step.
    public let table: DataTable?
    /// The doc string below the step.
    public let docString: DocString?

    package init(
        text: String? = nil,
        parts: [String?] = [],
        value: (any Sendable)? = nil,
        table: DataTable? = nil,
        docString: DocString? = nil
    ) {
        self.text = text
        self.parts = parts
        self.value = value
        self.table = table
        self.docString = docString
    }

    var isAbsent: Bool { text == nil && table == nil && docString == nil }
}
