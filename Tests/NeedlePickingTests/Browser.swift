import Glibc

/// What a browser does, without one: a connection for each request.
struct Browser: Sendable {
    let port: UInt16
    /// The path of the page.
    let path: String

    init?(address: String) {
        let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count == 3, parts[0] == "http:", let colon = parts[1].lastIndex(of: ":"),
            let port = UInt16(parts[1][parts[1].index(after: colon)...])
        else { return nil }
        self.port = port
        path = "/" + parts[2]
    }

    var host: String { "127.0.0.1:\(port)" }

    /// Connects, and says nothing; `nil` when nobody listens.
    func connected() -> Int32? {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let status = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status == 0 { return connection }
        close(connection)
        return nil
    }

    /// Sends bytes as they are, and returns all that comes back; `nil` when nobody listens.
    func exchange(_ bytes: [UInt8]) -> [UInt8]? {
        guard let connection = connected() else { return nil }
        defer { close(connection) }
        _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8 << 10)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return answer }
            answer += buffer[..<count]
        }
    }

    func get(_ name: String) -> Reply? {
        exchange(Array("GET \(path)\(name) HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)).map(Reply.init)
    }

    func post(_ name: String, _ body: String, type: String = "application/json", host: String? = nil) -> Reply? {
        let head = """
            POST \(path)\(name) HTTP/1.1\r
            Host: \(host ?? self.host)\r
            Content-Type: \(type)\r
            Content-Length: \(body.utf8.count)\r
            \r

            """
        return exchange(Array((head + body).utf8)).map(Reply.init)
    }

    struct Reply: Sendable {
        let status: Int
        let head: String
        let body: [UInt8]

        init(_ bytes: [UInt8]) {
            let end = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) } ?? bytes.endIndex
            head = String(decoding: bytes[..<end], as: UTF8.self)
            body = Array(bytes[end...].dropFirst(4))
            status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }
}
