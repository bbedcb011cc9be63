import PacketDecoding

/// A message of DNS (RFC 1035) with its questions and records; multicast DNS and LLMNR share the format.
package struct DNS: Hashable, Sendable {
    /// The protocols that speak the format.
    package enum Kind: String, Hashable, Sendable {
        case dns = "DNS"
        case multicast = "mDNS"
        case linkLocal = "LLMNR"
    }

    package struct Question: Hashable, Sendable {
        /// The name as text, unusual bytes as `\DDD` (RFC 4343, section 2.1).
        package let name: String
        package let type: UInt16
        package let `class`: UInt16

        var summary: String { "\(DNS.name(ofType: type)) \(name)" }
    }

    package struct Record: Hashable, Sendable {
        package let name: String
        package let type: UInt16
        package let `class`: UInt16
        package let timeToLive: UInt32
        /// Where the record's data is.
        package let data: Range<Int>
        /// The name that the data holds: of an alias, a server, a pointer or a service.
        package let target: String?
    }

    /// The pseudo-record in which both ends tell of their abilities (EDNS, RFC 6891).
    package struct Extensions: Hashable, Sendable {
        package let payloadSize: UInt16
        package let version: UInt8
        /// Whether signatures are asked for.
        package let wantsSignatures: Bool
        /// The codes of the options, such as 8, the client's subnet, or 10, a cookie.
        package let options: [UInt16]
    }

    package let identifier: UInt16
    package let flags: UInt16
    package let questions: [Question]
    package let answers: [Record]
    package let authorities: [Record]
    package let additional: [Record]
    package let extensions: Extensions?
    /// The bytes behind the last record.
    package let trailer: Range<Int>

    package var isResponse: Bool { flags & 0x8000 != 0 }

    private static let extensionsType: UInt16 = 41

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> DNS {
        try bytes.require(12, of: message, for: .dns)
        let start = message.lowerBound
        var offset = start + 12
        var questions: [Question] = []
        for _ in 0..<Int(bytes.u16(start + 4)) {
            let name = try readName(bytes, message, at: &offset)
            try bytes.require(4, of: offset..<message.upperBound, for: .dns)
            questions.append(Question(name: name, type: bytes.u16(offset), class: bytes.u16(offset + 2)))
            offset += 4
        }
        let answers = try readRecords(bytes, message, at: &offset, count: bytes.u16(start + 6))
        let authorities = try readRecords(bytes, message, at: &offset, count: bytes.u16(start + 8))
        let additional = try readRecords(bytes, message, at: &offset, count: bytes.u16(start + 10))
        let pseudo = additional.filter { $0.type == extensionsType }
        guard pseudo.count <= 1 else {
            throw .invalid(.dns, at: start + 10, "EDNS records", expected: "at most one", seen: pseudo.count)
        }
        var extensions: Extensions?
        if let record = pseudo.first { extensions = try readExtensions(bytes, record) }
        return DNS(
            identifier: bytes.u16(start),
            flags: bytes.u16(start + 2),
            questions: questions,
            answers: answers,
            authorities: authorities,
            additional: additional,
            extensions: extensions,
            trailer: offset..<message.upperBound
        )
    }

    /// Decodes the first message of a stream, which its length precedes; `nil` when the bytes end before it does.
    static func decodeFirst(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> DNS? {
        guard data.count >= 2 else { return nil }
        let length = Int(bytes.u16(data.lowerBound))
        guard length >= 12 else {
            throw .invalid(.dns, at: data.lowerBound, "length", expected: "at least 12", seen: length)
        }
        guard data.count >= 2 + length else { return nil }
        return try decode(bytes, data.lowerBound + 2..<data.lowerBound + 2 + length)
    }

    // MARK: - Records

    private static func readRecords(
        _ bytes: Span<UInt8>,
        _ message: Range<Int>,
        at offset: inout Int,
        count: UInt16
    ) throws(FrameDecodingError) -> [Record] {
        var records: [Record] = []
        for _ in 0..<Int(count) {
            let name = try readName(bytes, message, at: &offset)
            try bytes.require(10, of: offset..<message.upperBound, for: .dns)
            let type = bytes.u16(offset)
            let length = Int(bytes.u16(offset + 8))
            let header = offset
            offset += 10
            try bytes.require(length, of: offset..<message.upperBound, for: .dns)
            let data = offset..<offset + length
            records.append(
                Record(
                    name: name,
                    type: type,
                    class: bytes.u16(header + 2),
                    timeToLive: bytes.u32(header + 4),
                    data: data,
                    target: try readTarget(bytes, message, data, type)
                )
            )
            offset += length
        }
        return records
    }

    private static func readTarget(
        _ bytes: Span<UInt8>,
        _ message: Range<Int>,
        _ data: Range<Int>,
        _ type: UInt16
    ) throws(FrameDecodingError) -> String? {
        // How many bytes stand before the name: NS, CNAME, PTR and DNAME none, MX a preference, SRV three numbers.
        guard let skipped = [2: 0, 5: 0, 12: 0, 39: 0, 15: 2, 33: 6][type], !data.isEmpty else { return nil }
        try bytes.require(skipped + 1, of: data, for: .dns)
        var offset = data.lowerBound + skipped
        let name = try readName(bytes, message.lowerBound..<data.upperBound, at: &offset)
        guard offset == data.upperBound else {
            throw .invalid(.dns, at: offset, "record data", expected: "a name alone", seen: "more behind it")
        }
        return name
    }

    private static func readExtensions(
        _ bytes: Span<UInt8>,
        _ record: Record
    ) throws(FrameDecodingError) -> Extensions {
        var options: [UInt16] = []
        var rest = record.data
        while !rest.isEmpty {
            try bytes.require(4, of: rest, for: .dns)
            let length = 4 + Int(bytes.u16(rest.lowerBound + 2))
            try bytes.require(length, of: rest, for: .dns)
            options.append(bytes.u16(rest.lowerBound))
            rest = rest.lowerBound + length..<rest.upperBound
        }
        return Extensions(
            payloadSize: record.class,
            version: UInt8(truncatingIfNeeded: record.timeToLive >> 16),
            wantsSignatures: record.timeToLive & 0x8000 != 0,
            options: options
        )
    }

    // MARK: - Text

    func summary(as kind: Kind) -> String {
        let asked = questions.prefix(4).map(\.summary).joined(separator: ", ")
        let told = questions.isEmpty ? answers.prefix(4).map { "\(DNS.name(ofType: $0.type)) \($0.name)" } : []
        return "\(kind.rawValue) \(isResponse ? "response" : "query") " + asked + told.joined(separator: ", ")
    }

    fileprivate static func name(ofType type: UInt16) -> String {
        let types: [UInt16: String] = [
            1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 41: "OPT",
            64: "SVCB", 65: "HTTPS", 255: "ANY",
        ]
        return types[type] ?? "TYPE\(type)"
    }
}
