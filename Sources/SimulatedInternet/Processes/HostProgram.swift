import Glibc
import Subprocess
import SystemPackage

/// A program of the host that the simulated internet is made with.
package struct HostProgram: Hashable, Sendable {
    let name: String
    /// The Debian package that has it.
    let package: String

    package static let ip = HostProgram(name: "ip", package: "iproute2")
    package static let nft = HostProgram(name: "nft", package: "nftables")
    static let dnsmasq = HostProgram(name: "dnsmasq", package: "dnsmasq-base")
    static let nginx = HostProgram(name: "nginx", package: "nginx-light")
    static let tor = HostProgram(name: "tor", package: "tor")
    static let torGencert = HostProgram(name: "tor-gencert", package: "tor")
    static let obfs4proxy = HostProgram(name: "obfs4proxy", package: "obfs4proxy")
    static let curl = HostProgram(name: "curl", package: "curl")
    static let openssl = HostProgram(name: "openssl", package: "openssl")
    static let dropbear = HostProgram(name: "dropbear", package: "dropbear-bin")
    static let dropbearkey = HostProgram(name: "dropbearkey", package: "dropbear-bin")
    static let dropbearconvert = HostProgram(name: "dropbearconvert", package: "dropbear-bin")
    static let aiosmtpd = HostProgram(name: "aiosmtpd", package: "python3-aiosmtpd")
    static let dovecot = HostProgram(name: "dovecot", package: "dovecot-imapd")
    static let git = HostProgram(name: "git", package: "git")
    static let gitDaemon = HostProgram(name: "git-daemon", package: "git")
    static let mount = HostProgram(name: "mount", package: "mount")
    static let unshare = HostProgram(name: "unshare", package: "util-linux")

    // Ordinary users have no sbin in their search path, and nobody git's own folder.
    private static let folders = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/git-core",
    ]

    /// What every child process finds in its environment, and nothing else.
    static let environment = Environment.custom([
        "PATH": folders.joined(separator: ":"), "LC_ALL": "C", "TZ": "UTC", "HOME": "/nonexistent",
    ])

    /// Finds the program, or throws ``SimulatedInternetError/programMissing(_:package:)``.
    func path() throws(SimulatedInternetError) -> FilePath {
        for folder in Self.folders where access("\(folder)/\(name)", X_OK) == 0 {
            return FilePath("\(folder)/\(name)")
        }
        throw .programMissing(name, package: package)
    }

    /// Runs the program to its end and returns what it printed, at most 64 KiB.
    @discardableResult
    package func run(_ arguments: [String], input: String = "") async throws -> String {
        try await run(arguments, input: input, environment: Self.environment)
    }

    /// Runs the program with an environment of its own.
    @discardableResult
    func run(_ arguments: [String], input: String = "", environment: Environment) async throws -> String {
        let path = try path()
        let result = try await explainingFailures {
            try await Subprocess.run(
                .path(path),
                arguments: Arguments(arguments),
                environment: environment,
                platformOptions: .ownProcessGroup,
                input: .string(input),
                output: .string(limit: 1 << 16),
                error: .string(limit: 1 << 16)
            )
        }
        try Task.checkCancellation()
        guard result.terminationStatus.isSuccess else {
            throw SimulatedInternetError.programFailed(
                "\(name) \(arguments.joined(separator: " "))",
                status: result.terminationStatus.explanation,
                lastLines: (result.standardOutput + result.standardError).split(separator: "\n").suffix(10).map(
                    String.init
                )
            )
        }
        return result.standardOutput
    }
}

extension HostProgram {
    /// Turns errors of the process library and of the system into ours, and those of a cancelled task into one.
    func explainingFailures<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SimulatedInternetError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw SimulatedInternetError.programFailed(name, status: "could not be run: \(error)", lastLines: [])
        }
    }
}

// MARK: - Ends of processes

extension PlatformOptions {
    /// Out of reach of the terminal's Ctrl-C, which is for us to pass on in order; asked to end, then killed.
    static var ownProcessGroup: Self {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .milliseconds(300))]
        return options
    }
}

extension TerminationStatus {
    var explanation: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .signaled(let signal): "was ended by signal \(signal)"
        }
    }
}
