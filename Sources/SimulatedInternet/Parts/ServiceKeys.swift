import FileLocks
import FoundationEssentials
import SystemPackage

/// The keys of services, kept from run to run, so that a guest of a checkpoint still knows them: an authority for TLS
/// and a certificate by it for all names, the ssh server's key, and that of its one user.
///
/// They protect nothing but a test network, and lie in the cache like those of its Tor relays.
package struct ServiceKeys: Sendable {
    /// Raised when what is kept, or its meaning, changes.
    private static let layout = 1
    /// How long another process may need to make them.
    private static let patience = Duration.seconds(60)

    let folder: FilePath

    var authority: FilePath { folder.appending("authority.pem") }
    var certificate: FilePath { folder.appending("server.pem") }
    var certificateKey: FilePath { folder.appending("server.key") }
    var sshHost: FilePath { folder.appending("ssh-host") }
    var sshHostPublic: FilePath { folder.appending("ssh-host.pub") }
    var sshUser: FilePath { folder.appending("ssh-user") }
    var sshUserPublic: FilePath { folder.appending("ssh-user.pub") }

    /// Finds the keys, or makes them.
    static func load(from cache: FilePath) async throws -> ServiceKeys {
        let keys = ServiceKeys(folder: cache.appending("services-\(layout)"))
        if keys.isThere { return keys }
        try makeFolder(cache)
        return try await FileLock.withLock(cache.appending("services-\(layout).lock"), within: patience) {
            // Another process may have made them while this one waited.
            if keys.isThere { return keys }
            let work = ServiceKeys(folder: cache.appending("services-new-\(UUID().uuidString)"))
            do {
                try await work.make()
                try FileManager.default.moveItem(atPath: work.folder.string, toPath: keys.folder.string)
            } catch {
                try? FileManager.default.removeItem(atPath: work.folder.string)
                throw error
            }
            return keys
        }
    }

    /// Whether they are all there: the folder gets its name only when it is complete.
    private var isThere: Bool { FileManager.default.fileExists(atPath: folder.string) }

    private func make() async throws {
        try makeFolder(folder)
        async let tls: Void = makeCertificates()
        async let host: Void = makeSSHKey(sshHost, publicKey: sshHostPublic)
        async let user: Void = makeUserKey()
        _ = try await (tls, host, user)
    }

    // MARK: - TLS

    private func makeCertificates() async throws {
        let configuration = folder.appending("openssl.cnf")
        try writeFile(configuration, Self.openssl)
        let common = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
        let kept = ["-config", configuration.string, "-days", "36500"]
        let authorityKey = folder.appending("authority.key").string
        try await HostProgram.openssl.run(
            common + kept + [
                "-extensions", "authority", "-subj", "/CN=Assay test authority",
                "-keyout", authorityKey, "-out", authority.string,
            ]
        )
        try await HostProgram.openssl.run(
            common + kept + [
                "-extensions", "server", "-subj", "/CN=Assay test server",
                "-CA", authority.string, "-CAkey", authorityKey,
                "-keyout", certificateKey.string, "-out", certificate.string,
            ]
        )
    }

    /// After openssl-req(1) and x509v3_config(5); nothing of the host's own configuration counts.
    package static let openssl = """
        [req]
        distinguished_name = nobody
        prompt = no
        [nobody]
        [authority]
        basicConstraints = critical, CA:TRUE
        keyUsage = critical, keyCertSign
        subjectKeyIdentifier = hash
        [server]
        basicConstraints = critical, CA:FALSE
        extendedKeyUsage = serverAuth
        subjectAltName = \(InternetPart.allCases.compactMap(\.hostName).map { "DNS:\($0)" }.joined(separator: ", "))

        """

    // MARK: - SSH

    private func makeSSHKey(_ file: FilePath, publicKey: FilePath) async throws {
        let output = try await HostProgram.dropbearkey.run(["-t", "ed25519", "-f", file.string])
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("ssh-ed25519 ") }) else {
            throw SimulatedInternetError.programFailed(
                "dropbearkey",
                status: "printed no public key",
                lastLines: [output]
            )
        }
        // Type and key; the comment behind them names this host.
        try writeFile(publicKey, line.split(separator: " ").prefix(2).joined(separator: " ") + "\n")
    }

    /// The user's key in the form of OpenSSH, which all clients can read.
    private func makeUserKey() async throws {
        let made = folder.appending("ssh-user.dropbear")
        try await makeSSHKey(made, publicKey: sshUserPublic)
        try await HostProgram.dropbearconvert.run(["dropbear", "openssh", made.string, sshUser.string])
        try? FileManager.default.removeItem(atPath: made.string)
    }
}
