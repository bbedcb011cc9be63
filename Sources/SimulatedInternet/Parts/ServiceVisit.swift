package import FoundationEssentials

/// Somebody who used a part of the simulated internet.
package struct ServiceVisit: Hashable, Sendable, Codable {
    /// When it was told.
    package let time: Date
    /// Which part was used.
    package let part: InternetPart
    /// Who used it: an exit's address, or the guest's own when it leaked.
    package let client: String
    /// What was asked for, in the service's words; may be empty.
    package let what: String
}

/// What a line of a service's output says of its visitors.
///
/// Some of what it says comes from the guest, so the shape is checked strictly.
package enum ServiceLogLine: Hashable, Sendable {
    /// Somebody came, and perhaps said what for.
    case visit(client: String, what: String)
    /// Is about a visitor, and is not understood.
    case unreadable
    /// About something else.
    case other

    /// Reads a line of a part's output.
    package init(_ line: String, of part: InternetPart) {
        switch part {
        case .updates, .portal: self = Self.web(line)
        case .mail: self = Self.mail(line)
        case .git: self = Self.git(line)
        case .ssh: self = Self.ssh(line)
        case .sinkhole, .time: self = .other
        }
    }

    private static func web(_ line: String) -> Self {
        guard WebRequest.isRequest(line) else { return .other }
        guard let request = WebRequest(line: line) else { return .unreadable }
        return .visit(client: request.client, what: "\(request.method) \(request.path)")
    }

    /// `INFO:mail.log:Peer: ('198.51.100.61', 40312)` of aiosmtpd, and dovecot's `Login: user=<NAME>, … rip=ADDRESS, …`.
    private static func mail(_ line: String) -> Self {
        if let start = line.firstRange(of: "INFO:mail.log:Peer: ('"), start.lowerBound == line.startIndex {
            return visit(line[start.upperBound...].prefix { $0 != "'" }, "SMTP")
        }
        guard let start = line.firstRange(of: "imap-login: Info: Login: user=<") else { return .other }
        // The address is dovecot's own; the name before it is the client's, who may have put anything into it.
        let fields = line[start.upperBound...].split(separator: ", ")
        let addresses = fields.filter { $0.hasPrefix("rip=") }
        guard addresses.count == 1, let address = addresses.first else { return .unreadable }
        return visit(address.dropFirst("rip=".count), "IMAP")
    }

    /// `[PID] Connection from ADDRESS:PORT` of git-daemon(1).
    private static func git(_ line: String) -> Self {
        guard line.hasPrefix("["), let start = line.firstRange(of: "] Connection from "),
            Int(line[line.index(after: line.startIndex)..<start.lowerBound]) != nil
        else { return .other }
        return visit(withoutPort(line[start.upperBound...]), "git")
    }

    /// `[PID] DATE Pubkey auth succeeded for 'NAME' with ssh-ed25519 key … from ADDRESS:PORT` of dropbear(8).
    private static func ssh(_ line: String) -> Self {
        guard line.hasPrefix("["), line.contains(" Pubkey auth succeeded for "),
            let from = line.ranges(of: " from ").last
        else { return .other }
        return visit(withoutPort(line[from.upperBound...]), "ssh")
    }

    private static func withoutPort(_ text: Substring) -> Substring {
        guard let colon = text.lastIndex(of: ":"), UInt16(text[text.index(after: colon)...]) != nil else { return "" }
        return text[..<colon]
    }

    private static func visit(_ address: some StringProtocol, _ what: String) -> Self {
        guard let client = IPText(String(address)) else { return .unreadable }
        return .visit(client: client.description, what: what)
    }
}
