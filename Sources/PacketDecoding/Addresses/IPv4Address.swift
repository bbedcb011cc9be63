/// A 32-bit Internet address (RFC 791).
package struct IPv4Address: Hashable, Sendable {
    /// The address as a number, first byte on the wire highest.
    package let rawValue: UInt32

    /// 0.0.0.0, which stands for "this host" while it has no address yet.
    package static let unspecified = IPv4Address(rawValue: 0)
    /// 255.255.255.255, every station of the link.
    package static let broadcast = IPv4Address(rawValue: .max)

    /// Creates an address from its number.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Whether it names a group of hosts (224.0.0.0/4).
    package var isMulticast: Bool { rawValue >> 28 == 0xe }

    package static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.rawValue < right.rawValue }
}

extension IPv4Address: TextualValue {
    /// Reads four decimal numbers without leading zeros, which some readers take for octal.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let byte = decimal(part, atMost: 255) else { return nil }
            number = number << 8 | UInt32(byte)
        }
        rawValue = number
    }

    /// Dotted decimal.
    package var description: String {
        "\(rawValue >> 24).\(rawValue >> 16 & 255).\(rawValue >> 8 & 255).\(rawValue & 255)"
    }
}

// MARK: - Subnets

/// The addresses that share their first bits, such as 10.2.1.0/24.
package struct IPv4Subnet: Hashable, Sendable {
    /// The lowest address of the subnet.
    package let network: IPv4Address
    /// How many first bits the addresses share, 0 to 32.
    package let prefixLength: Int

    /// Creates the subnet that an address lies in.
    package init?(containing address: IPv4Address, prefixLength: Int) {
        guard (0...32).contains(prefixLength) else { return nil }
        self.prefixLength = prefixLength
        network = IPv4Address(rawValue: address.rawValue & Self.mask(prefixLength))
    }

    /// The address that every host of the subnet listens to.
    package var broadcast: IPv4Address { IPv4Address(rawValue: network.rawValue | ~Self.mask(prefixLength)) }

    /// Whether the address lies in the subnet.
    package func contains(_ address: IPv4Address) -> Bool {
        address.rawValue & Self.mask(prefixLength) == network.rawValue
    }

    private static func mask(_ prefixLength: Int) -> UInt32 {
        prefixLength == 0 ? 0 : UInt32.max << UInt32(32 - prefixLength)
    }
}

extension IPv4Subnet: TextualValue {
    /// Reads an address, a slash and a prefix length; bits beyond the prefix must be zero.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(parts[0]), let length = decimal(parts[1], atMost: 32),
            let subnet = IPv4Subnet(containing: address, prefixLength: length), subnet.network == address
        else { return nil }
        self = subnet
    }

    package var description: String { "\(network)/\(prefixLength)" }

    package static func < (left: IPv4Subnet, right: IPv4Subnet) -> Bool {
        (left.network, left.prefixLength) < (right.network, right.prefixLength)
    }
}
