import Accelerators
import ArgumentParser
import Foundation
import Sandbox
import SystemPackage
import Verdicts
import VideoRecording

/// Checks the machine.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the machine, and print the command that repairs each finding."
    )

    func run() async throws {
        var findings = await SandboxRequirements.assay.check()
        findings.append(VideoChoice.finding)
        findings.append(await Accelerator.choose(.auto).finding)
        for finding in findings {
            print("\(finding.severity.mark) \(finding.subject): \(finding.explanation)")
            if let repair = finding.repair { print("    Run: \(repair)") }
        }
        guard !findings.contains(where: { $0.severity == .missing }) else {
            throw ArgumentParser.ExitCode(Verdicts.ExitCode.infrastructure.rawValue)
        }
    }
}

extension Finding.Severity {
    fileprivate var mark: String {
        switch self {
        case .fine: "ok     "
        case .warning: "warning"
        case .missing: "MISSING"
        }
    }
}

extension VideoChoice {
    /// Whether scenarios can be filmed, which no verdict depends on.
    fileprivate static var finding: Finding {
        guard !isPossible else { return Finding("ffmpeg", .fine, "Videos of scenarios can be made.") }
        return Finding(
            "ffmpeg",
            .warning,
            "Scenarios that fail leave no video: ffmpeg is not installed.",
            repair: "apt-get install --no-install-recommends ffmpeg"
        )
    }
}

extension SandboxRequirements {
    /// What a run needs of the host.
    static var assay: SandboxRequirements {
        func program(_ path: String, _ package: String, _ purpose: String) -> InstalledFile {
            InstalledFile(path, package: package, purpose: purpose)
        }
        return SandboxRequirements(
            files: [
                program("/usr/bin/qemu-system-x86_64", "qemu-system-x86", "the virtual machine"),
                program("/usr/share/OVMF/OVMF_CODE_4M.fd", "ovmf", "UEFI firmware"),
                program(
                    "/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so",
                    "libvirt-daemon-driver-qemu",
                    "the virtual machine's management"
                ),
                program("/usr/sbin/dnsmasq", "dnsmasq-base", "DHCP and DNS of the simulated internet"),
                program("/usr/bin/tor", "tor", "the simulated Tor network"),
                program("/usr/bin/obfs4proxy", "obfs4proxy", "its bridge"),
                program("/usr/sbin/nginx", "nginx-light", "the simulated web"),
                program("/usr/bin/openssl", "openssl", "certificates of simulated servers"),
                program("/usr/sbin/dropbear", "dropbear-bin", "the simulated ssh server"),
                program("/usr/bin/git", "git", "the simulated git server"),
                program("/usr/bin/aiosmtpd", "python3-aiosmtpd", "taking mail in the simulated internet"),
                program("/usr/sbin/dovecot", "dovecot-imapd", "handing out mail in the simulated internet"),
                program(
                    "/usr/share/tesseract-ocr/5/tessdata/eng.traineddata",
                    "tesseract-ocr-eng",
                    "reading the screen"
                ),
            ],
            outputFolder: FilePath(FileManager.default.currentDirectoryPath)
        )
    }
}
