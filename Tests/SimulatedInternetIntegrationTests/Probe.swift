import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import Testing
import internet_probe

/// Starts `internet-probe` in a sandbox.
struct Probe: Sendable {
    static let requirement = "needs unshare, /dev/net/tun, and: \(programs.joined(separator: ", "))"
    private static let programs = ["ip", "nft", "dnsmasq", "nginx", "tor", "tor-gencert", "obfs4proxy", "curl"]

    /// Whether this machine has what a simulated internet is made of.
    static let isPossible: Bool = {
        let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        let hasPrograms = (programs + ["unshare", "nsenter"]).allSatisfy { program in
            folders.contains { access("\($0)/\(program)", X_OK) == 0 }
        }
        return hasPrograms && access("/dev/net/tun", R_OK | W_OK) == 0
    }()

    let cache: FilePath

    // MARK: - Caches

    /// Runs `body` with a cache that is empty and goes away.
    static func withCache<Value>(_ body: (Probe) async throws -> Value) async throws -> Value {
        let cache = FileManager.default.temporaryDirectory.appending(path: "assay-internet-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: cache) }
        return try await body(Probe(cache: FilePath(cache)))
    }

    /// Runs `body` with a cache beside the built program, which is warm from the second time on.
    static func shared<Value>(_ body: (Probe) async throws -> Value) async throws -> Value {
        let cache = try program().removingLastComponent().appending("internet-probe-cache")
        try FileManager.default.createDirectory(atPath: cache.string, withIntermediateDirectories: true)
        return try await body(Probe(cache: cache))
    }

    // MARK: - Runs

    func run(_ check: String) async throws -> ProbeReport {
        let script = """
            mount -t tmpfs tmpfs /run
            "$0" \(check) /run/assay "$1"
            status=$?
            [ $status = 0 ] || tail -n 5 /run/assay/logs/*.log >&2
            exit $status
            """
        let result = try await Subprocess.run(
            .name("unshare"),
            arguments: [
                "--user", "--map-user=1000", "--map-group=1000", "--keep-caps", "--net", "--mount", "--pid", "--fork",
                "--kill-child", "--mount-proc", "bash", "-c", script, try Self.program().string, cache.string,
            ],
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        try #require(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
        return try JSONDecoder().decode(ProbeReport.self, from: Data(result.standardOutput.utf8))
    }

    /// Runs the probe without a sandbox, in which it has to fail, and returns what it printed.
    func runOutside(_ check: String) async throws -> String {
        let scratch = cache.appending("outside")
        let result = try await Subprocess.run(
            .path(try Self.program()),
            arguments: [check, scratch.string, cache.string],
            output: .string(limit: 1 << 16)
        )
        #expect(!result.terminationStatus.isSuccess)
        #expect(access(scratch.string, F_OK) != 0)
        return result.standardOutput
    }

    private static func program() throws -> FilePath {
        let running = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return FilePath(running).removingLastComponent().appending("internet-probe")
    }

    // MARK: - States

    /// Makes what was saved look as if it had been saved earlier.
    func makeStatesOld(by age: Duration) throws {
        for (folder, time) in try states() where time > 0 {
            let old = time - Int(age.components.seconds)
            try FileManager.default.moveItem(
                atPath: folder.appending(String(time)).string,
                toPath: folder.appending(String(old)).string
            )
        }
    }

    /// When the states were saved, in seconds since 1970, oldest first; 0 for keys alone.
    func stateTimes() throws -> [Int] { try states().map(\.time).sorted() }

    /// How many seconds ago the newest state was saved.
    func newestStateAge() throws -> Int {
        let newest = try #require(try states().map(\.time).max())
        return Int(Date().timeIntervalSince1970) - newest
    }

    private func states() throws -> [(folder: FilePath, time: Int)] {
        try FileManager.default.contentsOfDirectory(atPath: cache.string).flatMap { name in
            let folder = cache.appending(name)
            return try FileManager.default.contentsOfDirectory(atPath: folder.string).compactMap { entry in
                Int(entry).map { (folder, $0) }
            }
        }
    }
}
