import PacketDecoding

/// A message of the network time protocol (RFC 5905).
package struct NTP: Hashable, Sendable {
    package let version: UInt8
    /// 3 a client, 4 a server, 5 broadcast, 6 control.
    package let mode: UInt8
    package let stratum: UInt8
    /// When the message was sent, by the sender's clock; some clients send a random number instead.
    package let transmitted: UInt64
    /// Whether all fields but version, mode and the time of sending are zero, as in a request that tells nothing.
    package let tellsNothingElse: Bool
    /// Whether there are bytes behind the fixed header: extensions, or a key.
    package let hasExtensions: Bool

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> NTP {
        try bytes.require(1, of: message, for: .ntp)
        let start = message.lowerBound
        let (version, mode) = (bytes[start] >> 3 & 7, bytes[start] & 7)
        guard (1...4).contains(version) else {
            throw .invalid(.ntp, at: start, "version", expected: "1 to 4", seen: version)
        }
        // Control and private messages have other, shorter headers.
        let isTime = mode < 6
        try bytes.require(isTime ? 48 : 8, of: message, for: .ntp)
        return NTP(
            version: version,
            mode: mode,
            stratum: isTime ? bytes[start + 1] : 0,
            transmitted: isTime ? bytes.u64(start + 40) : 0,
            tellsNothingElse: isTime && bytes[start] & 0xc0 == 0 && bytes.isZero(start + 1..<start + 40),
            hasExtensions: isTime && message.count > 48
        )
    }

    var summary: String {
        let modes: [UInt8: String] = [3: "client", 4: "server", 5: "broadcast", 6: "control"]
        return "NTP version \(version) \(modes[mode] ?? "mode \(mode)")"
    }
}
