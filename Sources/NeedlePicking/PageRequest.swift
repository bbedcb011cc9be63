/// What a browser asks for: one request of HTTP/1.1 (RFC 9112), as far as one page needs it.
package struct PageRequest: Hashable, Sendable {
    /// What may be done.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// A request that is none, or more than this page answers.
    package enum Refusal: Int, Error {
        case badRequest = 400
        case notFound = 404
        case methodNotAllowed = 405
        case tooLarge = 413
        case wrongMediaType = 415
        case misdirected = 421
        case headerTooLarge = 431
    }

    /// What may stand before the body, in bytes.
    static let longestHead = 16 << 10
    /// What the body may have, in bytes.
    static let longestBody = 64 << 10

    package let method: Method
    /// The path, which begins with a slash.
    package let path: String
    /// How many bytes follow the head.
    let bodyLength: Int
    /// The body.
    package internal(set) var body: [UInt8] = []

    /// Reads a head without the empty line that ends it.
    ///
    /// - Parameters:
    ///   - head: The bytes.
    ///   - host: What the browser has to call this server; a page from elsewhere calls it by another name.
    /// - Throws: A ``Refusal``.
    package init(head: [UInt8], host: String) throws(Refusal) {
        guard head.allSatisfy({ $0 < 0x7F && ($0 >= 0x20 || $0 == 0x0D || $0 == 0x0A || $0 == 0x09) }) else {
            throw .badRequest
        }
        // "\r\n" is one character.
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        guard lines.allSatisfy({ !$0.contains("\r") && !$0.contains("\n") }) else { throw .badRequest }
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1", words[1].first == "/" else { throw .badRequest }
        guard let method = Method(rawValue: String(words[0])) else { throw .methodNotAllowed }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), let first = line.first, first != " ", first != "\t" else {
                throw .badRequest
            }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            // Whoever says a thing twice means two.
            guard fields.updateValue(String(value), forKey: name) == nil else { throw .badRequest }
        }
        guard fields["host"] == host else { throw .misdirected }
        if let origin = fields["origin"], origin != "http://\(host)" { throw .misdirected }
        guard fields["transfer-encoding"] == nil else { throw .badRequest }
        self.method = method
        path = String(words[1])
        switch method {
        case .get:
            guard fields["content-length"].map({ $0 == "0" }) ?? true else { throw .badRequest }
            bodyLength = 0
        case .post:
            // No form of a page from elsewhere can send this without asking first (Fetch, CORS-safelisted values).
            guard fields["content-type"] == "application/json" else { throw .wrongMediaType }
            guard let text = fields["content-length"], text.allSatisfy(\.isWholeNumber), let length = Int(text) else {
                throw .badRequest
            }
            guard length <= Self.longestBody else { throw .tooLarge }
            bodyLength = length
        }
    }
}

/// What a page answers.
package struct PageAnswer: Hashable, Sendable {
    /// The status of HTTP.
    package var status = 200
    /// What the body is.
    package var mediaType: String
    /// The body.
    package var body: [UInt8]
    /// What scripts and styles in it have to name to run; `nil` when none may.
    package var nonce: String?

    /// Creates an answer.
    package init(_ mediaType: String, _ body: [UInt8], nonce: String? = nil) {
        self.mediaType = mediaType
        self.body = body
        self.nonce = nonce
    }

    init(_ refusal: PageRequest.Refusal) {
        self.init("text/plain; charset=utf-8", Array("\(refusal)\n".utf8))
        status = refusal.rawValue
    }

    /// The bytes on the wire.
    var bytes: [UInt8] {
        let code = nonce.map { "script-src 'nonce-\($0)'; style-src 'nonce-\($0)'; " } ?? ""
        let head = """
            HTTP/1.1 \(status) \(status == 200 ? "OK" : "Refused")\r
            Content-Type: \(mediaType)\r
            Content-Length: \(body.count)\r
            Connection: close\r
            Cache-Control: no-store\r
            X-Content-Type-Options: nosniff\r
            Referrer-Policy: no-referrer\r
            Cross-Origin-Resource-Policy: same-origin\r
            Cross-Origin-Opener-Policy: same-origin\r
            Content-Security-Policy: default-src 'none'; \(code)img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
            \r

            """
        return Array(head.utf8) + body
    }
}
