package import CucumberMessages
import Foundation
import ScenarioRunner
import Verdicts

/// A record as lines that two implementations have to agree on: without identifiers, times, places in step code, and
/// whatever an implementation may add.
///
/// Lines of one kind keep their order; what happens while scenarios run keeps it altogether.
package struct RecordOutline {
    /// The lines, by what they tell of.
    package private(set) var sections: [String: [String]] = [:]

    private var pickles: [String: Pickle] = [:]
    private var definitions: [String: String] = [:]
    private var hooks: [String: String] = [:]
    private var testCases: [String: String] = [:]
    private var attempts: [String: String] = [:]
    private var steps: [String: String] = [:]
    private var runHooks: [String: String] = [:]
    private var pickleSteps: [String: String] = [:]

    /// Outlines a record.
    package init(_ record: [Envelope]) {
        for envelope in record { add(envelope) }
    }

    /// The lines that only one of two outlines has, each with a sign in front: `-` expected, `+` seen.
    package func differences(from expected: RecordOutline) -> [String] {
        Set(sections.keys).union(expected.sections.keys).sorted().flatMap { name in
            let (old, new) = (expected.sections[name] ?? [], sections[name] ?? [])
            return new.difference(from: old).map { change in
                switch change {
                case .remove(_, let line, _): "- \(name): \(line)"
                case .insert(_, let line, _): "+ \(name): \(line)"
                }
            }
        }
    }

    private mutating func tell(_ section: String, _ line: String) { sections[section, default: []].append(line) }

    private mutating func add(_ envelope: Envelope) {
        switch envelope {
        case .meta, .testRunStarted: break
        case .source(let source): tell("source", "\(name(source.uri)) \(source.mediaType) \(source.data.utf8.count)")
        case .gherkinDocument(let document): tell("tree", Self.plain(document))
        case .parseError(let error): tell("parse error", error.message)
        case .pickle(let pickle):
            pickles[pickle.id] = pickle
            for step in pickle.steps { pickleSteps[step.id] = step.text }
            tell("pickle", Self.plain(pickle))
        case .parameterType(let type):
            tell(
                "parameter type",
                "\(type.name) \(type.regularExpressions) \(type.useForSnippets) \(type.preferForRegularExpressionMatch)"
            )
        case .undefinedParameterType(let type): tell("undefined parameter type", "\(type.name) in \(type.expression)")
        case .stepDefinition(let step):
            definitions[step.id] = step.pattern.source
            tell("step definition", "\(step.pattern.type.rawValue) \(step.pattern.source)")
        case .hook(let hook):
            guard ![Plan.setUpHook, Plan.keepHook, Plan.tearDownHook].contains(hook.id) else { return }
            let line = "\(hook.type?.rawValue ?? "") \(hook.name ?? "") \(hook.tagExpression ?? "")"
            hooks[hook.id] = line
            tell("hook", line)
        case .suggestion(let suggestion): tell("suggestion", pickleSteps[suggestion.pickleStepId] ?? "?")
        case .testCase(let testCase): add(testCase)
        case .testRunHookStarted(let started):
            runHooks[started.id] = hooks[started.hookId] ?? "?"
            tell("run", "hook \(runHooks[started.id] ?? "?") begins")
        case .testRunHookFinished(let finished):
            tell("run", "hook \(runHooks[finished.testRunHookStartedId] ?? "?") \(finished.result.status.rawValue)")
        case .testCaseStarted(let started):
            attempts[started.id] = "\(testCases[started.testCaseId] ?? "?"), attempt \(started.attempt)"
            tell("run", "\(attempts[started.id] ?? "") begins")
        case .testStepStarted(let started):
            if let step = steps[started.testStepId] { tell("run", "\(step) begins") }
        case .testStepFinished(let finished):
            guard let step = steps[finished.testStepId] else { return }
            let hasException = finished.testStepResult.exception != nil
            tell("run", "\(step) \(finished.testStepResult.status.rawValue)\(hasException ? " with an exception" : "")")
        case .attachment(let attachment): add(attachment)
        case .externalAttachment(let attachment): tell("run", "file \(attachment.mediaType)")
        case .testCaseFinished(let finished):
            tell(
                "run",
                "\(attempts[finished.testCaseStartedId] ?? "?") ends\(finished.willBeRetried ? ", is tried again" : "")"
            )
        case .testRunFinished(let finished): tell("run", "the run ends, success: \(finished.success)")
        }
    }

    private mutating func add(_ testCase: TestCase) {
        guard let pickle = pickles[testCase.pickleId] else { return tell("test case", "of no pickle") }
        let title = "\(name(pickle.uri)):\(pickle.location?.line ?? 0) \(pickle.name)"
        testCases[testCase.id] = title
        var parts: [String] = []
        for step in testCase.testSteps {
            if let hook = step.hookId {
                // Set-up and tear-down are this program's own.
                guard let line = hooks[hook] else { continue }
                steps[step.id] = "hook \(line)"
                parts.append("hook \(line)")
            } else {
                let text = pickle.steps.first { $0.id == step.pickleStepId }?.text ?? "?"
                steps[step.id] = "step \(text)"
                let lists = (step.stepMatchArgumentsLists ?? []).map { list in
                    list.stepMatchArguments.map(Self.line).joined(separator: ", ")
                }
                let matches = zip(step.stepDefinitionIds ?? [], lists).map { "\(definitions[$0] ?? "?") (\($1))" }
                parts.append("step \(text) = \(matches)")
            }
        }
        tell("test case", "\(title): \(parts.joined(separator: "; "))")
    }

    private static func line(_ argument: StepMatchArgument) -> String {
        func line(_ group: MatchGroup) -> String {
            let children = (group.children ?? []).map(line).joined(separator: ", ")
            return "\(group.value ?? "none")@\(group.start ?? -1)" + (children.isEmpty ? "" : " [\(children)]")
        }
        return "\(argument.parameterTypeName ?? "-") \(line(argument.group))"
    }

    private mutating func add(_ attachment: Attachment) {
        guard !attachment.mediaType.hasPrefix("application/vnd.assay.") else { return }
        let place =
            attachment.testStepId.flatMap { steps[$0] } ?? attachment.testRunHookStartedId.flatMap { runHooks[$0] }
            ?? "?"
        let encoding = attachment.contentEncoding.rawValue
        tell(
            "run",
            "\(place) attaches \(attachment.mediaType) \(encoding) \(attachment.fileName ?? "") \(attachment.body.prefix(200).debugDescription) \(attachment.body.utf8.count)"
        )
    }

    private func name(_ uri: String) -> String { (uri as NSString).lastPathComponent }

    /// A message as JSON, without identifiers and folders.
    private static func plain(_ message: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(message), let json = try? JSONSerialization.jsonObject(with: data) else {
            return "unreadable"
        }
        func stripped(_ value: Any) -> Any {
            if let list = value as? [Any] { return list.map(stripped) }
            guard let object = value as? [String: Any] else { return value }
            var kept: [String: Any] = [:]
            for (key, value) in object where !["id", "astNodeIds", "astNodeId"].contains(key) {
                switch (key, value) {
                case ("uri", let path as String): kept[key] = (path as NSString).lastPathComponent
                // The kit's records and today's official parsers disagree on the blanks at its end.
                case ("description", let text as String):
                    kept[key] = String(text.reversed().drop(while: \.isWhitespace).reversed())
                default: kept[key] = stripped(value)
                }
            }
            return kept
        }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        let text = try? JSONSerialization.data(withJSONObject: stripped(json), options: options)
        return text.map { String(decoding: $0, as: UTF8.self) } ?? "unreadable"
    }
}
