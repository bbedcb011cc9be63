import SimulatedInternet
public import StepDefinitions

/// A server of the simulated internet that steps start and look at, by the name that features use.
public enum InternetService: String, Sendable, CaseIterable, StepArgument {
    case updates = "update server"
    case mail = "mail server"
    case git = "git server"
    case ssh = "ssh server"
    case time = "time server"

    var part: InternetPart {
        switch self {
        case .updates: .updates
        case .mail: .mail
        case .git: .git
        case .ssh: .ssh
        case .time: .time
        }
    }
}
