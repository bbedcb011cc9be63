import FoundationEssentials
import SystemPackage

extension SimulatedInternet {
    /// What was asked for until now.
    package var state: InternetState { progress.value.state }

    /// Starts a part, unless it is there already, and waits until it can be used.
    ///
    /// It ends with the internet.
    ///
    /// - Throws: ``SimulatedInternetError/late(_:within:lastLines:)``.
    package func start(_ part: InternetPart, within limit: Duration = .seconds(30)) async throws {
        progress.update { $0.state.parts.insert(part) }
        try await waitForParts(within: limit)
    }

    /// Waits until every part that was asked for can be used, and names are served accordingly.
    func waitForParts(within limit: Duration = .seconds(30)) async throws {
        let missing = progress.value.state.parts.subtracting(progress.value.answering)
        let words = missing.map(\.words).sorted().joined(separator: ", ")
        try await withDeadline(limit) {
            SimulatedInternetError.late("the \(words)", within: limit, lastLines: [])
        } body: { [progress, configuration] in
            try await progress.wait {
                $0.state.parts.isSubset(of: $0.answering)
                    && ($0.state == InternetState(configuration)
                        || $0.namesAnswer && $0.servedNames == $0.state.applied(to: configuration))
            }
        }
    }

    /// Lets the time server and the sinkhole tell another time.
    ///
    /// - Throws: ``SimulatedInternetError/configuration(_:)`` when it is too far off.
    package func tell(_ time: ServedTime) throws(SimulatedInternetError) {
        try time.validate()
        clock.update { $0 = time }
        progress.update { $0.state.time = time }
    }

    /// Leases IPv6 addresses from now on, besides advertising a prefix.
    ///
    /// - Throws: ``SimulatedInternetError``.
    package func leaseIPv6(within limit: Duration = .seconds(30)) async throws {
        guard configuration.offersIPv6 else { throw SimulatedInternetError.configuration("DHCPv6 needs IPv6") }
        progress.update { $0.state.leasesIPv6 = true }
        try await waitForParts(within: limit)
    }

    /// Waits until somebody has sent the captive portal's form and the way is free.
    ///
    /// - Throws: ``SimulatedInternetError/late(_:within:lastLines:)``.
    package func waitUntilPortalIsPassed(within limit: Duration) async throws {
        try await withDeadline(limit) {
            SimulatedInternetError.late("somebody to send the captive portal's form", within: limit, lastLines: [])
        } body: { [progress] in
            try await progress.wait(until: \.portalIsOpen)
        }
    }

    /// Makes everything as it was when a checkpoint was kept.
    ///
    /// - Throws: ``SimulatedInternetError``.
    package func goOn(from state: InternetState, within limit: Duration = .seconds(30)) async throws {
        try state.time.validate()
        clock.update { $0 = state.time }
        // Before the parts start: a portal that was passed is not closed again.
        progress.update {
            $0.state.time = state.time
            $0.state.leasesIPv6 = state.leasesIPv6
            $0.state.portalIsPassed = state.portalIsPassed
            $0.state.parts.formUnion(state.parts)
        }
        try await waitForParts(within: limit)
    }

    // MARK: - What guests need to know

    /// What a guest has to be given to trust the servers with TLS, and to be let in by the ssh server.
    package func credentials(within limit: Duration = .seconds(30)) async throws -> ServiceCredentials {
        try await withDeadline(limit) {
            SimulatedInternetError.late("the keys of services", within: limit, lastLines: [])
        } body: { [progress] in
            try await progress.wait(for: \.keys)
        }.credentials()
    }

    /// The messages that the mail server has taken, each as it came, oldest first; at most a hundred.
    package func mails() throws(SimulatedInternetError) -> [String] {
        try MailServer.read(in: PartFolders.folder(of: .mail, in: scratch))
    }
}

/// What a guest has to be given to use services.
package struct ServiceCredentials: Hashable, Sendable {
    /// The certificate of the authority that vouches for every server with TLS, in PEM.
    package let authority: String
    /// The private key of the ssh server's user, in the form of OpenSSH.
    package let sshKey: String
    /// The user whom the key lets in.
    package let sshUser: String
    /// The line for `known_hosts` by which the ssh server is known.
    package let knownHost: String
}

extension ServiceKeys {
    func credentials() throws(SimulatedInternetError) -> ServiceCredentials {
        ServiceCredentials(
            authority: try read(authority),
            sshKey: try read(sshUser),
            sshUser: SSHServer.user,
            knownHost: "\(InternetPart.ssh.hostName ?? "") \(try read(sshHostPublic))"
        )
    }

    private func read(_ file: FilePath) throws(SimulatedInternetError) -> String {
        do {
            return try String(contentsOfFile: file.string, encoding: .utf8)
        } catch {
            throw .fileUnusable(file.string, reason: "\(error)")
        }
    }
}
