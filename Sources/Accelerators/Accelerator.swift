import FoundationEssentials
package import Sandbox
import Subprocess
package import SystemPackage

/// How a guest's processor is executed.
package enum Accelerator: Hashable, Sendable, Codable {
    /// By the host's processor.
    case kvm
    /// By translation in software, for the reason given, which is one line.
    case tcg(reason: String)

    /// What was asked for on the command line.
    package enum Choice: String, Sendable, Codable, CaseIterable {
        /// KVM where it works, else translation.
        case auto
        /// KVM, whether or not it seems to work.
        case kvm
        /// Translation.
        case tcg
    }

    /// One line for people.
    package var explanation: String {
        switch self {
        case .kvm: "Guests run on the host's processor (KVM)."
        case .tcg(let reason): "Guests are translated in software (TCG): \(reason)."
        }
    }

    /// Finds out what to use; runs a tiny guest for at most 150 ms when the choice is `auto`.
    ///
    /// Measured each time: a result that was kept would be wrong after a migration of the host, and a wrong
    /// "usable" makes every guest hang.
    package static func choose(_ choice: Choice, sandboxExecutable: FilePath? = nil) async -> Accelerator {
        switch choice {
        case .kvm: return .kvm
        case .tcg: return .tcg(reason: "asked for")
        case .auto: return await probe(sandboxExecutable)
        }
    }

    // MARK: - Probe

    private static func probe(_ sandboxExecutable: FilePath?) async -> Accelerator {
        do {
            let executable = if let sandboxExecutable { sandboxExecutable } else { try SandboxExecutable.beside() }
            let answer = try await run(
                .path(executable),
                arguments: ["--probe-kvm"],
                output: .string(limit: 4096),
                error: .discarded
            ).standardOutput
            return Accelerator(probeAnswer: answer)
        } catch {
            return .tcg(reason: "the probe of /dev/kvm could not run: \(error)")
        }
    }

    /// Reads the answer of `assay-sandbox --probe-kvm`.
    ///
    /// Whatever is not understood means translation.
    package init(probeAnswer: String) {
        struct Answer: Decodable {
            let kvm: String
            let reason: String?
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(probeAnswer.utf8)) else {
            self = .tcg(reason: "the probe of /dev/kvm gave no answer")
            return
        }
        self = answer.kvm == "usable" ? .kvm : .tcg(reason: answer.reason ?? "the probe of /dev/kvm gave no reason")
    }

    /// What `assay doctor` says about it.
    package var finding: Finding {
        switch self {
        case .kvm: Finding("/dev/kvm", .fine, explanation)
        case .tcg: Finding("/dev/kvm", .warning, explanation + " They are about ten times slower.")
        }
    }
}
