import FoundationEssentials
import SystemPackage

/// The relays of the private Tor network, running.
package struct TorService: Sendable {
    let services: [Service]
    let configuration: TorConfiguration

    /// Writes each relay's configuration next to its data; starts nothing yet.
    ///
    /// Each line of a relay's log goes to `note`, after the relay's nickname.
    init(
        configuration: TorConfiguration,
        folder: FilePath,
        logs: FilePath,
        note: @escaping @Sendable (String, String) -> Void
    )
        throws
    {
        self.configuration = configuration
        services = try configuration.plans.map { plan in
            let data = folder.appending(plan.nickname)
            let torrc = data.appending("torrc")
            try writeFile(torrc, configuration.torrc(of: plan, in: data))
            try writeFile(TorConfiguration.resolverFile(in: data), "nameserver \(plan.resolver)\n")
            return Service(
                name: "tor \(plan.nickname)",
                program: .tor,
                arguments: Self.arguments(torrc),
                workingFolder: data,
                log: try ServiceLog(file: logs.appending("tor-\(plan.nickname).log")) { line, _ in
                    note(plan.nickname, line)
                }
            )
        }
    }

    /// How every Tor is started: with this configuration file, and none of the host's.
    static func arguments(_ torrc: FilePath) -> [String] {
        ["--defaults-torrc", "/dev/null", "-f", torrc.string]
    }

    /// The version of the host's Tor, made fit for a file name.
    static func version() async throws -> String {
        let output = try await HostProgram.tor.run(["--version"])
        guard let version = version(output) else {
            throw SimulatedInternetError.programFailed(
                "tor --version",
                status: "printed no version",
                lastLines: [output]
            )
        }
        return version
    }

    /// Finds the version in the first line that `tor --version` prints.
    package static func version(_ output: String) -> String? {
        guard let line = output.split(separator: "\n").first, line.hasPrefix("Tor version ") else { return nil }
        let word = line.dropFirst("Tor version ".count).prefix { $0 != " " }
        let version = word.hasSuffix(".") ? word.dropLast() : word
        let fits = version.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        return fits && (1...40).contains(version.utf8.count) ? String(version) : nil
    }
}

/// A Tor client of our own inside the simulated internet: a page through it is the one honest sign of readiness.
struct TorProbe: Sendable {
    private static let socksPort = 9150

    let service: Service
    /// The page to fetch, by a name that nobody else can know.
    let page: String
    let expectedText: String
    private let progress: Watched<String>

    /// Writes the client's configuration; starts nothing yet.
    init(client: String, folder: FilePath, logs: FilePath, page: String, expectedText: String) throws {
        try makeFolder(folder)
        let torrc = folder.appending("torrc")
        let own = ["DataDirectory \(folder)", "SocksPort 127.0.0.1:\(Self.socksPort)", "ClientOnly 1", "NumCPUs 1"]
        let log = ["Log notice stdout", "LogTimeGranularity 1", "SafeLogging 0"]
        try writeFile(torrc, client + (own + log).map { $0 + "\n" }.joined())
        let progress = Watched("")
        self.progress = progress
        self.page = page
        self.expectedText = expectedText
        service = Service(
            name: "the probing Tor client",
            program: .tor,
            arguments: TorService.arguments(torrc),
            workingFolder: folder,
            log: try ServiceLog(file: logs.appending("tor-probe.log")) { line, _ in
                if line.contains("Bootstrapped ") { progress.update { $0 = line } }
            }
        )
    }

    /// Runs the client until the page came through it, and ends the client.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            group.addTask {
                try await progress.wait(until: { $0.contains("Bootstrapped 100%") })
                while try await !fetch() { try await Task.sleep(for: .milliseconds(50)) }
            }
            // Whichever comes first decides: the page, or an error.
            for try await _ in group { break }
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    /// Whether the page came.
    ///
    /// That it didn't says only that the network is not there yet.
    private func fetch() async throws -> Bool {
        do {
            let text = try await HostProgram.curl.run([
                "--disable", "--silent", "--show-error", "--max-time", "5", "--max-filesize", "65536",
                "--socks5-hostname", "127.0.0.1:\(Self.socksPort)", page,
            ])
            return text.contains(expectedText)
        } catch SimulatedInternetError.programFailed {
            return false
        }
    }
}
