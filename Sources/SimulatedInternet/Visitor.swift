import FoundationEssentials
package import SystemPackage

/// A place on the guest's LAN for a person and their programs: a network namespace with an address, a route and a
/// resolver, as a guest would have them.
package struct Visitor: Hashable, Sendable {
    /// Its address on the LAN.
    package static let address = "10.2.1.50"
    private static let name = "guest"

    /// The network namespace, for assay-sandbox and nsenter(1).
    package let network: FilePath
    /// The folder with what its programs need: a torrc, certificates, keys.
    package let folder: FilePath

    /// The torrc of a client that uses the simulated network, with SOCKS at ``socks``.
    package var torrc: FilePath { folder.appending("torrc") }
    /// The certificate of the authority that vouches for servers with TLS.
    package var authority: FilePath { folder.appending("authority.pem") }
    /// The private key that the ssh server lets in.
    package var sshKey: FilePath { folder.appending("ssh-key") }
    /// The ssh server's key, to know it by.
    package var knownHosts: FilePath { folder.appending("known_hosts") }
    /// Where that client listens.
    package static let socks = "127.0.0.1:9050"

    /// Plugs the place into the LAN, and makes the LAN's resolver that of all programs in this mount namespace.
    static func plugIn(to port: GuestPort, folder: FilePath) async throws -> Visitor {
        try makeFolder(folder)
        try await HostProgram.ip.run(["netns", "add", name])
        let visitor = Visitor(network: FilePath("/run/netns/\(name)"), folder: folder)
        let outside = """
            link add guest0 type veth peer name eth0 netns \(name)
            link set guest0 master \(port.bridge) up

            """
        try await HostProgram.ip.run(["-batch", "-"], input: outside)
        let inside = """
            link set lo up
            addr add \(address)/24 brd + dev eth0
            link set eth0 up
            route add default via \(port.gateway)

            """
        try await HostProgram.ip.run(["-n", name, "-batch", "-"], input: inside)
        if port.prefix6 != nil {
            let settings = ["disable_ipv6": "0", "accept_dad": "0", "accept_ra": "2"]
            let script = settings.sorted { $0.key < $1.key }
                .map { "echo \($0.value) > /proc/sys/net/ipv6/conf/eth0/\($0.key)" }.joined(separator: "; ")
            try await HostProgram.ip.run(["netns", "exec", name, "sh", "-c", script])
        }
        try await setResolver(port.gateway, in: folder)
        return visitor
    }

    /// A process of a program in this place.
    func service(_ name: String, _ program: HostProgram, _ arguments: [String], log: ServiceLog) throws -> Service {
        Service(
            name: name,
            program: .ip,
            arguments: ["netns", "exec", Self.name, try program.path().string] + arguments,
            workingFolder: folder,
            log: log
        )
    }

    private static func setResolver(_ gateway: String, in folder: FilePath) async throws {
        let file = folder.appending("resolv.conf")
        try writeFile(file, "nameserver \(gateway)\n")
        let place = "/etc/resolv.conf"
        // Where the host's own leads into a folder that a sandbox does not have.
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: place),
            !FileManager.default.fileExists(atPath: place)
        {
            let path = FilePath("/etc").pushing(FilePath(target)).lexicallyNormalized()
            try makeFolder(path.removingLastComponent())
            try writeFile(path, "")
        }
        try await HostProgram.mount.run(["--bind", file.string, place])
    }
}

extension SimulatedInternet {
    /// Runs `body` with a place on the LAN for a person; with `tor`, once a Tor client there has a circuit.
    package func withVisitor<Value: Sendable>(
        tor: Bool,
        body: @escaping @Sendable (Visitor, TorNetwork) async throws -> Value
    ) async throws -> Value {
        let visitor = try await Visitor.plugIn(to: guestPort, folder: scratch.appending("visitor"))
        let network = try await torNetwork()
        try writeFile(visitor.torrc, torrc(of: visitor, network))
        if !state.parts.isDisjoint(with: [.updates, .mail, .ssh, .portal]) { try await give(visitor, credentials()) }
        guard tor else { return try await body(visitor, network) }
        try await waitUntilReady()
        let log = try ServiceLog(file: logFolder.appending("tor-visitor.log")) { line, _ in
            if line.contains("Bootstrapped 100%") { progress.update { $0.visitorIsConnected = true } }
        }
        let client = try visitor.service("the visitor's Tor", .tor, TorService.arguments(visitor.torrc), log: log)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await client.run()
                return nil
            }
            group.addTask {
                try await progress.wait(until: \.visitorIsConnected)
                return try await body(visitor, network)
            }
            defer { group.cancelAll() }
            for try await finished in group { if let finished { return finished } }
            throw CancellationError()
        }
    }

    private func torrc(of visitor: Visitor, _ network: TorNetwork) throws -> String {
        let data = visitor.folder.appending("tor")
        try makeFolder(data)
        return network.clientConfiguration
            + "DataDirectory \(data)\nSocksPort \(Visitor.socks)\nClientOnly 1\nLog notice stdout\n"
            + "# Remove the signs to enter by a bridge.\n# UseBridges 1\n"
            + "# ClientTransportPlugin obfs4 exec /usr/bin/obfs4proxy\n"
            + network.bridgeLines.map { "# Bridge \($0)\n" }.joined()
    }

    private func give(_ visitor: Visitor, _ credentials: ServiceCredentials) throws {
        try writeFile(visitor.authority, credentials.authority)
        try writeFile(visitor.knownHosts, credentials.knownHost)
        try writeFile(visitor.sshKey, credentials.sshKey)
        do {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: visitor.sshKey.string)
        } catch {
            throw SimulatedInternetError.fileUnusable(visitor.sshKey.string, reason: "\(error)")
        }
    }
}
