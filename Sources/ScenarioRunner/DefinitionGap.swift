import CucumberMessages
import Diagnostics
import Verdicts

/// A step that can't be run as it is written, in a plan that lets such steps be results.
enum DefinitionGap: ExplainedError, Equatable {
    case undefined(String)
    case ambiguous(String)

    /// What the plan says of a step; `nil` when it has the one definition that it needs.
    init?(_ testStep: TestStep, text: String) {
        switch testStep.stepDefinitionIds?.count {
        case 0: self = .undefined(text)
        case 1, nil: return nil
        default: self = .ambiguous(text)
        }
    }

    var status: TestStepStatus {
        switch self {
        case .undefined: .undefined
        case .ambiguous: .ambiguous
        }
    }

    var outcome: Outcome {
        switch self {
        case .undefined: .undefined
        case .ambiguous: .ambiguous
        }
    }

    var blame: Blame { .testAuthor }

    var summary: String {
        switch self {
        case .undefined(let text): "The step \(text.debugDescription) needs one definition, and has none."
        case .ambiguous(let text): "The step \(text.debugDescription) needs one definition, and has several."
        }
    }
}
