package import Diagnostics

/// A reason why there is no simulated internet, or no longer.
package enum SimulatedInternetError: ExplainedError, Equatable {
    /// The configuration asks for something impossible.
    case configuration(String)
    /// This process sees network interfaces or routes that are not its own, so it may be on the real network.
    case notIsolated(String)
    /// A program that a service needs is not installed.
    case programMissing(String, package: String)
    /// A program that was to do one thing and end failed.
    case programFailed(String, status: String, lastLines: [String])
    /// A kernel setting could not be made.
    case settingRefused(String, reason: String)
    /// The kernel refused a socket that a service needs.
    case socketRefused(String, reason: String)
    /// A file or folder could not be read or written.
    case fileUnusable(String, reason: String)
    /// What is kept of a Tor network from run to run can't be used.
    case cacheUnusable(String, reason: String)
    /// A service ended though the scenario went on.
    case serviceEnded(String, status: String, lastLines: [String])
    /// Something did not happen in time.
    case late(String, within: Duration, lastLines: [String])
    /// There is no group of destinations with this name.
    case unknownDestinations(String, known: [String])

    package var blame: Blame {
        switch self {
        case .configuration, .unknownDestinations: .testAuthor
        case .notIsolated: .harness
        case .programMissing, .programFailed, .settingRefused, .socketRefused, .fileUnusable, .cacheUnusable,
            .serviceEnded, .late:
            .host
        }
    }

    package var summary: String {
        switch self {
        case .configuration(let reason):
            "The simulated internet can't be configured so: \(reason)."
        case .notIsolated(let reason):
            "Expected a network namespace with nothing but a loopback in it, but \(reason)."
        case .programMissing(let name, _):
            "The program \(name) is needed for the simulated internet, and is not installed."
        case .programFailed(let name, let status, _):
            "\(name) was to succeed, but \(status)."
        case .settingRefused(let name, let reason):
            "The kernel setting \(name) could not be made: \(reason)."
        case .socketRefused(let name, let reason):
            "Expected a socket for \(name), but the kernel refused it: \(reason)."
        case .fileUnusable(let path, let reason):
            "\(path) could not be used: \(reason)."
        case .cacheUnusable(let path, let reason):
            "Expected the keys and directories of a Tor network in \(path), but: \(reason)."
        case .serviceEnded(let name, let status, _):
            "The service \(name) of the simulated internet was to run for the whole scenario, but \(status)."
        case .late(let what, let limit, _):
            "Expected \(what) within \(limit), but it did not happen."
        case .unknownDestinations(let name, _):
            "The simulated internet has no destinations named '\(name)'."
        }
    }

    package var context: [String] {
        switch self {
        case .programFailed(_, _, let lines), .serviceEnded(_, _, let lines), .late(_, _, let lines): lines
        case .unknownDestinations(_, let known): ["known: \(known.joined(separator: ", "))"]
        default: []
        }
    }

    package var hint: String? {
        switch self {
        case .programMissing(_, let package):
            "Run: apt-get install --no-install-recommends \(package)"
        case .notIsolated:
            "Start it in a sandbox."
        case .cacheUnusable(let path, _):
            "Delete \(path): it will be made again."
        case .unknownDestinations(let name, let known):
            nearestName(to: name, among: known).map { "Did you mean '\($0)'?" }
        case .late:
            "Run fewer scenarios at once, or look at the services' logs that were kept."
        case .socketRefused:
            "Start it in a sandbox, whose processes may administer its network."
        case .configuration, .programFailed, .settingRefused, .fileUnusable, .serviceEnded:
            nil
        }
    }
}
