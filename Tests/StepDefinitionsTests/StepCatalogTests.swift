import Foundation
import StepDefinitions
import Testing

private typealias DataTable = StepDefinitions.DataTable

private struct World: Sendable {}
private enum Colour: String, CaseIterable, StepArgument { case red, green }

private let library = StepLibrary<World> {
    ParameterType<Colour>("colour", line: 1)
    ParameterType<Colour>("path", "/[a-z]+", #"\/\/[a-z]+"#, line: 2) { _ in .red }
    Given("a {colour} box of {int} \\(cm)", documentation: "Puts it there. */", line: 3) {
        (_: World, _: Colour, _: Int) in
    }
    Given("the {string} \"box\"", line: 4) { (_: World, _: String, _: DataTable) in }
    Then("^it is (not )?(at/on|on) (.*)$", line: 5) { (_: World, _: String?, _: String, _: String) in }
    Then("it is at/on the table", line: 6) { (_: World) in }
}

@Suite("Catalogue of steps")
struct StepCatalogTests {
    @Test("a text that matches is told with its arguments, their parameters and types")
    func one() {
        let explanation = library.explain("a green box of 12 (cm)")
        #expect(explanation.isDefined)
        #expect(
            explanation.lines == [
                #"a {colour} box of {int} \(cm)"#, "    Puts it there. */",
                "    defined at StepDefinitionsTests/StepCatalogTests.swift:3",
                #"    1. {colour} = "green", as Colour"#, #"    2. {int} = "12", as Int"#,
            ]
        )
        #expect(
            library.explain(#"the "big" "box""#).lines.suffix(2) == [
                #"    1. {string} = "\"big\"", as String"#, "    and below the step: DataTable",
            ]
        )
    }

    @Test("what is ambiguous, undefined or out of range is told so")
    func others() {
        let twice = library.explain("it is on the table")
        #expect(!twice.isDefined)
        #expect(twice.lines.first == #""it is on the table" is ambiguous: 2 steps match it."#)
        let undefined = library.explain("a gren box")
        #expect(!undefined.isDefined)
        #expect(undefined.lines.first == #""a gren box" is undefined."#)
        #expect(undefined.lines.contains { $0.hasPrefix("Step(\"a gren box\")") })
        let large = library.explain("a red box of 99999999999999999999 (cm)")
        #expect(!large.isDefined)
        #expect(large.lines.last?.hasPrefix("It can't run like this: The step expects a whole number") == true)
    }

    @Test("an optional group that took no part is nothing")
    func optional() {
        let lines = library.explain("it is at/on a shelf").lines
        #expect(lines.contains("    1. group = nothing, as String?"))
    }

    @Test("the glue file says in TypeScript what the library says in Swift")
    func glue() {
        #expect(
            GlueFile(library).text == #"""
                // Made by `assay steps --format typescript`, for editors: the steps themselves are written in Swift.
                import { Given, defineParameterType } from '@cucumber/cucumber'

                // StepDefinitionsTests/StepCatalogTests.swift:1
                defineParameterType({ name: "colour", regexp: [/red/, /green/] })

                // StepDefinitionsTests/StepCatalogTests.swift:2
                defineParameterType({ name: "path", regexp: [/\/[a-z]+/, /\/\/[a-z]+/] })

                /** Puts it there. * / */
                // StepDefinitionsTests/StepCatalogTests.swift:3
                Given("a {colour} box of {int} \(cm)", () => {})

                // StepDefinitionsTests/StepCatalogTests.swift:4
                Given("the {string} \"box\"", () => {})

                // StepDefinitionsTests/StepCatalogTests.swift:5
                Given(/^it is (not )?(at\/on|on) (.*)$/, () => {})

                // StepDefinitionsTests/StepCatalogTests.swift:6
                Given("it is at/on the table", () => {})

                """#
        )
    }

    @Test("the catalogue reads back as it was written")
    func document() throws {
        let document = StepsDocument(library)
        let data = try JSONEncoder().encode(document)
        #expect(try JSONDecoder().decode(StepsDocument.self, from: data) == document)
        #expect(document.version == 1)
        #expect(document.parameterTypes.map(\.regexp) == ["(?:red)|(?:green)", #"(?:/[a-z]+)|(?:\/\/[a-z]+)"#])
        #expect(document.steps.map(\.line) == [3, 4, 5, 6])
    }
}
