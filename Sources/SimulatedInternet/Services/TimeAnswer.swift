import FoundationEssentials

/// An answer of NTP (RFC 5905) by a server that believes in its clock.
enum TimeAnswer {
    /// Seconds from 1900, where NTP begins to count, to 1970.
    private static let epoch = 2_208_988_800.0

    /// Answers a client's request with the given time, or returns `nil` for anything else.
    static func answer(to request: [UInt8], at time: Date) -> [UInt8]? {
        guard request.count >= 48 else { return nil }
        let (version, mode) = (request[0] >> 3 & 7, request[0] & 7)
        guard (1...4).contains(version), mode == 3 else { return nil }
        let now = stamp(time)
        // No leap second, mode 4 (server), stratum 2, the client's poll interval, precision 2^-20 s.
        var message: [UInt8] = [version << 3 | 4, 2, request[2], 0xec]
        // Root delay and dispersion of about a millisecond; a reference that a client can't take for itself.
        message += [0, 0, 0, 66, 0, 0, 0, 66, 192, 0, 2, 123]
        message += stamp(time.addingTimeInterval(-16)) + request[40..<48] + now + now
        return message
    }

    /// The time in 32 bits of seconds, whose era the client has to know, and 32 bits of fractions.
    private static func stamp(_ time: Date) -> [UInt8] {
        let seconds = (time.timeIntervalSince1970 + epoch)
        let whole = seconds.rounded(.down)
        let bits = UInt64(UInt32(truncatingIfNeeded: Int64(whole))) << 32 | UInt64((seconds - whole) * 4_294_967_296)
        return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    }
}
