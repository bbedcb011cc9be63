package import FoundationEssentials

/// A request that reached the simulated web.
package struct WebRequest: Hashable, Sendable, Codable {
    /// When the answer was complete.
    package let time: Date
    /// Who asked: an exit's address, or the guest's own when it leaked.
    package let client: String
    /// The method, or an empty text when the request could not be read.
    package let method: String
    /// The path and query as they were asked for.
    package let path: String
    /// The `Host` header.
    package let host: String
    /// The `User-Agent` header.
    package let agent: String
    /// The status that was answered.
    package let status: Int
}

extension WebRequest {
    /// What the web server writes for each request: one line of JSON.
    static let logFormat =
        #"{"time":$msec,"client":"$remote_addr","method":"$request_method","path":"$request_uri","#
        + #""host":"$http_host","agent":"$http_user_agent","status":$status}"#

    private struct Line: Decodable {
        let time: Double
        let client: String
        let method: String
        let path: String
        let host: String
        let agent: String
        let status: Int
    }

    /// Reads a line of the access log, or returns `nil` when it is not exactly what the server writes.
    package init?(line: String) {
        guard let read = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), let client = IPText(read.client)
        else {
            return nil
        }
        self.init(
            time: Date(timeIntervalSince1970: read.time),
            client: client.description,
            method: read.method,
            path: read.path,
            host: read.host,
            agent: read.agent,
            status: read.status
        )
    }

    /// Whether a line of the server's output is meant to be a request, and not a message of the server.
    static func isRequest(_ line: String) -> Bool { line.hasPrefix(#"{"time":"#) }
}
