import FoundationEssentials
import Subprocess
import SystemPackage

/// Makes the keys of a private Tor network: identities, authority certificates, the bridge's obfs4 key.
package struct TorKeys: Sendable {
    let plans: [TorNodePlan]
    /// Gets a data folder for each relay.
    let folder: FilePath

    /// Makes all keys at once, in some seconds, and returns what follows from them, by nickname.
    func make() async throws -> [String: TorNodeIdentity] {
        try await withThrowingTaskGroup(of: (String, TorNodeIdentity).self) { group in
            for plan in plans { group.addTask { (plan.nickname, try await identity(of: plan)) } }
            var identities: [String: TorNodeIdentity] = [:]
            for try await (nickname, identity) in group { identities[nickname] = identity }
            return identities
        }
    }

    private func identity(of plan: TorNodePlan) async throws -> TorNodeIdentity {
        let data = folder.appending(plan.nickname)
        try makeFolder(data.appending("keys"))
        var identity = TorNodeIdentity(fingerprint: "")
        if plan.kind == .authority {
            identity.authorityFingerprint = try await certify(plan, in: data.appending("keys"))
        }
        if plan.kind == .bridge { identity.bridgeArguments = try await bridgeArguments(in: data.appending("pt_state")) }
        identity.fingerprint = try await fingerprint(of: plan, in: data)
        return identity
    }

    // MARK: - Programs

    /// Makes an authority's long-term key and its certificate, and returns the key's fingerprint.
    private func certify(_ plan: TorNodePlan, in keys: FilePath) async throws -> String {
        let certificate = keys.appending("authority_certificate")
        try await HostProgram.torGencert.run(
            [
                "--create-identity-key", "--passphrase-fd", "0",
                "-i", keys.appending("authority_identity_key").string,
                "-s", keys.appending("authority_signing_key").string,
                "-c", certificate.string,
                "-m", "24", "-a", "\(plan.address):\(TorNodePlan.dirPort)",
            ],
            // The key protects nothing but a test network.
            input: "assay\n"
        )
        let text = (try? String(contentsOfFile: certificate.string, encoding: .utf8)) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("fingerprint ") }),
            let found = Self.fingerprint(endOf: line)
        else {
            throw SimulatedInternetError.fileUnusable(certificate.string, reason: "it names no fingerprint")
        }
        return found
    }

    /// Makes a relay's identity keys and returns the fingerprint of the RSA one.
    private func fingerprint(of plan: TorNodePlan, in data: FilePath) async throws -> String {
        let torrc = folder.appending("\(plan.nickname).torrc")
        try writeFile(
            torrc,
            TorConfiguration(plans: [plan], identities: [:]).torrc(of: plan, in: data)
        )
        defer { try? FileManager.default.removeItem(atPath: torrc.string) }
        let arguments = ["--list-fingerprint", "--hush", "--defaults-torrc", "/dev/null", "-f", torrc.string]
        let output = try await HostProgram.tor.run(arguments)
        guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("\(plan.nickname) ") }),
            let found = Self.fingerprint(endOf: line)
        else {
            throw SimulatedInternetError.programFailed(
                "tor --list-fingerprint",
                status: "printed no fingerprint of \(plan.nickname)",
                lastLines: output.split(separator: "\n").suffix(5).map(String.init)
            )
        }
        return found
    }

    /// Starts the bridge's transport once, as Tor would (pt-spec.txt), which makes its keys, and asks what they are.
    private func bridgeArguments(in state: FilePath) async throws -> String {
        try makeFolder(state)
        let output = try await HostProgram.obfs4proxy.run(
            [],
            environment: HostProgram.environment.updating([
                "TOR_PT_MANAGED_TRANSPORT_VER": "1",
                "TOR_PT_STATE_LOCATION": state.string,
                "TOR_PT_EXIT_ON_STDIN_CLOSE": "1",
                "TOR_PT_SERVER_TRANSPORTS": "obfs4",
                "TOR_PT_SERVER_BINDADDR": "obfs4-127.0.0.1:0",
                "TOR_PT_ORPORT": "127.0.0.1:1",
            ])
        )
        guard let arguments = Self.bridgeArguments(output) else {
            throw SimulatedInternetError.programFailed(
                "obfs4proxy",
                status: "named no server method",
                lastLines: output.split(separator: "\n").suffix(5).map(String.init)
            )
        }
        return arguments
    }

    // MARK: - Parsing

    /// The 40 hexadecimal digits at the end of a line, which may be in groups of four.
    package static func fingerprint(endOf line: some StringProtocol) -> String? {
        let digits = String(line.filter { $0 != " " }.suffix(40)).uppercased()
        return digits.utf8.count == 40 && digits.allSatisfy(\.isHexDigit) ? digits : nil
    }

    /// What a client's bridge line has to say, from the transport's `SMETHOD` line.
    package static func bridgeArguments(_ output: String) -> String? {
        for line in output.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 4, fields[0] == "SMETHOD", fields[1] == "obfs4", fields[3].hasPrefix("ARGS:") else {
                continue
            }
            return fields[3].dropFirst("ARGS:".count).split(separator: ",").joined(separator: " ")
        }
        return nil
    }
}
