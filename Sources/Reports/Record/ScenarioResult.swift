import CucumberMessages
package import Verdicts

/// What became of one scenario, or of one row of an outline.
package struct ScenarioResult: Sendable {
    /// The test case.
    package let id: String
    /// The pickle.
    package let pickleID: String
    /// The feature file's path.
    package let uri: String
    /// The line of the scenario, or of the row of the outline.
    package let line: Int
    /// The name, placeholders filled in.
    package let name: String
    /// Where it stands in the feature.
    package let place: SuiteOutline.Place
    /// The tags, inherited ones included.
    package let tags: [String]
    /// The attempts to run it, from the first.
    package internal(set) var attempts: [AttemptResult] = []

    private let plannedSteps: [StepResult]
    private var verdictWithoutAttempt: Verdict?

    init(_ testCase: TestCase, _ pickle: Pickle, place: SuiteOutline.Place, steps: [StepResult]) {
        id = testCase.id
        pickleID = pickle.id
        uri = pickle.uri
        line = pickle.location?.line ?? place.line ?? 0
        name = pickle.name
        tags = pickle.tags.map(\.name)
        self.place = place
        plannedSteps = steps
    }

    /// The path and the line, as the command line takes them.
    package var location: String { line > 0 ? "\(uri):\(line)" : uri }

    /// The name, with the number of the example where there are several.
    package var title: String {
        guard let example = place.example else { return name }
        return "\(name) (example \(example))"
    }

    /// Whether an attempt is going on.
    package var isRunning: Bool { attempts.last.map { $0.verdict == nil } ?? false }

    /// The verdict on the scenario; absent until it has ended for good.
    ///
    /// It is that of the last attempt, but what an earlier attempt leaked stays leaked. A scenario that passed only when
    /// it was tried again is flaky; an attempt that was cut off because the run was interrupted says nothing about it.
    package var verdict: Verdict? {
        guard let last = attempts.last else { return verdictWithoutAttempt }
        guard let verdict = last.verdict, !last.willBeRetried else { return nil }
        // What was cut off without an end says nothing, unless it leaked before that.
        let earlier = attempts.dropLast().filter { $0.finishedAt != nil || $0.verdict?.hasLeaked == true }
        return Verdict(joining: earlier.compactMap(\.verdict) + [verdict])
    }

    /// How the scenario ended; absent until it has.
    package var outcome: Outcome? { verdict?.outcome }

    /// The attempt that the verdict speaks of: the one that leaked, or the failed one before a pass, or else the last.
    ///
    /// What was cut off because the run was stopped says nothing, unless there is nothing else.
    package var decisiveAttempt: AttemptResult? {
        if let leaking = attempts.first(where: { $0.verdict?.hasLeaked == true }) { return leaking }
        let whole = attempts.filter(\.isWhole)
        if outcome == .flaky { return whole.last { $0.verdict?.outcome != .passed } ?? attempts.last }
        return whole.last ?? attempts.last
    }

    /// How each attempt ended, from the first, such as `failed, passed`; absent for a single one.
    package var attemptOutcomes: String? {
        guard attempts.count > 1 else { return nil }
        return attempts.map { $0.isWhole ? $0.verdict?.outcome.rawValue ?? "open" : "cut off" }.joined(separator: ", ")
    }

    /// What became of the guest's traffic.
    package var traffic: ConditionReport? {
        (verdict ?? attempts.last?.settledOrClaimed)?.conditions.first { $0.name == "traffic" }
    }

    /// The title of the checkpoint that it starts from; absent when it starts from power-on.
    package var checkpoint: String? { plannedSteps.first { !$0.isHook }?.checkpoint }

    /// Whether others start from the state in which it ends.
    package var makesCheckpoint: Bool { plannedSteps.contains(where: \.keepsState) }

    /// The time of all attempts together.
    package var duration: Duration {
        attempts.reduce(.zero) { $0 + $1.duration }
    }

    /// The steps of the last attempt, or those that were to be run.
    package var steps: [StepResult] { attempts.last?.steps ?? plannedSteps }

    mutating func begin(_ started: TestCaseStarted) {
        // A run that was resumed tries again what was cut off.
        if let open = attempts.indices.last, attempts[open].verdict == nil { attempts[open].settle() }
        attempts.append(AttemptResult(started, steps: plannedSteps))
    }

    mutating func settle(runFinished: Bool) {
        if attempts.isEmpty {
            verdictWithoutAttempt =
                runFinished
                ? Verdict(outcome: .skipped, reason: "The scenario was not run.")
                : Verdict(outcome: .inconclusive, blame: .host, reason: "The run ended before this scenario began.")
        } else {
            let last = attempts.count - 1
            attempts[last].settle()
            attempts[last].forgetRetry()
        }
    }
}

/// A feature and what became of its scenarios.
package struct FeatureResult: Sendable {
    /// The feature file's path.
    package let uri: String
    /// The text behind the keyword.
    package let name: String
    /// The free text below.
    package let description: String
    /// The scenarios, in groups: those outside rules have no rule's name.
    package internal(set) var groups: [Group]

    /// The scenarios of a rule, or those between two rules.
    package struct Group: Sendable {
        /// The rule's name.
        package let rule: String?
        /// The scenarios.
        package internal(set) var scenarios: [ScenarioResult]
    }

    /// The scenarios of all groups.
    package var scenarios: [ScenarioResult] { groups.flatMap(\.scenarios) }
}
