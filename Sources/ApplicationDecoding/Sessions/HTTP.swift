import PacketDecoding

/// The first line of a request in clear (RFC 9112) and the host it is for, or of a response.
package struct HTTP: Hashable, Sendable {
    package enum Start: Hashable, Sendable {
        case request(method: String, target: String)
        case response(status: UInt16)
    }

    package let start: Start
    /// The value of the Host field, if it stands in the bytes that are there.
    package let host: String?
    package let userAgent: String?

    private static let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PRI",
    ]
    /// Longer lines are no request that a browser sends.
    private static let longestLine = 16_384

    /// Whether the data begins with a method or a version, so that only HTTP can be meant.
    static func isLikely(_ bytes: Span<UInt8>, _ data: Range<Int>) -> Bool {
        bytes.begins(with: "HTTP/1.", at: data) || methods.contains { bytes.begins(with: "\($0) ", at: data) }
    }

    /// Returns `nil` when the bytes end within the first line.
    static func decode(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> HTTP? {
        guard let line = bytes.line(in: data) else {
            guard data.count <= longestLine else {
                throw .invalid(
                    .http,
                    at: data.lowerBound,
                    "first line",
                    expected: "at most \(longestLine) bytes",
                    seen: "more"
                )
            }
            return nil
        }
        let words = bytes.text(line.content).split(separator: " ", omittingEmptySubsequences: false)
        let start: Start
        if bytes.begins(with: "HTTP/1.", at: data) {
            guard words.count >= 2, words[1].utf8.count == 3, let status = UInt16(words[1]) else {
                throw .invalid(.http, at: data.lowerBound, "status", expected: "three digits", seen: "something else")
            }
            start = .response(status: status)
        } else {
            guard words.count == 3, words[2].hasPrefix("HTTP/") else {
                throw .invalid(
                    .http,
                    at: data.lowerBound,
                    "request",
                    expected: "a method, a target and a version",
                    seen: "\(words.count) words"
                )
            }
            start = .request(method: String(words[0]), target: String(words[1]))
        }
        let fields = HeaderFields(bytes, line.end..<data.upperBound)
        return HTTP(start: start, host: fields["host"], userAgent: fields["user-agent"])
    }

    var summary: String {
        switch start {
        case .request(let method, let target):
            "HTTP \(method) \(printable(target))" + (host.map { " at \(printable($0))" } ?? "")
        case .response(let status): "HTTP response \(status)"
        }
    }
}

/// The fields that follow the first line of HTTP and its like, names in lower case; a bounded number of them.
struct HeaderFields {
    private var fields: [(name: String, value: String)] = []

    private static let mostFields = 64

    init(_ bytes: Span<UInt8>, _ data: Range<Int>) {
        var rest = data
        while fields.count < Self.mostFields, let line = bytes.line(in: rest), !line.content.isEmpty {
            let text = bytes.text(line.content)
            if let colon = text.firstIndex(of: ":") {
                let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                fields.append((text[..<colon].lowercased(), String(value)))
            }
            rest = line.end..<data.upperBound
        }
    }

    subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

// MARK: - Lines of text

extension Span<UInt8> {
    func begins(with text: String, at data: Range<Int>) -> Bool {
        var offset = data.lowerBound
        for byte in text.utf8 {
            guard offset < data.upperBound, self[offset] == byte else { return false }
            offset += 1
        }
        return true
    }

    /// The first line, without its end, and where the next begins; `nil` when no line ends there.
    func line(in data: Range<Int>) -> (content: Range<Int>, end: Int)? {
        var offset = data.lowerBound
        while offset < data.upperBound, self[offset] != 0x0a { offset += 1 }
        guard offset < data.upperBound else { return nil }
        let hasReturn = offset > data.lowerBound && self[offset - 1] == 0x0d
        return (data.lowerBound..<(hasReturn ? offset - 1 : offset), offset + 1)
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: copy(range), as: UTF8.self)
    }
}
