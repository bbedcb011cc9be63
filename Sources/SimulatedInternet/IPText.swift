import Glibc

/// An IPv4 or IPv6 address in its one canonical spelling (RFC 5952 for IPv6).
struct IPText: Hashable, Sendable, CustomStringConvertible {
    /// Whether this is an IPv6 address.
    let isIPv6: Bool
    /// The 4 or 16 bytes of the address.
    let bytes: [UInt8]
    /// The canonical spelling.
    let description: String

    /// Reads an address, without brackets, port or zone.
    init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        let family: Int32
        if inet_pton(AF_INET, text, &bytes) == 1 {
            family = AF_INET
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            family = AF_INET6
        } else {
            return nil
        }
        self.init(bytes.prefix(family == AF_INET6 ? 16 : 4))
    }

    /// Creates an address of its 4 or 16 bytes.
    init(_ bytes: ArraySlice<UInt8>) {
        precondition(bytes.count == 4 || bytes.count == 16, "Addresses have 4 or 16 bytes.")
        self.bytes = Array(bytes)
        isIPv6 = bytes.count == 16
        var spelling = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // Can't fail: the family is known, and the longest spelling fits.
        _ = inet_ntop(isIPv6 ? AF_INET6 : AF_INET, self.bytes, &spelling, socklen_t(spelling.count))
        description = String(decoding: spelling.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// An address and a port where a service listens.
package struct ServiceEndpoint: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The address in its canonical spelling.
    package let address: String
    /// The TCP or UDP port.
    package let port: UInt16

    /// Creates an endpoint.
    package init(address: String, port: UInt16) {
        self.address = address
        self.port = port
    }

    package var description: String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
