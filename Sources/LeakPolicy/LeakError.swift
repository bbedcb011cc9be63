package import Diagnostics

/// A reason why a scenario can't be called free of leaks.
package enum LeakError: ExplainedError, Hashable {
    /// The guest sent what the policy does not allow.
    case leaked(LeakFinding, step: String?, allowed: [String])
    /// The capture can't prove that it saw everything, so that the absence of leaks proves nothing.
    case inconclusive(reasons: [String])

    package var blame: Blame {
        switch self {
        case .leaked: .systemUnderTest
        case .inconclusive: .host
        }
    }

    package var summary: String {
        switch self {
        case .leaked(let finding, _, _): "The guest leaked: \(finding.summary): \(finding.reason)."
        case .inconclusive: "The capture can't prove that it saw every frame, so it proves nothing."
        }
    }

    package var context: [String] {
        switch self {
        case .leaked(let finding, let step, let allowed):
            ["flow: \(finding.flow)", "frame \(finding.frameNumber), \(finding.length) bytes: \(finding.hex)"]
                + (finding.phase.map { ["phase: \($0.rawValue)"] } ?? [])
                + (step.map { ["during: \($0)"] } ?? [])
                + (finding.rule.map { ["breaks: \($0)"] } ?? allowed.map { "allowed: \($0)" })
        case .inconclusive(let reasons): reasons
        }
    }

    package var hint: String? {
        switch self {
        case .leaked(let finding, _, _): "Open the capture of this scenario at frame \(finding.frameNumber)."
        case .inconclusive: "Run the scenario again, with fewer at once if frames were lost."
        }
    }
}
