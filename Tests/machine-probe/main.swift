import Accelerators
import Foundation
import GuestChannel
import Subprocess
import SystemPackage
import VirtualMachines

// Runs in a sandbox and reports what machines do there, one JSON object per line:
//   machine-probe SCENARIO [KEY=VALUE]…
// It ends with status 1 after a line {"failed":"…"}.

let arguments = CommandLine.arguments.dropFirst()
let options = Dictionary(
    arguments.dropFirst().compactMap { argument in
        argument.firstIndex(of: "=").map { (String(argument[..<$0]), String(argument[$0...].dropFirst())) }
    },
    uniquingKeysWith: { $1 }
)
let report = Report()

do {
    guard let name = arguments.first, let scenario = Scenario(rawValue: name) else {
        throw ProbeError("expected one of \(Scenario.allCases.map(\.rawValue))")
    }
    try await withHypervisor(
        root: FilePath("/run/assay/libvirt"),
        capabilitiesCache: options["cache"].map { FilePath($0) }
    ) { hypervisor in
        report.say("hypervisor", "open")
        try await scenario.run(on: hypervisor, Setting(options))
    }
    report.say("done", "true")
} catch {
    report.say("failed", "\(error)")
    exit(1)
}
