import Foundation
import Gherkin
import ScenarioRunner
import StepDefinitions
import TagExpressions

/// A suite of ten thousand scenarios, read from disk and planned, beside what it takes to count its words.
func measurePlan(in workshop: Workshop, runs: Int) async throws -> [Figure] {
    let folder = workshop.folder.appending(path: "large/features")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for number in 0..<LargeSuite.files {
        let file = folder.appending(path: String(format: "%03d.feature", number))
        try Data(LargeSuite.feature(number).utf8).write(to: file)
    }
    let path = folder.path(percentEncoded: false)
    var parsing: [Double] = []
    var planning: [Double] = []
    var words: [Double] = []
    let clock = ContinuousClock()
    for number in 0..<runs {
        note("plan \(number + 1) of \(runs)")
        var ids = IdSequence()
        let selection = try FeatureSelection([path])
        let began = clock.now
        let suite = try Suite(selection, ids: &ids)
        let parsed = clock.now
        // A library of its own each time: patterns are compiled once, by the first plan.
        let plan = try Plan(
            suite,
            selection: selection,
            filter: ScenarioFilter(tags: [TagExpression("@slow and not @never")], name: nil),
            library: LargeSuite.steps,
            ids: &ids
        )
        let planned = clock.now
        guard plan.entries.count == LargeSuite.files * LargeSuite.scenarios else {
            throw BenchError("\(plan.entries.count) scenarios were planned")
        }
        parsing.append((parsed - began) / .seconds(1))
        planning.append((planned - parsed) / .seconds(1))
        let counting = clock.now
        try await command("sh", "-c", "cat '\(path)'/*.feature | wc -w")
        words.append((clock.now - counting) / .seconds(1))
    }
    return [
        Figure(
            name: "10,000 scenarios read and planned",
            unit: "s",
            values: zip(parsing, planning).map { $0 + $1 },
            goal: 1,
            rival: .init(name: "wc -w", values: words)
        ),
        Figure(name: "  reading and parsing", unit: "s", values: parsing),
        Figure(name: "  joining with steps", unit: "s", values: planning),
    ]
}

/// The suite, in about 3.4 MB, and the fifty definitions of its steps.
private enum LargeSuite {
    static let files = 100
    static let scenarios = 100
    private static let stepsOfScenario = 5
    private static let things = [
        "browser", "terminal", "clock", "network", "menu", "file manager", "keyboard", "screen", "firewall", "printer",
    ]

    static func feature(_ number: Int) -> String {
        var text =
            "@suite\nFeature: Feature \(number)\n\n  Background:\n    Given the browser number 0 shows 3 of \"start\"\n"
        for scenario in 0..<scenarios {
            text += "\n  @tag\(scenario % 7) @slow\n"
            text += "  Scenario: Something happens in feature \(number) for the time \(scenario)\n"
            for step in 0..<stepsOfScenario {
                let thing = (scenario * stepsOfScenario + step + number) % 50
                text += "    \(step == 0 ? "When" : step == stepsOfScenario - 1 ? "Then" : "And")"
                text += " the \(things[thing % 10]) number \(thing / 10) shows \(scenario + step)"
                text += " of \"some text that is \(step) long\"\n"
            }
        }
        return text
    }

    static var steps: StepLibrary<Int> {
        StepLibrary(
            (0..<50).map { number in
                Given(
                    "the \(things[number % 10]) number \(number / 10) shows {int} of {string}",
                    fileID: "LargeSuite/Steps.swift",
                    line: number
                ) { (_: Int, _: Int, _: String) async throws in }
            }
        )
    }
}
