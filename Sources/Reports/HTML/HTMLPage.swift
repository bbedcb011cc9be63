import CucumberMessages
import Diagnostics
import Foundation
import Verdicts

/// A run as the values that the template fills in.
///
/// Texts are plain: the template escapes all of them.
struct HTMLPage {
    let run: RunRecord
    let pictures: PictureStore
    let texts: [Int: String]
    let directory: String
    let prefix: String

    /// The values; a key that has nothing to show is `false`, so that the library does not look further up.
    var view: [String: Any] {
        let summary = RunSummary(run)
        let anchors = anchors
        let features = run.features.map { feature -> [String: Any] in
            let groups = feature.groups.map { group -> [String: Any] in
                let scenarios = group.scenarios.map { view(of: $0, anchor: anchors[$0.id] ?? "") }
                return ["rule": group.rule ?? false, "scenarios": scenarios]
            }
            return [
                "feature": feature.name, "uri": feature.uri, "groups": groups,
                "about": text(feature.description.trimming(while: \.isWhitespace)),
                "tally": tally(feature.scenarios),
            ]
        }
        return [
            "directory": (directory as NSString).lastPathComponent,
            "verdictClass": summary.outcome.rawValue,
            "verdictWord": headline(summary.outcome),
            "verdictText": sentence(summary),
            "trusted": summary.doubts.isEmpty && summary.outcome != .skipped,
            "doubts": summary.doubts,
            "closingLine": summary.closingLine,
            "startedAt": run.startedAt.map(readable) ?? false,
            "took": readable(summary.duration),
            "bar": bar(summary),
            "hasFilters": !filters(summary).isEmpty, "filters": filters(summary),
            "facts": facts,
            "policies": run.attachments.compactMap { kept in
                kept.text.map { ["fileName": kept.label, "content": $0] }
            },
            "parseErrors": run.parseErrors.map { error -> [String: Any] in
                let line = error.source.location.map { ":\($0.line)" } ?? ""
                return ["where": (error.source.uri ?? "") + line, "what": error.message]
            },
            "hasProblems": run.scenarios.contains(where: \.isProblem),
            "problems": run.scenarios.filter(\.isProblem).map { problem($0, anchor: anchors[$0.id] ?? "") },
            "hasExcused": run.scenarios.contains(where: \.isExcused),
            "excused": run.scenarios.filter(\.isExcused).map { problem($0, anchor: anchors[$0.id] ?? "") },
            "workerTimes": workerTimes(anchors),
            "features": features,
            "hasFilms": run.scenarios.contains {
                $0.attempts.contains { $0.allAttachments.contains(where: FilmView.isFilm) }
            },
        ]
    }

    /// The places of the scenarios in the page.
    private var anchors: [String: String] {
        let scenarios = run.features.flatMap(\.scenarios)
        return Dictionary(scenarios.enumerated().map { ($1.id, "s\($0 + 1)") }) { first, _ in first }
    }

    // MARK: - The whole

    private func workerTimes(_ anchors: [String: String]) -> Any {
        guard let times = run.workerTimes else { return false }
        let places = run.scenarios.flatMap { scenario in scenario.attempts.map { ($0.id, anchors[scenario.id] ?? "") } }
        return WorkerTimelines(times, anchors: Dictionary(places) { first, _ in first }).view
    }

    private func headline(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: "Passed"
        case .flaky: "Passed, with flaky scenarios"
        case .skipped: "Nothing was run"
        case .inconclusive: "Inconclusive"
        case .failed, .undefined, .ambiguous, .pending: "Failed"
        }
    }

    private func sentence(_ summary: RunSummary) -> String {
        switch summary.outcome {
        case .passed: "\(everyScenario(summary)) passed."
        case .flaky: "\(everyScenario(summary)) passed, but not each at its first attempt."
        case .skipped: "No scenario was run, so nothing is known."
        case .inconclusive: "Nothing failed for sure, but not everything is proven."
        case .failed, .undefined, .ambiguous, .pending:
            what(summary).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + "."
        }
    }

    private func everyScenario(_ summary: RunSummary) -> String {
        summary.quarantined > 0 ? "Every scenario outside the quarantine" : "Every scenario that was run"
    }

    private func what(_ summary: RunSummary) -> [(Int, String)] {
        let leaked = run.scenarios.filter { $0.traffic?.state == .broken }
        let flaky = run.scenarios.count { $0.outcome == .flaky && $0.verdict?.counts == true }
        let notOthers = leaked + run.scenarios.filter(\.isExcused)
        func others(_ outcome: Outcome) -> Int { summary[outcome] - notOthers.count { $0.outcome == outcome } }
        return [
            (leaked.count, "leaked"), (others(.failed), "failed"), (others(.undefined), "undefined"),
            (others(.ambiguous), "ambiguous"), (others(.pending), "pending"), (others(.inconclusive), "inconclusive"),
            (run.failsOnFlaky ? flaky : 0, "flaky"),
            (run.parseErrors.count, run.parseErrors.count == 1 ? "file does not parse" : "files do not parse"),
            (run.brokenHooks.count, run.brokenHooks.count == 1 ? "hook failed" : "hooks failed"),
        ]
    }

    private var facts: [[String: Any]] {
        var rows = run.facts.map { [$0.name, $0.value] }
        if let meta = run.meta {
            func text(_ product: Product) -> String {
                [product.name, product.version].compactMap(\.self).joined(separator: " ")
            }
            rows.append(["Harness", text(meta.implementation)])
            rows.append(["Host", [meta.os, meta.runtime, meta.cpu].map(text).joined(separator: ", ")])
            if let ci = meta.ci {
                rows.append(["Build", [ci.name, ci.buildNumber, ci.url].compactMap(\.self).joined(separator: ", ")])
            }
        }
        return rows.map { ["factName": $0[0], "factValue": $0[1]] }
    }

    private static let inOrder: [Outcome] = [
        .failed, .undefined, .ambiguous, .pending, .inconclusive, .flaky, .passed, .skipped,
    ]

    private func bar(_ summary: RunSummary) -> [[String: Any]] {
        let shares = Self.inOrder.map { outcome in
            (outcome.rawValue, summary[outcome] - run.scenarios.count { $0.isExcused && $0.outcome == outcome })
        }
        return (shares + [("quarantined", summary.quarantined)]).filter { $0.1 > 0 }
            .map { ["outcome": $0.0, "share": $0.1] }
    }

    private func filters(_ summary: RunSummary) -> [[String: Any]] {
        let problems = run.scenarios.count(where: \.isProblem)
        let quarantined = run.scenarios.count { $0.quarantine != nil }
        let choices: [(String, String, Int)] = [
            ("all", "All", run.scenarios.count), ("problem", "Not passed", problems),
            ("flaky", "Flaky", summary[.flaky]), ("quarantined", "Quarantined", quarantined),
            ("passed", "Passed", summary[.passed]), ("skipped", "Skipped", summary[.skipped]),
        ]
        let shown = choices.filter { $0.2 > 0 }
        guard shown.count > 2 else { return [] }
        return shown.map { ["filter": $0.0, "filterName": $0.1, "filterCount": $0.2, "isFirst": $0.0 == "all"] }
    }

    private func tally(_ scenarios: [ScenarioResult]) -> String {
        let passed = scenarios.count { $0.outcome == .passed || $0.outcome == .flaky }
        return "\(passed) of \(scenarios.count) passed"
    }

    private func problem(_ scenario: ScenarioResult, anchor: String) -> [String: Any] {
        let reason = scenario.verdict?.reason ?? scenario.decisiveAttempt?.failedStep?.message
        return [
            "anchor": anchor, "title": scenario.title, "location": scenario.location,
            "outcome": scenario.outcome?.rawValue ?? "",
            "why": reason.map { Explanation($0).summary } ?? false,
            "blamed": scenario.verdict?.blame?.words ?? false,
            "known": scenario.quarantine?.sentence ?? false,
        ]
    }

    private func readable(_ duration: Duration) -> String { Reports.readable(duration) }

    private func readable(_ timestamp: Timestamp) -> String {
        Date(timeIntervalSince1970: TimeInterval(timestamp.seconds)).formatted(.iso8601)
            .replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    private func text(_ text: String) -> Any { text.isEmpty ? false : text }
}

// MARK: - Scenarios

extension HTMLPage {
    private func view(of scenario: ScenarioResult, anchor: String) -> [String: Any] {
        let outcome = scenario.outcome ?? .inconclusive
        let attempts = scenario.attempts.reversed().enumerated().map { index, attempt in
            view(of: attempt, scenario, isEarlier: index > 0)
        }
        return [
            "anchor": anchor, "title": scenario.title, "location": scenario.location,
            "outcome": outcome.rawValue, "mark": mark(outcome),
            "problemClass": scenario.isProblem ? "problem" : scenario.isExcused ? "excused" : "",
            "quarantineClass": scenario.quarantine == nil ? "" : "quarantined",
            "quarantine": quarantine(of: scenario),
            "isOpen": scenario.isProblem,
            "traffic": scenario.traffic.map { ["trafficWord": $0.word, "trafficState": $0.state.rawValue] } ?? false,
            "took": scenario.attempts.isEmpty ? false : readable(scenario.duration),
            "tags": scenario.tags,
            "noAttempt": scenario.attempts.isEmpty ? (scenario.verdict?.reason ?? false) as Any : false,
            "attempts": attempts,
        ]
    }

    private func quarantine(of scenario: ScenarioResult) -> Any {
        guard let quarantine = scenario.quarantine, let verdict = scenario.verdict else { return false }
        let effect =
            switch (verdict.isExcused, verdict.hasLeaked) {
            case (_, true): "It leaked, and a quarantine excuses no leak."
            case (true, _): "Its failure holds nothing up."
            case (false, _): "It did not fail this time."
            }
        return [
            "quarantineReason": quarantine.reason, "owner": quarantine.owner, "expires": quarantine.expires,
            "bug": quarantine.bug ?? false, "effect": effect,
        ] as [String: Any]
    }

    private func view(of attempt: AttemptResult, _ scenario: ScenarioResult, isEarlier: Bool) -> [String: Any] {
        let verdict = attempt.verdict
        let outcome = verdict?.outcome ?? .inconclusive
        let reason = verdict?.reason ?? attempt.failedStep?.message
        var error: Any = false
        if outcome != .passed, let reason {
            let explanation = Explanation(reason)
            error =
                [
                    "what": explanation.summary, "contexts": explanation.context,
                    "hint": explanation.hint ?? false, "blamed": verdict?.blame?.words ?? false,
                    "failedAt": attempt.failedStep.map { step in
                        step.line.map { "\(step.title), \(scenario.uri):\($0)" } ?? step.title
                    } ?? false,
                ] as [String: Any]
        }
        return [
            "isEarlier": isEarlier, "attemptNumber": attempt.number + 1, "attemptOutcome": outcome.rawValue,
            "attemptWord": attempt.isWhole ? outcome.rawValue : "cut off",
            "attemptMark": mark(outcome), "attemptTook": readable(attempt.duration), "error": error,
            "steps": attempt.steps.map { view(of: $0, decided: verdict?.reason) },
            "conditions": (verdict?.conditions ?? []).map(view),
            "evidence": evidence(attempt.attachments, attempt.log),
        ]
    }

    private func view(of step: StepResult, decided reason: String?) -> [String: Any] {
        let status = step.status?.rawValue.lowercased() ?? (step.startedAt == nil ? "waiting" : "open")
        let table = step.argument?.dataTable?.rows.map { ["cells": $0.cells.map(\.value)] } ?? []
        return [
            "status": status, "stepMark": mark(step.status), "hookClass": step.isHook ? "hook" : "",
            "keyword": step.keyword ?? false, "stepText": step.text,
            "stepTook": step.duration.map(readable) ?? false,
            // The error that decided stands above the steps in full, with what was found out about it later.
            "message": step.message.flatMap { isSameError($0, reason) ? nil : $0 } ?? false,
            "hasTable": !table.isEmpty, "rows": table,
            "docString": step.argument?.docString?.content ?? false,
            "evidence": evidence(step.attachments, step.log),
        ]
    }

    private func isSameError(_ message: String, _ reason: String?) -> Bool {
        reason.map { Explanation($0).summary == Explanation(message).summary } ?? false
    }

    private func view(of condition: ConditionReport) -> [String: Any] {
        let details = condition.details.map { detail -> [String: Any] in
            let parts = detail.split(separator: ": ", maxSplits: 1)
            guard parts.count == 2, parts[0].count <= 24 else { return ["term": false, "detail": detail] }
            return ["term": String(parts[0]), "detail": String(parts[1])]
        }
        return [
            "conditionName": condition.name, "conditionWord": condition.word,
            "conditionState": condition.state.rawValue,
            "conditionText": condition.summary, "hasDetails": !details.isEmpty, "details": details,
        ]
    }

    private func evidence(_ attachments: [KeptAttachment], _ log: LogLines) -> Any {
        let film = FilmView(attachments, place: RunPlace(directory: directory), prefix: prefix)
        let attachments = attachments.filter { film == nil || $0.mediaType != FilmView.captionType }
        let shown = attachments.compactMap { kept in
            pictures[kept.ordinal].map { ["base64": $0, "alt": kept.label] }
        }
        let links = attachments.filter { $0.url != nil && pictures[$0.ordinal] == nil }.map { kept -> [String: Any] in
            ["label": kept.label, "href": prefix + (kept.url ?? "")]
        }
        var texts = attachments.compactMap { kept -> [String: Any]? in
            guard let text = kept.text ?? self.texts[kept.ordinal] else { return nil }
            return ["fileName": kept.label, "content": text]
        }
        if !log.lines.isEmpty || log.leftOut > 0 {
            let rest = log.leftOut > 0 ? ["[\(counted(log.leftOut, "more line")) not kept]"] : []
            let count = counted(log.lines.count + log.leftOut, "line")
            texts.insert(["fileName": "log, \(count)", "content": (log.lines + rest).joined(separator: "\n")], at: 0)
        }
        let lost = attachments.filter { $0.url == nil && $0.text == nil && pictures[$0.ordinal] == nil }.map(\.label)
        guard !shown.isEmpty || !links.isEmpty || !texts.isEmpty || !lost.isEmpty else { return false }
        return [
            "hasShots": !shown.isEmpty, "shots": shown, "hasLinks": !links.isEmpty, "links": links, "texts": texts,
            "lost": lost, "film": film?.view ?? false,
        ]
    }

    private func mark(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: "✓"
        case .failed: "✗"
        case .flaky: "↻"
        case .inconclusive: "?"
        case .skipped: "–"
        case .pending, .undefined, .ambiguous: "!"
        }
    }

    private func mark(_ status: TestStepStatus?) -> String {
        switch status {
        case .passed: "✓"
        case .failed: "✗"
        case .skipped, nil: "–"
        case .unknown: "?"
        case .pending, .undefined, .ambiguous: "!"
        }
    }
}
