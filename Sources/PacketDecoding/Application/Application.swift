/// What the data of a segment or datagram says, as far as its ports promise a protocol that is decoded.
package indirect enum Application: Hashable, Sendable {
    /// The ports promise nothing that is decoded, or there is no data.
    case none
    case dhcpv4(DHCPv4)
    case dns(DNS)
    /// The ports promise a protocol that the data doesn't keep.
    case malformed(FrameDecodingError)

    static func decode(_ bytes: Span<UInt8>, _ payload: Range<Int>, udp source: UInt16, _ destination: UInt16) -> Self {
        do throws(FrameDecodingError) {
            switch (source, destination) {
            case (53, _), (_, 53): return .dns(try DNS.decode(bytes, payload))
            case (67...68, _), (_, 67...68): return .dhcpv4(try DHCPv4.decode(bytes, payload))
            default: return .none
            }
        } catch {
            return .malformed(error)
        }
    }

    static func decode(_ bytes: Span<UInt8>, _ payload: Range<Int>, tcp source: UInt16, _ destination: UInt16) -> Self {
        guard source == 53 || destination == 53, !payload.isEmpty else { return .none }
        do throws(FrameDecodingError) {
            return .dns(try DNS.decodeFirstSegment(bytes, payload))
        } catch {
            return .malformed(error)
        }
    }

    var summary: String {
        switch self {
        case .none: ""
        case .dhcpv4(let message): ", \(message.summary)"
        case .dns(let message): ", \(message.summary)"
        case .malformed(let error): ", malformed \(error.header.rawValue)"
        }
    }
}
