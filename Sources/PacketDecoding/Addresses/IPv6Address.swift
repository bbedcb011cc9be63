/// A 128-bit Internet address (RFC 4291).
package struct IPv6Address: Hashable, Sendable {
    /// The first eight bytes on the wire.
    package let high: UInt64
    /// The last eight bytes on the wire: the interface identifier of most unicast addresses.
    package let low: UInt64

    /// ::, which stands for "this host" while it has no address yet.
    package static let unspecified = IPv6Address(high: 0, low: 0)

    /// Creates an address from its halves.
    package init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// Whether it names a group of hosts (ff00::/8).
    package var isMulticast: Bool { high >> 56 == 0xff }
    /// Whether it is valid on one link only (fe80::/10).
    package var isLinkLocal: Bool { high >> 54 == 0x3fa }

    /// The eight 16-bit groups in the order of the wire.
    package var groups: [UInt16] {
        [high, high, high, high, low, low, low, low].enumerated()
            .map { UInt16(truncatingIfNeeded: $1 >> (48 - 16 * UInt64($0 % 4))) }
    }

    package static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension IPv6Address: TextualValue {
    /// Reads any form of RFC 4291, section 2.2, but no zone and no prefix length.
    package init?(_ text: some StringProtocol) {
        let halves = String(text).components(separatedByFirst: "::")
        guard let first = Self.groups(in: halves.before) else { return nil }
        var all = first
        if let after = halves.after {
            guard let last = Self.groups(in: after), first.count + last.count < 8 else { return nil }
            // "::1.2.3.4" may end in dotted decimal, "1.2.3.4::" may not.
            guard !halves.before.contains(".") else { return nil }
            all += Array(repeating: 0, count: 8 - first.count - last.count) + last
        }
        guard all.count == 8 else { return nil }
        self.init(
            high: all[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: all[4...].reduce(0) { $0 << 16 | UInt64($1) }
        )
    }

    /// The canonical text of RFC 5952.
    package var description: String {
        let groups = groups
        if high == 0, low >> 32 == 0xffff {
            return "::ffff:\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)))"
        }
        guard let zeros = Self.longestRunOfZeros(in: groups) else { return Self.text(groups[...]) }
        return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
    }

    private static func groups(in text: String) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if let group = hexadecimal(part, atMost: 4) {
                groups.append(group)
            } else if index == parts.count - 1, let dotted = IPv4Address(part) {
                groups += [UInt16(dotted.rawValue >> 16), UInt16(dotted.rawValue & 0xffff)]
            } else {
                return nil
            }
        }
        return groups
    }

    private static func longestRunOfZeros(in groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest.count > 1 ? longest : nil
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}

extension String {
    fileprivate func components(separatedByFirst separator: String) -> (before: String, after: String?) {
        guard let range = firstRange(of: separator) else { return (self, nil) }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}
