/// A message of ICMPv6 (RFC 4443), with those of neighbour and listener discovery by field.
package struct ICMPv6: Hashable, Sendable {
    package enum Message: Hashable, Sendable {
        case echoRequest(identifier: UInt16, sequence: UInt16)
        case echoReply(identifier: UInt16, sequence: UInt16)
        case neighbourDiscovery(NeighbourDiscovery)
        case multicastListener(MulticastListener)
        /// A message that is not decoded further.
        case other
    }

    package let type: UInt8
    package let code: UInt8
    package let checksum: Checksum
    package let message: Message
    /// Where everything behind the first four bytes is.
    package let payload: Range<Int>

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ pseudoHeader: Transport.PseudoHeader
    ) throws(FrameDecodingError) -> ICMPv6 {
        try bytes.require(4, of: window, for: .icmpv6)
        let start = window.lowerBound
        let body = start + 4..<window.upperBound
        let type = bytes[start]
        let message: Message
        switch type {
        case 128, 129:
            try bytes.require(4, of: body, for: .icmpv6)
            let (identifier, sequence) = (bytes.u16(start + 4), bytes.u16(start + 6))
            message =
                type == 128
                ? .echoRequest(identifier: identifier, sequence: sequence)
                : .echoReply(identifier: identifier, sequence: sequence)
        case 133...137: message = .neighbourDiscovery(try NeighbourDiscovery.decode(bytes, body, type: type))
        case 130...132, 143: message = .multicastListener(try MulticastListener.decode(bytes, body, type: type))
        default: message = .other
        }
        return ICMPv6(
            type: type,
            code: bytes[start + 1],
            checksum: InternetSum.isIntact(bytes, window, .icmpv6, pseudoHeader) ? .correct : .wrong,
            message: message,
            payload: body
        )
    }

    var summary: String {
        let name =
            switch message {
            case .echoRequest: "echo request"
            case .echoReply: "echo reply"
            case .neighbourDiscovery(let message): message.summary
            case .multicastListener(let message): message.summary
            case .other: "type \(type) code \(code)"
            }
        return name + (checksum == .wrong ? ", wrong checksum" : "")
    }
}
