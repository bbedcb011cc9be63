import CucumberMessages

/// What the pickles of one file may cost.
///
/// Outlines multiply: rows by steps, and placeholders by what values bring along. A file of a few lines can stand for
/// more text than any machine holds, and features come from people nobody knows. What tests need is far below.
package struct PickleLimits: Hashable, Sendable {
    /// The bytes of memory that they may take.
    package let memory: Int
    /// The bytes that may be searched for placeholders.
    package let searches: Int

    /// Creates limits.
    package init(memory: Int, searches: Int) {
        self.memory = memory
        self.searches = searches
    }

    /// Some hundred thousand steps, and a search of a few seconds.
    package static let standard = PickleLimits(memory: 256 << 20, searches: 2 << 30)
}

/// What is left of the limits.
struct PickleBudget {
    /// The file asks for too much.
    struct Exceeded: Error {}

    let limits: PickleLimits
    private var memory: Int
    private var searches: Int

    init(_ limits: PickleLimits) {
        self.limits = limits
        (memory, searches) = (limits.memory, limits.searches)
    }

    /// Takes some bytes of memory.
    mutating func spend(_ bytes: Int) throws(Exceeded) {
        memory -= bytes
        if memory < 0 { throw Exceeded() }
    }

    /// Takes the time to look through some bytes.
    mutating func search(_ bytes: Int) throws(Exceeded) {
        searches -= bytes
        if searches < 0 { throw Exceeded() }
    }

    /// The error as one of the file, at the scenario with which it became too much.
    func error(uri: String, at location: Location) -> GherkinError {
        var errors = ErrorList()
        errors.add(
            """
            the scenarios up to this one would take more than \(limits.memory >> 20) MiB, or a search for placeholders \
            through more than \(limits.searches >> 20) MiB; give them fewer examples
            """,
            line: location.line,
            column: location.column
        )
        return GherkinError(errors: errors.messages(uri: uri))
    }
}
