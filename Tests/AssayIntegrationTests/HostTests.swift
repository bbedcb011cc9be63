import Foundation
import Testing

@Suite("Hosts that lack something", .enabled("no namespace can be made on this host") { await machinesWork() })
struct HostTests {
    /// What a host lacks, how to take it away in a namespace, and what its user has to be told.
    struct Lack: Sendable, CustomTestStringConvertible {
        let script: String
        let setting: String
        let remedy: String
        var testDescription: String { setting }
    }

    private static let lacks = [
        Lack(
            script: "echo 0 > /proc/sys/user/max_user_namespaces",
            setting: "user.max_user_namespaces",
            remedy: "Run: sysctl -w user.max_user_namespaces="
        ),
        Lack(script: "mount -t tmpfs none /dev/net", setting: "/dev/net/tun", remedy: "Run: modprobe tun"),
    ]

    @Test(
        "the setting is named, with the command that repairs it, and no scenario is begun",
        arguments: lacks,
        ["doctor", "run --image test.img"]
    )
    func lack(_ lack: Lack, _ command: String) async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is booted")) { suite in
            let outcome = try await suite.shell(
                "exec unshare --user --map-root-user --mount sh -c '\(lack.script) && exec \"$ASSAY\" \(command)'"
            )
            #expect(outcome.status == 75)
            #expect(outcome.text.contains(lack.setting), "\(outcome.text)")
            #expect(outcome.text.contains(lack.remedy), "\(outcome.text)")
            #expect(suite.names(in: "runs") == [])
        }
    }
}
