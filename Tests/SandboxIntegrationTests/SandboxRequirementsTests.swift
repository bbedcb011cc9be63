import Sandbox
import SystemPackage
import Testing

@Suite("Requirements of a run")
struct SandboxRequirementsTests {
    private func findings(_ change: (inout SandboxRequirements) -> Void = { _ in }) async -> [String: Finding] {
        var requirements = SandboxRequirements(
            files: [
                .init("sh", package: "dash", purpose: "to run a shell"),
                .init("no-such-program", package: "some-package", purpose: "to test this"),
                .init("/etc/passwd", package: "base-passwd", purpose: "to know users"),
            ],
            outputFolder: "/no/such/folder/yet"
        )
        change(&requirements)
        return Dictionary(await requirements.check().map { ($0.subject, $0) }, uniquingKeysWith: { $1 })
    }

    @Test("what is installed is found, and what is not is named with the command that installs it")
    func installed() async {
        let findings = await findings()
        #expect(findings["sh"]?.severity == .fine)
        #expect(findings["/etc/passwd"]?.severity == .fine)
        #expect(
            findings["no-such-program"]
                == Finding(
                    "no-such-program",
                    .missing,
                    "no-such-program is needed to test this, and is not installed.",
                    repair: "apt-get install --no-install-recommends some-package"
                )
        )
    }

    @Test("too little memory, space and processors are warnings, and enough is fine")
    func resources() async {
        let poor = await findings {
            $0.freeMemory = 1 << 60
            $0.freeSpace = 1 << 60
            $0.processors = 100_000
        }
        let rich = await findings {
            $0.freeMemory = 1
            $0.freeSpace = 1
            $0.processors = 1
        }
        for subject in ["memory", "disk", "processors"] {
            #expect(poor[subject]?.severity == .warning)
            #expect(rich[subject]?.severity == .fine)
        }
    }

    @Test("a missing sandbox program is a finding and not a crash")
    func noSandboxProgram() async {
        let findings = await findings { $0.sandboxExecutable = "/no/such/assay-sandbox" }
        #expect(findings["sandbox"]?.severity == .missing)
    }
}
