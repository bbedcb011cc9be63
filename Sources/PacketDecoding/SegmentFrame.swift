/// A TCP segment in an IPv4 packet in an Ethernet frame, with nothing in between: what nearly every frame is.
///
/// Unlike a ``DecodedFrame`` it holds no references, so that a judge of millions of frames a second neither copies nor
/// counts any. It is made of the same decoders; every other frame is left to ``decode(_:as:)``.
package struct SegmentFrame: Hashable, Sendable {
    /// The station that claims to have sent it.
    package let source: MACAddress
    /// The station or group it is for.
    package let destination: MACAddress
    package let packet: IPv4Header
    package let segment: TCP
    /// Whether there is nothing but zeros behind the packet.
    package let trailerIsZero: Bool

    /// Whether the bytes begin as such a frame does: its type is IPv4, and the packet a whole one that carries TCP.
    @inlinable
    package static func mayBe(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 34 && bytes.u16(12) == 0x0800 && bytes[23] == 6 && bytes.u16(20) & 0x3fff == 0
    }

    /// Decodes what may be such a frame.
    ///
    /// - Throws: What a network or transport header required and what was there.
    package init(_ bytes: Span<UInt8>) throws(FrameDecodingError) {
        (source, destination) = (bytes.mac(6), bytes.mac(0))
        packet = try IPv4Header(bytes, Ethernet.headerLength..<bytes.count)
        let payload = packet.payload
        do throws(FrameDecodingError) {
            segment = try TCP.decode(bytes, payload, packet.pseudoHeader)
        } catch {
            throw error.inside(packet)
        }
        trailerIsZero = bytes.isZero(payload.upperBound..<bytes.count)
    }
}
