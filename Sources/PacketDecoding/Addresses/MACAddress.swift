/// A 48-bit hardware address.
package struct MACAddress: Hashable, Sendable {
    /// The address as a number below 2^48, first byte on the wire highest.
    package let rawValue: UInt64

    /// The address that every station of a link listens to.
    package static let broadcast = MACAddress(rawValue: 0xffff_ffff_ffff)
    /// The all-zero address, which stands for "not known" in ARP.
    package static let zero = MACAddress(rawValue: 0)

    /// Creates an address from its number; bits above 2^48 are dropped.
    package init(rawValue: UInt64) {
        self.rawValue = rawValue & 0xffff_ffff_ffff
    }

    /// Whether it names a group of stations; the broadcast address is one.
    package var isMulticast: Bool { rawValue & 0x0100_0000_0000 != 0 }

    /// The six bytes in the order of the wire.
    package var bytes: [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: rawValue >> (40 - 8 * UInt64($0))) }
    }

    /// The interface identifier that SLAAC makes from this address (RFC 4291, appendix A).
    package var modifiedEUI64: UInt64 {
        let upper = (rawValue >> 24) ^ 0x02_0000
        return upper << 40 | 0xff_fe00_0000 | rawValue & 0xff_ffff
    }

    package static func < (left: MACAddress, right: MACAddress) -> Bool { left.rawValue < right.rawValue }
}

// MARK: - Text

extension MACAddress: TextualValue {
    /// Reads six colon-separated pairs of hexadecimal digits; nothing else is accepted.
    package init?(_ text: some StringProtocol) {
        let pairs = text.split(separator: ":", omittingEmptySubsequences: false)
        guard pairs.count == 6 else { return nil }
        var number: UInt64 = 0
        for pair in pairs {
            guard pair.utf8.count == 2, let byte = hexadecimal(pair, atMost: 2) else { return nil }
            number = number << 8 | UInt64(byte)
        }
        rawValue = number
    }

    /// Six colon-separated pairs of lower-case hexadecimal digits.
    package var description: String {
        hexadecimalText(of: bytes, separator: ":")
    }
}
