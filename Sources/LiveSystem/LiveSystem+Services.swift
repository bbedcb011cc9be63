public import Diagnostics
import GuestChannel
import Synchronization

/// What was arranged with the guest that the network of its scenario has to match.
struct Arranged: Sendable {
    var usesBridges = false
    var authority: String?
}

extension LiveSystem {
    // MARK: - Bridges

    /// Lets Tor, when it is connected next, know bridges and use nothing else to enter its network.
    ///
    /// - Throws: ``ServiceError`` when the system has no program for it, or the network no bridge.
    public func useBridges() async throws {
        guard description.tor.obfs4 != nil else { throw ServiceError.notDescribed("tor: obfs4") }
        guard try await !internet.bridgeLines(within: patience(seconds: 60)).isEmpty else {
            throw ServiceError.noBridge
        }
        arranged.withLock { $0.usesBridges = true }
    }

    /// Lines of a torrc by which Tor uses bridges, if it is to.
    func bridgeConfiguration() async throws -> String {
        guard arranged.withLock({ $0.usesBridges }), let program = description.tor.obfs4 else { return "" }
        let bridges = try await internet.bridgeLines(within: patience(seconds: 60))
        let plugin = ["UseBridges 1", "ClientTransportPlugin obfs4 exec \(program)"]
        return (plugin + bridges.map { "Bridge \($0)" }).map { $0 + "\n" }.joined()
    }

    // MARK: - Credentials

    /// Makes the system trust the authority that vouches for the servers of the simulated internet.
    ///
    /// - Throws: ``ServiceError`` when its description does not say how, or a `GuestChannelError`.
    public func trustAuthority() async throws {
        guard let certificates = description.certificates else { throw ServiceError.notDescribed("certificates") }
        let authority = try await internet.credentials().authority
        try await require("mkdir -p -- \"$(dirname -- \(certificates.file.quotedForShell))\"")
        try await guest.writeFile(certificates.file, Array(authority.utf8))
        if let apply = certificates.apply { try await require(apply) }
        arranged.withLock { $0.authority = authority }
    }

    /// Puts a key and the server's into a folder of root's, for ``sshCommand(to:)`` and git.
    ///
    /// - Throws: A `GuestChannelError`.
    public func knowSSHServer() async throws {
        let credentials = try await internet.credentials()
        try await require("install -d -m 700 \(Self.clientFolder)")
        let files = [
            ("ssh-key", credentials.sshKey), ("known-hosts", credentials.knownHost),
            // Programs that know of no proxy are started with one (nc(1)).
            ("proxy", "#!/bin/sh\nexec nc -X 5 -x \(description.tor.socks) \"$1\" \"$2\"\n"),
        ]
        for (name, text) in files { try await guest.writeFile("\(Self.clientFolder)/\(name)", Array(text.utf8)) }
        try await require("chmod 600 \(Self.clientFolder)/ssh-key && chmod 700 \(Self.clientFolder)/proxy")
        arranged.withLock { $0.authority = credentials.authority }
    }

    /// Of root's, since what lies in `/run` may not be executed everywhere.
    static let clientFolder = "/root/assay-client"

    /// The beginning of a command line that speaks with the ssh server through Tor.
    public var sshCommand: String {
        "ssh -F none -o BatchMode=yes -o UserKnownHostsFile=\(Self.clientFolder)/known-hosts -o IdentitiesOnly=yes "
            + "-i \(Self.clientFolder)/ssh-key -o 'ProxyCommand \(Self.clientFolder)/proxy %h %p'"
    }

    /// The beginning of a command line of git that reads and writes through Tor, by all that git speaks.
    public var gitCommand: String {
        "GIT_SSH_COMMAND=\"\(sshCommand)\" git -c core.gitProxy=\(Self.clientFolder)/proxy "
            + "-c http.proxy=socks5h://\(description.tor.socks)"
    }
}

extension String {
    /// The text as one word of a command line for a shell.
    package var quotedForShell: String { "'" + replacing("'", with: "'\\''") + "'" }
}

/// A reason why a step that uses a service can't do so.
public enum ServiceError: ExplainedError, Equatable {
    /// The system's description lacks a key that the step needs.
    case notDescribed(String)
    case noBridge

    public var blame: Blame { .testAuthor }

    public var summary: String {
        switch self {
        case .notDescribed(let key): "The step needs “\(key)” in the system's description, which is not there."
        case .noBridge: "The step needs a network with a bridge, and this one has none."
        }
    }

    public var hint: String? {
        switch self {
        case .notDescribed: "See docs/internet.md for what the key has to say."
        case .noBridge: nil
        }
    }
}
