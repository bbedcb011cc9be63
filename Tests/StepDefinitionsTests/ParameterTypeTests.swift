import CucumberMessages
import Diagnostics
import StepDefinitions
import Synchronization
import Testing

private struct Airport: StepArgument, Equatable { let code: String }
private struct Flight: StepArgument, Equatable { let from: String, to: String? }

private enum AirportError: ExplainedError {
    case closed(String)
    var blame: Blame { .testAuthor }
    var summary: String { if case .closed(let code) = self { "\(code) is closed." } else { "" } }
}

private typealias Log = Mutex<[String]>
private final class World: Sendable { let log = Log([]) }

private let library = StepLibrary<World> {
    ParameterType<Airport>("airport", "[A-Z]{3}", "[A-Z]{4}", useForSnippets: false) { code in
        if code == "XXX" { throw AirportError.closed(code) }
        return Airport(code: code)
    }
    ParameterType<Flight>("flight", groupsOf: "([A-Z]{3})-([A-Z]{3})", "from ([A-Z]{3})") { groups in
        let taken = groups.compactMap(\.self)
        return Flight(from: taken[0], to: taken.count > 1 ? taken[1] : nil)
    }
    Given("{airport} is open") { (world: World, airport: Airport) in world.log.withLock { $0.append(airport.code) } }
    Given("I fly {flight}") { (world: World, flight: Flight) in
        world.log.withLock { $0.append("\(flight.from)>\(flight.to ?? "?")") }
    }
}

@Suite("Parameter types")
struct ParameterTypeTests {
    private func run(_ text: String) async throws -> [String] {
        guard case .one(let step) = library.match(text) else { return ["no match"] }
        let world = World()
        try await step.run(in: world, argument: nil)
        return world.log.withLock { $0 }
    }

    @Test("any of several patterns may match, and nothing else")
    func patterns() async throws {
        #expect(try await run("LHR is open") == ["LHR"])
        #expect(try await run("EGLL is open") == ["EGLL"])
        #expect(try await run("Luton is open") == ["no match"])
    }

    @Test("a converter may take all groups of the pattern that matched")
    func groups() async throws {
        #expect(try await run("I fly LHR-CDG") == ["LHR>CDG"])
        #expect(try await run("I fly from LHR") == ["LHR>?"])
    }

    @Test("what a converter throws is known before the step runs, in its own words")
    func throwing() throws {
        guard case .one(let step) = library.match("XXX is open") else { return #expect(Bool(false), "no match") }
        #expect(step.problem(with: nil)?.summary == "XXX is closed.")
    }

    @Test("a parameter type may keep out of proposals")
    func snippets() {
        guard case .undefined(_, let snippet) = library.match("the lights of LHR are on") else {
            return #expect(Bool(false), "defined")
        }
        #expect(!snippet.contains("airport"))
        guard case .undefined(_, let snippet) = library.match("we take LHR-CDG home") else {
            return #expect(Bool(false), "defined")
        }
        #expect(snippet.contains("we take {flight} home"))
    }

    @Test("of two types that match a regular expression's group the preferred one makes the value")
    func preferred() throws {
        struct First: StepArgument {}
        struct Second: StepArgument {}
        let preferring = StepLibrary<World> {
            ParameterType<First>("first", "[A-Z]{3}") { _ in First() }
            ParameterType<Second>("second", "[A-Z]{3}", preferForRegularExpressionMatch: true) { _ in Second() }
            Given("^over ([A-Z]{3})$") { (_: World, _: Second) in }
        }
        #expect(preferring.problems().map(\.summary) == [])
        let neither = StepLibrary<World> {
            ParameterType<First>("first", "[A-Z]{3}") { _ in First() }
            ParameterType<Second>("second", "[A-Z]{3}") { _ in Second() }
            Given("^over ([A-Z]{3})$") { (_: World, _: Second) in }
        }
        #expect(neither.problems().count == 1)
    }

    @Test("a parameter that nobody defines is a message of its own")
    func unknown() {
        let unknown = StepLibrary<World> { Given("{harbour} is open") { (_: World, _: Airport) in } }
        #expect(unknown.problems().count == 1)
        #expect(
            unknown.definitionMessages == [
                .undefinedParameterType(UndefinedParameterType(expression: "{harbour} is open", name: "harbour"))
            ]
        )
    }
}
