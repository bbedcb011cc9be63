package import LeakPolicy
import PacketDecoding

/// What became of all trials.
package struct LeakSelfTestReport: Hashable, Sendable, Codable {
    /// The media type of the attachment that holds a report.
    package static let mediaType = "application/vnd.assay.leak-self-test+json"

    /// What became of one trial.
    package struct Result: Hashable, Sendable, Codable {
        package let check: LeakCheck
        /// What the guest did, in words.
        package let leak: String
        package let neighbour: String
        /// What was found, in the order of the frames.
        package let firedOnLeak: [LeakCheck]
        package let firedOnNeighbour: [LeakCheck]

        /// Whether the check fired first, and nothing on the neighbour.
        package var passed: Bool { firedOnLeak.first == check && firedOnNeighbour.isEmpty }
    }

    package let results: [Result]
    /// Checks that no trial is about.
    package let untried: [LeakCheck]

    package var passed: Bool { untried.isEmpty && !results.isEmpty && results.allSatisfy(\.passed) }
}

/// Provokes every check of the judge, and its nearest innocent neighbour.
package enum LeakSelfTest {
    /// Runs the trials.
    ///
    /// - Throws: A `YAMLError` if a policy of the trials can't be read.
    package static func run(_ trials: [LeakTrial] = LeakTrial.all) throws -> LeakSelfTestReport {
        var judges: [TrialPolicy: LeakJudge] = [:]
        for policy in TrialPolicy.allCases { judges[policy] = try policy.judge() }
        func fired(_ side: LeakTrial.Side) -> [LeakCheck] {
            guard let judge = judges[side.policy] else { return [] }
            return Self.fired(side.events, judge)
        }
        let results = trials.map { trial in
            LeakSelfTestReport.Result(
                check: trial.check,
                leak: trial.leak.words,
                neighbour: trial.neighbour.words,
                firedOnLeak: fired(trial.leak),
                firedOnNeighbour: fired(trial.neighbour)
            )
        }
        let tried = Set(trials.map(\.check))
        return LeakSelfTestReport(results: results, untried: LeakCheck.allCases.filter { !tried.contains($0) })
    }

    private static func fired(_ events: [LeakTrial.Event], _ fresh: LeakJudge) -> [LeakCheck] {
        var judge = fresh
        var (number, second) = (0, UInt64(1_700_000_000))
        func facts(_ direction: FrameDirection, _ length: Int) -> FrameFacts {
            FrameFacts(
                number: number,
                timestamp: second * 1_000_000_000,
                direction: direction,
                originalLength: length
            )
        }
        var found: [LeakCheck] = []
        for event in events {
            number += 1
            switch event {
            case .sent(let bytes):
                if case .leak(let finding) = judge.judge(bytes.span, facts(.fromGuest, bytes.count)) {
                    found.append(finding.check)
                }
            case .received(let bytes):
                if case .leak(let finding) = judge.judge(bytes.span, facts(.toGuest, bytes.count)) {
                    found.append(finding.check)
                }
            case .sentCut(let bytes, let length):
                if case .leak(let finding) = judge.judge(bytes.span, facts(.fromGuest, length)) {
                    found.append(finding.check)
                }
            case .entered(let phase): judge.enter(phase)
            case .waited(let seconds): second += seconds
            case .attributed(let flow, let owner):
                if let finding = judge.attribute(flow, to: owner) { found.append(finding.check) }
            case .ended: found += judge.finish().map(\.check)
            }
        }
        return found
    }
}
