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
