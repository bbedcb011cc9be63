import Foundation
import SimulatedInternet

/// What there is in a simulated internet that was started by hand.
struct InternetScene: Codable, Sendable {
    struct Server: Codable, Sendable {
        let part: String
        let name: String?
        let addresses: [String]
        let isRunning: Bool
    }

    struct Relay: Codable, Sendable {
        let name: String
        let kind: String
        let address: String
    }

    /// The visitor's address, and its network namespace in the sandbox.
    let address: String
    let network: String
    let gateway: String
    let subnet: String
    let prefix6: String?
    /// Names that lead to the web site or are the system's own, with their addresses.
    let names: [String: [String]]
    let servers: [Server]
    let relays: [Relay]
    let bridgeLines: [String]
    let torrc: String
    /// Where a connected Tor client takes requests, if one was wished.
    let socks: String?
    /// Files for clients of servers with TLS and of the ssh server, if there are such servers.
    let authority: String?
    let sshKey: String?
    let knownHosts: String?
    let logs: String

    init(_ internet: SimulatedInternet, _ visitor: Visitor, _ tor: TorNetwork, tor isConnected: Bool) {
        let configuration = internet.configuration
        address = Visitor.address
        network = visitor.network.string
        gateway = internet.guestPort.gateway
        subnet = internet.guestPort.subnet
        prefix6 = internet.guestPort.prefix6
        let web = SimulatedInternet.destinations(configuration)["web"] ?? []
        names = configuration.names.merging([SimulatedInternet.webName: web.map(\.address).sorted()]) { own, _ in own }
        let running = internet.state.parts
        servers = InternetPart.allCases.map { part in
            Server(
                part: part.rawValue,
                name: part.hostName,
                addresses: part.endpoints.map(\.description).sorted(),
                isRunning: running.contains(part)
            )
        }
        relays = tor.relays.map {
            Relay(name: $0.nickname, kind: $0.kind.rawValue, address: "\($0.address):\($0.orPort)")
        }
        bridgeLines = tor.bridgeLines
        torrc = visitor.torrc.string
        socks = isConnected ? Visitor.socks : nil
        let hasKeys = FileManager.default.fileExists(atPath: visitor.authority.string)
        authority = hasKeys ? visitor.authority.string : nil
        sshKey = running.contains(.ssh) ? visitor.sshKey.string : nil
        knownHosts = running.contains(.ssh) ? visitor.knownHosts.string : nil
        logs = internet.logFolder.string
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    // MARK: - For people

    /// What is there, and how to use it.
    var text: String {
        var rows: [(String, String)] = [
            ("you", "\(address), gateway and resolver \(gateway)" + (prefix6.map { ", prefix \($0)" } ?? ""))
        ]
        for (name, addresses) in names.sorted(by: { $0.key < $1.key }) {
            rows.append((name, addresses.joined(separator: ", ")))
        }
        for server in servers where server.isRunning {
            let place =
                server.addresses.isEmpty ? "every other address and port" : server.addresses.joined(separator: ", ")
            rows.append((server.name ?? server.part, place + (Self.uses(self)[server.part].map { "   \($0)" } ?? "")))
        }
        for relay in relays where relay.kind != TorRelay.Kind.bridge.rawValue {
            rows.append((relay.name, relay.address))
        }
        for (index, line) in bridgeLines.enumerated() {
            let words = line.split(separator: " ").prefix(2).joined(separator: " ")
            rows.append(("bridge\(index + 1)", "\(words)   its line is in \(torrc)"))
        }
        rows.append(("tor", socks.map { "connected; SOCKS at \($0)" } ?? "tor -f \(torrc)"))
        rows.append(("logs", logs))
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { "  \($0.0.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.1)\n" }
        let absent = servers.filter { !$0.isRunning }.map(\.part)
        let more = absent.isEmpty ? "" : "Not started: \(absent.joined(separator: ", ")) (--with).\n"
        return "The simulated internet is up. It ends with this shell.\n" + lines.joined() + more
    }

    /// How the servers are used, by their parts.
    private static func uses(_ scene: InternetScene) -> [String: String] {
        var uses = ["git": "git clone git://git.test/example.git"]
        if let authority = scene.authority {
            uses["updates"] = "curl --cacert \(authority) https://updates.test/"
            uses["mail"] = "any name, password assay, --cacert \(authority)"
        }
        if let key = scene.sshKey, let known = scene.knownHosts {
            uses["ssh"] = "ssh -i \(key) -o UserKnownHostsFile=\(known) git@ssh.test"
        }
        uses["portal"] = "curl -d accept=yes http://portal.test/accept"
        return uses
    }
}
