import PacketDecoding

/// A message of web service discovery (WS-Discovery 1.1): a search for devices, or what one says of itself.
///
/// It is an XML document, of which only the act is read: what a rule has to know is that such a message was sent.
package struct WebServiceDiscovery: Hashable, Sendable {
    /// The act's last word, such as `Probe`, `Hello` or `Resolve`.
    package let act: String

    /// What every act's name follows, in version 1.1 and in the one before it.
    private static let namespaces = ["/discovery/2009/01/", "/2005/04/discovery/"]
    private static let longestAct = 32

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> WebServiceDiscovery {
        guard let start = find(bytes, message) else {
            throw .invalid(
                .webServiceDiscovery,
                at: message.lowerBound,
                "document",
                expected: "an act of discovery",
                seen: "none"
            )
        }
        var end = start
        while end < message.upperBound, end - start < longestAct, isLetter(bytes[end]) { end += 1 }
        return WebServiceDiscovery(act: bytes.text(start..<end))
    }

    /// Where the act's last word begins: it follows the namespace, which the document also names without an act.
    private static func find(_ bytes: Span<UInt8>, _ message: Range<Int>) -> Int? {
        for offset in message where bytes[offset] == UInt8(ascii: "/") {
            for namespace in namespaces where bytes.begins(with: namespace, at: offset..<message.upperBound) {
                let word = offset + namespace.utf8.count
                if word < message.upperBound, isLetter(bytes[word]) { return word }
            }
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xdf)
    }

    var summary: String { "WS-Discovery \(act)" }
}
