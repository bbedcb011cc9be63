import Crypto
package import CucumberMessages
import Foundation
package import Gherkin
package import StepDefinitions

/// What a run is going to do: pure, printable, and made before anything starts.
package struct Plan: Sendable {
    /// One scenario that is to run.
    package struct Entry: Codable, Hashable, Sendable {
        /// The scenario.
        package let pickle: Pickle
        /// The scenario joined with hooks and step definitions.
        package let testCase: TestCase
    }

    /// The scenarios, in the order in which they start.
    package let entries: [Entry]
    /// What the record begins with: sources, trees, pickles, definitions.
    package let preamble: [Envelope]
    /// The SHA-256 of the chosen scenarios as they are written.
    ///
    /// Two shards with one digest run the same plan.
    package let digest: String

    /// The identity of the hook that makes the world.
    package static let setUpHook = "hook-set-up"
    /// The identity of the hook that takes the world down and judges the conditions.
    package static let tearDownHook = "hook-tear-down"

    /// Plans a run.
    ///
    /// - Throws: ``PlanError`` when a file does not parse, a step is undefined or ambiguous, or nothing is selected.
    package init<World>(
        _ suite: Suite,
        selection: FeatureSelection,
        filter: ScenarioFilter = ScenarioFilter(),
        library: StepLibrary<World>,
        allowEmpty: Bool = false,
        ids: inout IdSequence
    ) throws(PlanError) {
        guard suite.errors.isEmpty else { throw .parseErrors(suite.errors.map(describe)) }
        let problems = library.problems()
        guard problems.isEmpty else { throw .badSuite(problems.map(\.description)) }

        let lines = suite.pickles.map { pickle in
            (pickle.uri, suite.documents[pickle.uri].map { SelectableLines(of: pickle, in: $0).lines } ?? [])
        }
        let idle = selection.idleLines(among: lines)
        guard idle.isEmpty else { throw .nothingAtLines(idle) }
        let chosen = zip(suite.pickles, lines).filter { pickle, place in
            selection.includes(uri: place.0, lines: place.1) && filter.admits(pickle)
        }.map(\.0)
        guard allowEmpty || !chosen.isEmpty else { throw .nothingSelected }

        var bad: [String] = []
        var entries: [Entry] = []
        for pickle in chosen {
            let tags = pickle.tags.map(\.name)
            func hooks(_ type: HookType) -> [TestStep] {
                library.hooks(type, for: tags).map { TestStep(hookId: $0.id, id: ids.next()) }
            }
            if pickle.steps.isEmpty {
                let place = pickle.location.map { "\(pickle.uri):\($0.line)" } ?? pickle.uri
                bad.append("\(place): the scenario has no steps, so it would prove nothing; is a keyword misspelt?")
            }
            var steps = [TestStep(hookId: Self.setUpHook, id: ids.next())] + hooks(.beforeTestCase)
            for step in pickle.steps {
                let joined = Self.join(step, with: library, id: ids.next())
                if let problem = joined.problem {
                    // Each once: the steps of a background and of an outline are joined many times.
                    let line = "\(Self.place(of: step, in: pickle, suite)): \(problem)"
                    if !bad.contains(line) { bad.append(line) }
                }
                steps.append(joined.testStep)
            }
            steps += hooks(.afterTestCase)
            steps.append(TestStep(hookId: Self.tearDownHook, id: ids.next()))
            entries.append(
                Entry(pickle: pickle, testCase: TestCase(id: ids.next(), pickleId: pickle.id, testSteps: steps))
            )
        }
        guard bad.isEmpty else { throw .badSteps(bad) }

        self.entries = entries
        preamble = suite.envelopes + library.definitionMessages + Self.hooks
        digest = Self.digest(of: chosen)
    }

    private static let hooks: [Envelope] = [
        .hook(Hook(id: setUpHook, name: "Set up", sourceReference: SourceReference(), type: .beforeTestCase)),
        .hook(
            Hook(
                id: tearDownHook,
                name: "Tear down and judge",
                sourceReference: SourceReference(),
                type: .afterTestCase
            )
        ),
    ]

    private static func join<World>(
        _ step: PickleStep,
        with library: StepLibrary<World>,
        id: String
    ) -> (testStep: TestStep, problem: String?) {
        var testStep = TestStep(id: id, pickleStepId: step.id, stepDefinitionIds: [], stepMatchArgumentsLists: [])
        switch library.match(step) {
        case .one(let prepared):
            testStep.stepDefinitionIds = [prepared.definitionId]
            testStep.stepMatchArgumentsLists = [StepMatchArgumentsList(stepMatchArguments: prepared.arguments)]
            return (testStep, prepared.problem(with: step.argument)?.summary)
        case .undefined(let nearest, let snippet):
            let advice =
                nearest.first.map { "; did you mean \($0.debugDescription)?" } ?? "; it could be defined by\n\(snippet)"
            return (testStep, "\(step.text.debugDescription) is undefined\(advice)")
        case .ambiguous(let candidates):
            testStep.stepDefinitionIds = candidates.map(\.definitionId)
            let patterns = candidates.map { "\($0.pattern.debugDescription) (\($0.place))" }
            return (testStep, "\(step.text.debugDescription) is ambiguous: \(patterns.joined(separator: ", "))")
        }
    }

    private static func place(of step: PickleStep, in pickle: Pickle, _ suite: Suite) -> String {
        let line = suite.documents[pickle.uri].flatMap { StepLines(in: $0).line(of: step) } ?? pickle.location?.line
        return line.map { "\(pickle.uri):\($0)" } ?? pickle.uri
    }

    private static func digest(of pickles: [Pickle]) -> String {
        // Without the ids: they count from the beginning of a run and say nothing of what it does.
        var hash = SHA256()
        func add(_ text: String) {
            hash.update(data: Data("\(text.utf8.count):\(text)".utf8))
        }
        // Every list says how long it is, so that no two plans can be written down alike.
        func add(_ texts: [String]) {
            add("\(texts.count)")
            for text in texts { add(text) }
        }
        for pickle in pickles {
            add([pickle.uri, "\(pickle.location?.line ?? 0)", pickle.name])
            add(pickle.tags.map(\.name))
            add("\(pickle.steps.count)")
            for step in pickle.steps {
                add(step.text)
                add(step.argument?.docString.map { [$0.mediaType ?? "", $0.content] } ?? [])
                let rows = step.argument?.dataTable?.rows ?? []
                add("\(rows.count)")
                for row in rows { add(row.cells.map(\.value)) }
            }
        }
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}

/// The error with its place as compilers write it, so that editors and terminals can jump there.
private func describe(_ error: ParseError) -> String {
    let location = error.source.location
    let place = [error.source.uri, location.map { "\($0.line)" }, location?.column.map { "\($0)" }]
    let message = error.message.split(separator: "): ", maxSplits: 1).last.map(String.init) ?? error.message
    return place.compactMap(\.self).joined(separator: ":") + ": " + message
}
