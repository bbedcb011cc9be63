import FoundationEssentials

/// The addresses at which somebody in this network namespace takes connections.
package enum ListeningSockets {
    private static let listening = "0A"

    /// Waits until all of these can be connected to.
    ///
    /// Asks the kernel again and again: it tells nobody when a program begins to listen, and a connection for trying
    /// would be a visitor.
    static func wait(for endpoints: Set<ServiceEndpoint>) async throws {
        while true {
            let text = (try? String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8)) ?? ""
            if endpoints.isSubset(of: Self.endpoints(text)) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The listening sockets of `/proc/net/tcp` (proc(5)): addresses and ports in hexadecimal digits, of IPv4 only.
    package static func endpoints(_ text: String) -> Set<ServiceEndpoint> {
        Set(
            text.split(separator: "\n").dropFirst().compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count > 3, fields[3] == listening else { return nil }
                let parts = fields[1].split(separator: ":")
                guard parts.count == 2, parts[0].utf8.count == 8, let bytes = UInt32(parts[0], radix: 16),
                    let port = UInt16(parts[1], radix: 16)
                else { return nil }
                // In the host's byte order, as if the address were a number.
                let address = withUnsafeBytes(of: bytes) { IPText(Array($0)[...]) }
                return ServiceEndpoint(address: address.description, port: port)
            }
        )
    }
}
