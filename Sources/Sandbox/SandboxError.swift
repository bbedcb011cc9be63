package import Diagnostics
import FoundationEssentials
package import SystemPackage

/// A reason why a sandbox could not be made, or ended before its work was done.
package enum SandboxError: ExplainedError, Equatable {
    /// The program that makes sandboxes is not beside this one.
    case executableMissing(FilePath)
    /// The kernel, or the container around us, does not allow it.
    case refused(SandboxRefusal)
    /// The process in the sandbox ended while more was expected of it.
    case endedEarly(Termination, standardError: String)
    /// The process in the sandbox sent a line longer than is allowed.
    case lineTooLong(limit: Int)
    /// The pipes to the sandbox could not be made or broke.
    case pipesBroke(String)

    package var blame: Blame {
        switch self {
        case .refused, .pipesBroke: .host
        case .executableMissing, .endedEarly, .lineTooLong: .harness
        }
    }

    package var summary: String {
        switch self {
        case .executableMissing(let path):
            "Expected the program that makes sandboxes at \(path), but it is not there."
        case .refused(let refusal):
            "Expected to make a sandbox, but \(refusal.call) of \(refusal.object) failed: \(refusal.error)."
        case .endedEarly(let termination, _):
            "The process in the sandbox \(termination) before its work was done."
        case .lineTooLong(let limit):
            "The process in the sandbox sent a line of more than \(limit) bytes."
        case .pipesBroke(let reason):
            "The connection to the sandbox could not be kept: \(reason)."
        }
    }

    package var context: [String] {
        switch self {
        case .refused(let refusal) where !refusal.setting.isEmpty:
            ["forbidden by: \(refusal.setting)"]
        case .endedEarly(_, let standardError):
            standardError.split(separator: "\n").suffix(20).map(String.init)
        default:
            []
        }
    }

    package var hint: String? {
        switch self {
        case .executableMissing: "Build the whole package, so that assay-sandbox lies beside assay."
        case .refused(let refusal): refusal.remedy.isEmpty ? nil : "Run: \(refusal.remedy)"
        case .endedEarly(.signalled(9), _): "Look for a kill by the kernel for lack of memory: dmesg | grep -i oom."
        case .endedEarly, .lineTooLong, .pipesBroke: nil
        }
    }
}

// MARK: - Parts

/// What `assay-sandbox` says when it can't make a sandbox.
///
/// One line of JSON on its standard error.
package struct SandboxRefusal: Codable, Hashable, Sendable {
    /// The system call that failed.
    package let call: String
    /// What the call was about: a path, or a name.
    package let object: String
    /// The text of the error number.
    package let error: String
    /// What forbids it on this host, or an empty text when that is not known.
    package let setting: String
    /// The command that repairs it, or an empty text.
    package let remedy: String

    /// Finds the line in the output of `assay-sandbox`, if it is there.
    package init?(standardError: String) {
        let decoder = JSONDecoder()
        for text in standardError.split(separator: "\n") where text.hasPrefix("{\"sandbox\":\"failed\"") {
            let bytes = Data(text.utf8)
            if let refusal = try? decoder.decode(Self.self, from: bytes) {
                self = refusal
                return
            }
        }
        return nil
    }
}

/// How a process ended.
package enum Termination: Hashable, Sendable, CustomStringConvertible {
    /// It ended by itself, with this status.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)

    package var description: String {
        switch self {
        case .exited(let status): "exited with status \(status)"
        case .signalled(let signal): "was ended by signal \(signal)"
        }
    }
}
