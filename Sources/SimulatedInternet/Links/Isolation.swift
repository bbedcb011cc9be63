import FoundationEssentials
import SystemPackage

/// The proof that this network namespace has no way to the real network.
package enum Isolation {
    /// Interfaces that kernels put into every new namespace, all of them down.
    private static let fallbackTunnels: Set<String> = [
        "tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0",
    ]

    /// Throws ``SimulatedInternetError/notIsolated(_:)`` unless there is nothing here but a loopback.
    static func requireEmptyNamespace() throws(SimulatedInternetError) {
        let foreign = interfaces(try read("/proc/self/net/dev")).filter { $0 != "lo" && !fallbackTunnels.contains($0) }
        guard foreign.isEmpty else {
            throw .notIsolated("there are also: \(foreign.sorted().joined(separator: ", "))")
        }
        try requireNoDefaultRoute()
    }

    /// Throws ``SimulatedInternetError/notIsolated(_:)`` when packets to anywhere would be sent on.
    static func requireNoDefaultRoute() throws(SimulatedInternetError) {
        let routes = try read("/proc/self/net/route")
        guard !hasDefaultRoute(routes) else { throw .notIsolated("there is a default route") }
        // The file is missing when the kernel has no IPv6.
        guard let routes6 = try? read("/proc/self/net/ipv6_route") else { return }
        guard !hasDefaultRoute6(routes6) else { throw .notIsolated("there is a default route for IPv6") }
    }

    // MARK: - Reading proc(5)

    /// The names in `/proc/net/dev`.
    package static func interfaces(_ text: String) -> [String] {
        text.split(separator: "\n").dropFirst(2).compactMap { line in
            line.split(separator: ":").first.map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
        }
    }

    /// Whether `/proc/net/route` has a line with destination and mask 0.
    package static func hasDefaultRoute(_ text: String) -> Bool {
        text.split(separator: "\n").dropFirst().contains { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            return fields.count >= 8 && fields[1] == "00000000" && fields[7] == "00000000"
        }
    }

    /// Whether `/proc/net/ipv6_route` has a line for `::/0` that leads anywhere but to the loopback.
    package static func hasDefaultRoute6(_ text: String) -> Bool {
        text.split(separator: "\n").contains { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count >= 10 else { return false }
            // Every namespace has "unreachable default" entries, which name the loopback.
            return fields[0].allSatisfy { $0 == "0" } && fields[1] == "00" && fields[9] != "lo"
        }
    }

    private static func read(_ path: String) throws(SimulatedInternetError) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw .fileUnusable(path, reason: "\(error)")
        }
    }
}
