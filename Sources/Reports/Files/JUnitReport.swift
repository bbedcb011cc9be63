import CucumberMessages
import Diagnostics
import Foundation
import FoundationXML
import Verdicts

/// JUnit XML as continuous integration reads it: a suite for each feature, a test case for each scenario.
///
/// A failure is what the system under test or a test's author has to act on; what the host or the harness did, and what
/// is inconclusive, is an error. The screenshot of a failure is named by one line `[[ATTACHMENT|path]]`, which GitLab
/// and the attachments plug-in of Jenkins show. What failed before it passed is a `flakyFailure`, which Jenkins counts; further attempts
/// at what failed are `rerunFailure` and `rerunError`. A failure in the quarantine is a skipped test with a message, so
/// that it turns no pipeline red and is still read.
///
/// The shape is that of `junit-10.xsd` of Jenkins' xUnit plug-in, which refuses anything else. GitLab alone reads the
/// file of a test case, which that schema has no room for.
package struct JUnitReport: Report {
    private let sink: ReportSink
    private let place: RunPlace
    private let isForGitLab: Bool

    /// Creates the report; it is written in one piece.
    ///
    /// - Parameters:
    ///   - sink: Where it goes.
    ///   - place: The run directory.
    ///   - isForGitLab: Whether test cases name their files.
    package init(to sink: ReportSink, place: RunPlace, isForGitLab: Bool = false) {
        self.sink = sink
        self.place = place
        self.isForGitLab = isForGitLab
    }

    package mutating func finish(run: RunRecord) throws {
        let root = XMLElement(name: "testsuites")
        root.set("name", "assay")
        var names: Set<[String]> = []
        var suites = run.features.map { suite($0, of: run, &names) }
        if !run.parseErrors.isEmpty { suites.append(suite(of: run.parseErrors)) }
        if !run.brokenHooks.isEmpty { suites.append(suite(of: run.brokenHooks)) }
        sumUp(suites, in: root)
        // The schema counts them in the suites alone.
        root.removeAttribute(forName: "skipped")
        root.set("time", RunSummary(run).duration.inSeconds)
        for suite in suites { root.addChild(suite) }
        let document = XMLDocument(rootElement: root)
        document.version = "1.0"
        document.characterEncoding = "UTF-8"
        try sink.write(String(decoding: document.xmlData(options: .nodePrettyPrint), as: UTF8.self) + "\n")
    }

    private func suite(_ feature: FeatureResult, of run: RunRecord, _ names: inout Set<[String]>) -> XMLElement {
        let suite = XMLElement(name: "testsuite")
        suite.set("name", feature.name)
        suite.set("file", feature.uri)
        let cases = feature.scenarios.map { scenario in
            // Of several test cases with one name some readers show only the first, also if their suites differ.
            var name = scenario.title
            let className = scenario.place.feature
            for place in ["line \(scenario.line)", scenario.location] {
                if names.insert([className, name]).inserted { break }
                name = "\(scenario.title) (\(place))"
            }
            names.insert([className, name])
            return testCase(scenario, name: name, failsOnFlaky: run.failsOnFlaky)
        }
        if let start = feature.scenarios.compactMap(\.attempts.first?.startedAt).min() {
            let date = Date(timeIntervalSince1970: TimeInterval(start.seconds))
            suite.set("timestamp", String(date.formatted(.iso8601).dropLast()))
        }
        sumUp(cases, in: suite)
        suite.set("time", feature.scenarios.reduce(.zero) { $0 + $1.duration }.inSeconds)
        // The schema has no room for properties of a test case.
        let quarantined = feature.scenarios.compactMap { scenario in
            scenario.quarantine.map {
                RunFact(name: "quarantine", value: "\(scenario.location) \(scenario.title): \($0.sentence)")
            }
        }
        add(run.facts + quarantined, to: suite)
        for testCase in cases { suite.addChild(testCase) }
        return suite
    }

    private func add(_ facts: [RunFact], to suite: XMLElement) {
        guard !facts.isEmpty else { return }
        let properties = XMLElement(name: "properties")
        for fact in facts {
            let property = XMLElement(name: "property")
            property.set("name", fact.name)
            property.set("value", fact.value)
            properties.addChild(property)
        }
        suite.addChild(properties)
    }

    private func suite(of errors: [ParseError]) -> XMLElement {
        suite(
            named: "feature files",
            cases: errors.map { error in
                let name = "\(error.source.uri ?? "") line \(error.source.location?.line ?? 0)"
                return (name, "The file does not parse.", error.message)
            }
        )
    }

    private func suite(of hooks: [BrokenHook]) -> XMLElement {
        suite(named: "hooks around all scenarios", cases: hooks.map { ($0.title, $0.sentence, $0.message) })
    }

    /// A suite of what is no scenario and failed.
    private func suite(named name: String, cases: [(name: String, message: String, text: String)]) -> XMLElement {
        let suite = XMLElement(name: "testsuite")
        suite.set("name", name)
        let elements = cases.map { failed in
            let testCase = XMLElement(name: "testcase")
            testCase.set("classname", name)
            testCase.set("name", failed.name)
            testCase.set("time", "0.000")
            testCase.addChild(problem("failure", message: failed.message, type: "test-author", text: failed.text))
            return testCase
        }
        sumUp(elements, in: suite)
        suite.set("time", "0.000")
        for element in elements { suite.addChild(element) }
        return suite
    }

    private func testCase(_ scenario: ScenarioResult, name: String, failsOnFlaky: Bool) -> XMLElement {
        let element = XMLElement(name: "testcase")
        element.set("classname", scenario.place.feature)
        element.set("name", name)
        if isForGitLab { element.set("file", scenario.uri) }
        element.set("time", scenario.duration.inSeconds)
        let verdict = scenario.verdict ?? Verdict(outcome: .inconclusive, blame: .harness)
        let reason = verdict.reason ?? scenario.decisiveAttempt?.failedStep?.message ?? ""
        let message = reason.isEmpty ? "The scenario is \(verdict.outcome.rawValue)." : Explanation(reason).summary
        let type = [verdict.outcome.rawValue, verdict.blame?.rawValue].compactMap(\.self).joined(separator: ", ")
        switch (verdict.outcome, verdict.blame) {
        case (.passed, _): break
        case (.flaky, _) where failsOnFlaky && verdict.counts:
            let message = "Passed only when tried again: \(message)"
            element.addChild(problem("failure", message: message, type: type, text: full(reason, scenario)))
        case (.flaky, _): addEarlier("flakyFailure", of: scenario, to: element)
        case (.skipped, _): element.addChild(skipped(message))
        case (_, _) where verdict.isExcused:
            let known = verdict.quarantine.map { "Quarantined: \($0.sentence) " } ?? ""
            let skipped = skipped(known + message)
            skipped.stringValue = XMLText.legal(full(reason, scenario))
            element.addChild(skipped)
        case (.inconclusive, _), (.failed, .host), (.failed, .harness):
            element.addChild(problem("error", message: message, type: type, text: full(reason, scenario)))
            addEarlier("rerunError", of: scenario, to: element)
        case (.failed, _), (.pending, _), (.undefined, _), (.ambiguous, _):
            element.addChild(problem("failure", message: message, type: type, text: full(reason, scenario)))
            addEarlier("rerunFailure", of: scenario, to: element)
        }
        let text = XMLText.legal(self.output(of: scenario, verdict))
        if !text.isEmpty {
            let output = XMLElement(name: "system-out")
            output.stringValue = text
            element.addChild(output)
        }
        return element
    }

    /// Tells of the attempts that came to nothing before, or beside, the one that the verdict speaks of.
    private func addEarlier(_ kind: String, of scenario: ScenarioResult, to element: XMLElement) {
        let isFlaky = scenario.outcome == .flaky
        for attempt in scenario.attempts where attempt.isWhole && attempt.verdict?.outcome.isProblem == true {
            // The one that decided is the failure itself.
            if !isFlaky, attempt.id == scenario.decisiveAttempt?.id { continue }
            let reason = attempt.verdict?.reason ?? attempt.failedStep?.message ?? ""
            let failure = XMLElement(name: kind)
            failure.set("message", Explanation(reason).summary)
            failure.set("type", attempt.verdict?.outcome.rawValue ?? "failed")
            let trace = XMLElement(name: "stackTrace")
            trace.stringValue = XMLText.legal(reason)
            failure.addChild(trace)
            element.addChild(failure)
        }
    }

    private func skipped(_ message: String) -> XMLElement {
        let element = XMLElement(name: "skipped")
        element.set("message", message)
        return element
    }

    private func problem(_ kind: String, message: String, type: String, text: String) -> XMLElement {
        let element = XMLElement(name: kind)
        element.set("message", message)
        element.set("type", type)
        element.stringValue = XMLText.legal(text)
        return element
    }

    private func full(_ reason: String, _ scenario: ScenarioResult) -> String {
        var lines = [reason]
        if let step = scenario.decisiveAttempt?.failedStep { lines.append("Step: \(step.title)") }
        lines.append("Scenario: \(scenario.location)")
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func output(of scenario: ScenarioResult, _ verdict: Verdict) -> String {
        var lines: [String] = []
        for attempt in scenario.attempts {
            if scenario.attempts.count > 1 {
                let outcome = attempt.isWhole ? attempt.verdict?.outcome.rawValue ?? "" : "cut off"
                lines.append("Attempt \(attempt.number + 1): \(outcome)")
            }
            lines += attempt.steps.map { step in
                let status = step.status?.rawValue.lowercased() ?? "not run"
                return "\(status.padded(to: 9))  \(step.title)" + (step.duration.map { "  (\(readable($0)))" } ?? "")
            }
        }
        for condition in verdict.conditions {
            lines.append("\(condition.name): \(condition.word), \(condition.summary)")
            lines += condition.details.map { "  " + $0 }
        }
        // Nothing that a step says may pass for the line that names a file.
        lines = lines.map { $0.replacing("[[ATTACHMENT|", with: "[[ATTACHMENT |") }
        let pictures = (scenario.decisiveAttempt?.allAttachments ?? []).filter(\.isPicture)
        let failed = scenario.decisiveAttempt?.failedStep?.attachments.last { $0.isPicture && $0.url != nil }
        if verdict.outcome.isProblem, let picture = failed ?? pictures.last(where: { $0.url != nil }),
            let path = place.path(of: picture)
        {
            lines.append("[[ATTACHMENT|\(path)]]")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func sumUp(_ children: [XMLElement], in parent: XMLElement) {
        func count(_ child: XMLElement, _ attribute: String, _ kinds: [String]) -> Int {
            if child.name == "testsuite" { return Int(child.attribute(forName: attribute)?.stringValue ?? "") ?? 0 }
            return kinds.isEmpty || kinds.contains { !child.elements(forName: $0).isEmpty } ? 1 : 0
        }
        let sums = [("tests", []), ("failures", ["failure"]), ("errors", ["error"]), ("skipped", ["skipped"])]
        for (attribute, kinds) in sums {
            parent.set(attribute, "\(children.reduce(0) { $0 + count($1, attribute, kinds) })")
        }
    }
}

// MARK: - XML

/// Text that may stand in XML 1.0.
enum XMLText {
    /// Removes the characters that XML has no way to write (section 2.2 of the specification).
    static func legal(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x9, 0xA, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: scalars.append(scalar)
            default: break
            }
        }
        return String(scalars)
    }
}

extension XMLElement {
    fileprivate func set(_ name: String, _ value: String) {
        guard let attribute = XMLNode.attribute(withName: name, stringValue: XMLText.legal(value)) as? XMLNode else {
            return
        }
        addAttribute(attribute)
    }
}

extension Duration {
    /// The seconds with three decimals, such as `1.500`.
    fileprivate var inSeconds: String {
        let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        let rest = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
