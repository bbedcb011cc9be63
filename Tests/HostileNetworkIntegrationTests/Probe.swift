import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import Testing
import hostility_probe

/// Runs `hostility-probe` in namespaces of its own, as a worker would.
enum Probe {
    static let requirement: Comment = "needs unshare, ip, nft, dnsmasq, nginx, curl, busybox and /dev/net/tun"

    /// Whether everything that a victim and its world need is here.
    static let isPossible: Bool = {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        let programs = ["unshare", "ip", "nft", "dnsmasq", "nginx", "curl", "busybox"]
        return programs.allSatisfy { name in folders.contains { access("\($0)/\(name)", X_OK) == 0 } }
            && access("/dev/net/tun", R_OK | W_OK) == 0
    }()

    static func run(_ check: String) async throws -> ProbeReport {
        let script = """
            mount -t tmpfs tmpfs /run
            "$0" \(check) /run/assay
            status=$?
            [ $status = 0 ] || tail -n 5 /run/assay/logs/*.log >&2
            exit $status
            """
        let running = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = FilePath(running).removingLastComponent().appending("hostility-probe")
        let result = try await Subprocess.run(
            .name("unshare"),
            arguments: [
                "--user", "--map-user=1000", "--map-group=1000", "--keep-caps", "--net", "--mount", "--pid", "--fork",
                "--kill-child", "--mount-proc", "bash", "-c", script, program.string,
            ],
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        try #require(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
        return try JSONDecoder().decode(ProbeReport.self, from: Data(result.standardOutput.utf8))
    }
}
