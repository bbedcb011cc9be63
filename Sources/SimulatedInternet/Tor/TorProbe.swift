import SystemPackage

/// A Tor client of our own inside the simulated internet: a page through it is the one honest sign of readiness.
struct TorProbe: Sendable {
    private static let socksPort = 9150

    let service: Service
    /// The page to fetch, by a name that nobody else can know.
    let page: String
    let expectedText: String
    private let progress: Watched<String>

    /// Writes the client's configuration; starts nothing yet.
    ///
    /// Each line of the client's log goes to `note`.
    init(
        client: String,
        folder: FilePath,
        logs: FilePath,
        page: String,
        expectedText: String,
        note: @escaping @Sendable (String) -> Void
    ) throws {
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
                note(line)
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
