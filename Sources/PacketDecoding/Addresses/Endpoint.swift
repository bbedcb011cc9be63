/// An Internet address of either version.
package enum IPAddress: Hashable, Sendable {
    case v4(IPv4Address)
    case v6(IPv6Address)
}

extension IPAddress: TextualValue {
    package init?(_ text: some StringProtocol) {
        if let address = IPv4Address(text) {
            self = .v4(address)
        } else if let address = IPv6Address(text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }

    package static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }
}

/// An address and a port of TCP or UDP.
package struct Endpoint: Hashable, Sendable {
    /// The host.
    package let address: IPAddress
    /// The port on that host.
    package let port: UInt16

    /// Creates an endpoint from its parts.
    package init(address: IPAddress, port: UInt16) {
        (self.address, self.port) = (address, port)
    }

    /// Feeds one number for IPv4: endpoints are looked up for every frame.
    package func hash(into hasher: inout Hasher) {
        switch address {
        case .v4(let address): hasher.combine(UInt64(address.rawValue) << 16 | UInt64(port))
        case .v6(let address):
            hasher.combine(address)
            hasher.combine(port)
        }
    }
}

extension Endpoint: TextualValue {
    /// Reads `1.2.3.4:80` or `[2001:db8::1]:80`.
    package init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"),
            let port = decimal(text[text.index(after: colon)...], atMost: Int(UInt16.max))
        else { return nil }
        let host = text[..<colon]
        self.port = UInt16(port)
        if host.hasPrefix("["), host.hasSuffix("]"), let address = IPv6Address(host.dropFirst().dropLast()) {
            self.address = .v6(address)
        } else if let address = IPv4Address(host) {
            self.address = .v4(address)
        } else {
            return nil
        }
    }

    package var description: String {
        switch address {
        case .v4(let address): "\(address):\(port)"
        case .v6(let address): "[\(address)]:\(port)"
        }
    }

    package static func < (left: Endpoint, right: Endpoint) -> Bool {
        (left.address, left.port) < (right.address, right.port)
    }
}
