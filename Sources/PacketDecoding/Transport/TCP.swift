/// The header of a TCP segment (RFC 9293).
package struct TCP: Hashable, Sendable {
    /// The control bits, as they stand in the header.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let fin = Flags(rawValue: 0x01)
        package static let syn = Flags(rawValue: 0x02)
        package static let rst = Flags(rawValue: 0x04)
        package static let psh = Flags(rawValue: 0x08)
        package static let ack = Flags(rawValue: 0x10)
        package static let urg = Flags(rawValue: 0x20)
        package static let ece = Flags(rawValue: 0x40)
        package static let cwr = Flags(rawValue: 0x80)
    }

    package let sourcePort: UInt16
    package let destinationPort: UInt16
    package let sequence: UInt32
    package let acknowledgement: UInt32
    package let flags: Flags
    /// The four bits that must be zero.
    package let reserved: UInt8
    package let window: UInt16
    package let urgentPointer: UInt16
    package let checksum: Checksum
    package let options: TCPOptions
    /// Where the data is.
    package let payload: Range<Int>

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ pseudoHeader: Transport.PseudoHeader
    ) throws(FrameDecodingError) -> TCP {
        try bytes.require(20, of: window, for: .tcp)
        let start = window.lowerBound
        let headerLength = Int(bytes[start + 12] >> 4) * 4
        guard headerLength >= 20 else {
            throw .invalid(.tcp, at: start + 12, "data offset", expected: "at least 20", seen: headerLength)
        }
        try bytes.require(headerLength, of: window, for: .tcp)
        let payload = start + headerLength..<window.upperBound
        return TCP(
            sourcePort: bytes.u16(start),
            destinationPort: bytes.u16(start + 2),
            sequence: bytes.u32(start + 4),
            acknowledgement: bytes.u32(start + 8),
            flags: Flags(rawValue: bytes[start + 13]),
            reserved: bytes[start + 12] & 0xf,
            window: bytes.u16(start + 14),
            urgentPointer: bytes.u16(start + 18),
            checksum: InternetSum.isIntact(bytes, window, .tcp, pseudoHeader) ? .correct : .wrong,
            options: try TCPOptions.decode(bytes, start + 20..<payload.lowerBound),
            payload: payload
        )
    }

    func summary(saying application: String) -> String {
        let names: [(Flags, String)] = [
            (.syn, "SYN"), (.fin, "FIN"), (.rst, "RST"), (.psh, "PSH"), (.ack, "ACK"), (.urg, "URG"),
        ]
        let set = names.filter { flags.contains($0.0) }.map(\.1).joined(separator: " ")
        return (set.isEmpty ? ", no flags" : ", \(set)")
            + (payload.isEmpty ? "" : ", \(payload.count) bytes")
            + (application.isEmpty ? "" : ", \(application)")
            + (checksum == .wrong ? ", wrong checksum" : "")
    }
}

// MARK: - Options

/// The options of a TCP header by field.
package struct TCPOptions: Hashable, Sendable {
    package private(set) var maximumSegmentSize: UInt16?
    package private(set) var windowScale: UInt8?
    package private(set) var permitsSelectiveAcknowledgement = false
    /// How many blocks the receiver says it has.
    package private(set) var selectiveAcknowledgements: UInt8 = 0
    /// The sender's clock, and the peer's that it echoes.
    package private(set) var timestamp: UInt32?
    package private(set) var timestampEcho: UInt32?
    /// The kinds of the first other options, such as fast open (34) or experiments (253, 254).
    package private(set) var otherKinds = NumberList()
    /// Whether there is anything but zeros behind the end of the list.
    package private(set) var hasHiddenBytes = false

    static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(FrameDecodingError) -> TCPOptions {
        var options = TCPOptions()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let kind = bytes[offset]
            if kind == 0 {
                options.hasHiddenBytes = !bytes.isZero(offset..<range.upperBound)
                break
            }
            if kind == 1 {
                offset += 1
                continue
            }
            try bytes.require(2, of: offset..<range.upperBound, for: .tcp)
            let length = Int(bytes[offset + 1])
            guard length >= 2 else {
                throw .invalid(.tcp, at: offset + 1, "option length", expected: "at least 2", seen: length)
            }
            try bytes.require(length, of: offset..<range.upperBound, for: .tcp)
            switch (kind, length) {
            case (2, 4): options.maximumSegmentSize = bytes.u16(offset + 2)
            case (3, 3): options.windowScale = bytes[offset + 2]
            case (4, 2): options.permitsSelectiveAcknowledgement = true
            case (5, 10), (5, 18), (5, 26), (5, 34): options.selectiveAcknowledgements = UInt8((length - 2) / 8)
            case (8, 10):
                options.timestamp = bytes.u32(offset + 2)
                options.timestampEcho = bytes.u32(offset + 6)
            case (2, _), (3, _), (4, _), (5, _), (8, _):
                throw .invalid(
                    .tcp,
                    at: offset + 1,
                    "option length",
                    expected: "that of option \(kind)",
                    seen: length
                )
            default: options.otherKinds.append(kind)
            }
            offset += length
        }
        return options
    }
}
