public import Diagnostics

/// A reason why the network, or the system in it, is not what a step needs it to be.
public enum NetworkError: ExplainedError, Equatable {
    case alreadyAttacks(String)
    case doesNotAttack(String)
    case notMet(String)
    case notScanned
    case unknownAnswer(String, known: [String])
    case answered(Int, answers: [String], scan: [String])
    case notAnswered([String], scan: [String])
    case unproven([String], scan: [String])
    case notKeepable([String])

    public var blame: Blame {
        switch self {
        case .alreadyAttacks, .doesNotAttack, .notScanned, .unknownAnswer, .notKeepable: .testAuthor
        case .notMet, .unproven: .host
        case .notAnswered: .harness
        case .answered: .systemUnderTest
        }
    }

    public var summary: String {
        switch self {
        case .alreadyAttacks(let name): "The network attacks already by \(name), which excludes another of that kind."
        case .doesNotAttack(let name): "The network has to attack by \(name) before this step, and does not."
        case .notMet(let name):
            "The system had to meet \(name), and did nothing that the attack could act on, so that nothing is proven."
        case .notScanned: "The system has to be scanned before its answers can be looked at, and was not."
        case .unknownAnswer(let name, _): "There is no kind of answer named '\(name)'."
        case .answered(let count, _, _):
            "The system had to answer nothing that a stranger on its network asks, and gave \(count) answers."
        case .notAnswered(let names, _):
            "The scan had to get answers by \(names.joined(separator: ", ")), and got none."
        case .unproven: "The scan had to reach the system whole, and did not, so that its silence proves nothing."
        case .notKeepable(let names):
            "A checkpoint has to end with a plain network, and there is still: \(names.joined(separator: ", "))."
        }
    }

    public var context: [String] {
        switch self {
        case .answered(_, let answers, let scan): answers + scan
        case .unproven(let doubts, let scan): doubts + scan
        case .notAnswered(_, let scan): scan
        case .unknownAnswer(_, let known): ["known: \(known.joined(separator: ", "))"]
        case .alreadyAttacks, .doesNotAttack, .notMet, .notScanned, .notKeepable: []
        }
    }

    public var hint: String? {
        switch self {
        case .unknownAnswer(let name, let known): nearestName(to: name, among: known).map { "Did you mean '\($0)'?" }
        case .doesNotAttack(let name): "Begin with the step “the network attacks by \(name)”."
        case .notScanned: "Begin with the step “I scan the system from the network”."
        case .unproven: "A system without an address can be scanned by the step “I scan the system by broadcast”."
        case .notMet: "Let the system do what the attack reacts to, such as asking for an address."
        case .notAnswered: "Look in the capture whether the answers are there; if they are, the scan is blind."
        case .alreadyAttacks, .answered, .notKeepable: nil
        }
    }
}
