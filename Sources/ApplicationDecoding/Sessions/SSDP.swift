import PacketDecoding

/// A message of simple service discovery (UPnP device architecture): a search, or what a device says of itself.
package struct SSDP: Hashable, Sendable {
    /// M-SEARCH, NOTIFY, or HTTP/1.1 for an answer.
    package let method: String
    /// What is searched for or told of.
    package let target: String?
    /// What the sender says that it runs.
    package let agent: String?

    private static let methods = ["M-SEARCH", "NOTIFY", "HTTP/1.1", "SUBSCRIBE"]

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> SSDP {
        guard let method = methods.first(where: { bytes.begins(with: "\($0) ", at: message) }),
            let line = bytes.line(in: message)
        else {
            throw .invalid(
                .ssdp,
                at: message.lowerBound,
                "first line",
                expected: "M-SEARCH, NOTIFY or HTTP/1.1",
                seen: "something else"
            )
        }
        let fields = HeaderFields(bytes, line.end..<message.upperBound)
        return SSDP(
            method: method,
            target: fields["st"] ?? fields["nt"],
            agent: fields["user-agent"] ?? fields["server"]
        )
    }

    var summary: String { "SSDP \(method)" + (target.map { " \(printable($0))" } ?? "") }
}
