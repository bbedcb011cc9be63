import StepDefinitions
import Testing

private struct World: Sendable {}
private enum Colour: String, CaseIterable, StepArgument { case red }

private func problems(_ library: StepLibrary<World>) -> [String] {
    library.problems().map { String($0.summary.drop { $0 != " " }.dropFirst()) }
}

@Suite("Problems of libraries")
struct LibraryProblemTests {
    @Test("a closure must take what the pattern captures")
    func arity() {
        let library = StepLibrary<World> { Given("a {string}", line: 12) { (_: World) in } }
        #expect(
            library.problems().map(\.description) == [
                """
                StepDefinitionsTests/LibraryProblemTests.swift:12: The step "a {string}" captures 1 value, but its closure \
                takes 0 values.
                Hint: Let the closure take the world first, then one value per parameter of the pattern.
                """
            ]
        )
    }

    @Test("types must fit their parameters")
    func types() {
        let library = StepLibrary<World> {
            ParameterType<Colour>("colour")
            Given("{string} is a number") { (_: World, _: Int) in }
            Given("{float} is whole") { (_: World, _: Int) in }
            Given("{colour} is text") { (_: World, _: String) in }
            Given("{int} may be a byte") { (_: World, _: UInt8?) in }
            Given("{} and {word} may be a colour") { (_: World, _: Colour, _: Colour) in }
            Given("a table first {int}") { (_: World, _: DataTable, _: Int) in }
        }
        #expect(
            problems(library) == [
                #"In the step "{string} is a number" {string} gives String, but the closure takes Int."#,
                #"In the step "{float} is whole" {float} gives Double, but the closure takes Int."#,
                #"In the step "{colour} is text" {colour} gives Colour, but the closure takes String."#,
                #"The closure of the step "a table first {int}" takes a DataTable that is not its one last argument."#,
            ]
        )
    }

    @Test("patterns, parameters and tags must be readable, and nothing is defined twice")
    func unreadable() {
        let library =
            StepLibrary<World> { Given("a (b") { (_: World) in } }
            + StepLibrary<World> {
                ParameterType<String>("in/t", "x") { $0 }
                Given("twice", line: 7) { (_: World) in }
                When("twice") { (_: World) in }
                Before(tags: "@a @b") { (_: World) in }
            }
        #expect(
            problems(library) == [
                "Illegal character in parameter name {in/t}. Parameter names may not contain '{', '}', '(', ')', '\\' or '/'.",
                "This Cucumber Expression has a problem at column 3: The '(' does not have a matching ')'.",
                #"The step "twice" is defined already, at StepDefinitionsTests/LibraryProblemTests.swift:7."#,
                #"Tag expression "@a @b" could not be parsed because of syntax error: Expected operator."#,
            ]
        )
    }
}
