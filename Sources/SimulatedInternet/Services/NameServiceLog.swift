package import FoundationEssentials

/// A name that somebody asked a resolver of the simulated internet for.
package struct NameQuery: Hashable, Sendable, Codable {
    /// When the question arrived.
    package let time: Date
    /// Who asked: an exit's address, or one of the guest's.
    package let client: String
    /// The name as it was asked for, or `nil` when it has unprintable characters.
    package let name: String?
    /// The record type, such as `AAAA`.
    package let type: String
}

/// A lease that the guest was given.
package struct AddressLease: Hashable, Sendable, Codable {
    /// When it was given or renewed.
    package let time: Date
    /// The address.
    package let address: String
    /// The link address of the client, as DHCP says it.
    package let linkAddress: String
    /// The host name that the client told, if it did.
    package let hostName: String?
}

/// An IPv6 address that the guest was given by DHCPv6.
package struct AddressLease6: Hashable, Sendable, Codable {
    /// When it was given or renewed.
    package let time: Date
    /// The address.
    package let address: String
    /// The bytes by which the client names itself (DUID, RFC 8415), as pairs of hexadecimal digits between colons.
    package let clientIdentifier: String
    /// The host name that the client told, if it did.
    package let hostName: String?
}

/// What a line of dnsmasq's log says.
///
/// Names in it come from the guest, so the shape is checked strictly.
package enum NameServiceEvent: Hashable, Sendable {
    /// The service listens on its ports.
    case started
    case query(NameQuery)
    case lease(AddressLease)
    case lease6(AddressLease6)
    /// A client of DHCPv4 said something to the server.
    case leaseMessage
    /// The same of DHCPv6.
    case leaseMessage6
    /// Looks like a query or a lease, and is not understood.
    case unreadable
    /// About something else.
    case other

    /// Reads a line that arrived at a time.
    package init(line: String, time: Date) {
        guard let colon = line.firstRange(of: "]: ") else { self = .other; return }
        let origin = line[..<colon.lowerBound]
        let text = line[colon.upperBound...]
        if origin.hasPrefix("dnsmasq[") {
            self = Self.nameEvent(text, time: time)
        } else if origin.hasPrefix("dnsmasq-dhcp[") {
            self = Self.leaseEvent(text, time: time)
        } else {
            self = .other
        }
    }

    // MARK: - Shapes

    // `SERIAL ADDRESS/PORT query[TYPE] NAME from ADDRESS`
    private static func nameEvent(_ text: Substring, time: Date) -> Self {
        if text.hasPrefix("started, version ") { return .started }
        let fields = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4, Int(fields[0]) != nil, fields[2].hasPrefix("query[") else { return .other }
        guard let slash = fields[1].lastIndex(of: "/"), let client = IPText(String(fields[1][..<slash])),
            UInt16(fields[1][fields[1].index(after: slash)...]) != nil,
            fields[2].hasSuffix("]")
        else { return .unreadable }
        let type = fields[2].dropFirst("query[".count).dropLast()
        // A type that dnsmasq does not know is written as `type=65`.
        guard !type.isEmpty, type.utf8.allSatisfy({ isLetterOrDigit($0) || "=-".utf8.contains($0) }) else {
            return .unreadable
        }
        // A name may hold blanks, and even " from "; the address at the end is dnsmasq's own.
        let ending = " from \(fields[1][..<slash])"
        guard fields[3].hasSuffix(ending) else { return .unreadable }
        let name = String(fields[3].dropLast(ending.count))
        guard name.utf8.count <= 1024 else { return .unreadable }
        let isPrintable = name != "<name unprintable>"
        return .query(
            NameQuery(time: time, client: client.description, name: isPrintable ? name : nil, type: String(type))
        )
    }

    private static let messagesOfClients = [
        "DHCPDISCOVER(", "DHCPREQUEST(", "DHCPDECLINE(", "DHCPRELEASE(", "DHCPINFORM(",
    ]
    private static let messagesOfClients6 = [
        "DHCPSOLICIT(", "DHCPREQUEST(", "DHCPCONFIRM(", "DHCPRENEW(", "DHCPREBIND(", "DHCPRELEASE(", "DHCPDECLINE(",
        "DHCPINFORMATION-REQUEST(",
    ]

    // `TRANSACTION DHCPACK(INTERFACE) ADDRESS LINK-ADDRESS [HOSTNAME]`
    private static func leaseEvent(_ text: Substring, time: Date) -> Self {
        let fields = text.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count >= 2 else { return .other }
        if fields.count >= 3, Int(fields[0]) != nil, !isMessage6(fields),
            Self.messagesOfClients.contains(where: fields[1].hasPrefix)
        {
            return .leaseMessage
        }
        if isMessage6(fields) { return .leaseMessage6 }
        if fields[1].hasPrefix("DHCPREPLY(") { return lease6Event(fields, time: time) }
        guard fields[1].hasPrefix("DHCPACK(") else { return .other }
        guard (4...5).contains(fields.count), fields[1].hasSuffix(")"), Int(fields[0]) != nil,
            let address = IPText(String(fields[2])), isLinkAddress(fields[3])
        else { return .unreadable }
        let name = fields.count == 5 ? String(fields[4]) : nil
        return .lease(
            AddressLease(time: time, address: address.description, linkAddress: String(fields[3]), hostName: name)
        )
    }

    // `TRANSACTION TYPE(INTERFACE) [ADDRESS] IDENTIFIER …`. An identifier that is as long as a link address, which no
    // type of them is (RFC 8415, section 11), is taken for one of DHCPv4: there are then more of those than were sent.
    private static func isMessage6(_ fields: [Substring]) -> Bool {
        guard fields.count >= 3, Int(fields[0]) != nil, messagesOfClients6.contains(where: fields[1].hasPrefix) else {
            return false
        }
        let hasAddress = fields.count >= 4 && IPText(String(fields[2]))?.isIPv6 == true
        let identifier = fields[hasAddress ? 3 : 2]
        return isClientIdentifier(identifier) && !isLinkAddress(identifier)
    }

    // `TRANSACTION DHCPREPLY(INTERFACE) ADDRESS IDENTIFIER [HOSTNAME]`; without an address it is about something else.
    private static func lease6Event(_ fields: [Substring], time: Date) -> Self {
        guard fields.count >= 4, isClientIdentifier(fields[3]) else { return .other }
        guard (4...5).contains(fields.count), fields[1].hasSuffix(")"), Int(fields[0]) != nil,
            let address = IPText(String(fields[2])), address.isIPv6
        else { return .unreadable }
        let name = fields.count == 5 && !fields[4].isEmpty ? String(fields[4]) : nil
        return .lease6(
            AddressLease6(
                time: time,
                address: address.description,
                clientIdentifier: String(fields[3]),
                hostName: name
            )
        )
    }

    private static func isClientIdentifier(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return (3...130).contains(parts.count) && parts.allSatisfy { $0.utf8.count == 2 && $0.allSatisfy(\.isHexDigit) }
    }

    private static func isLinkAddress(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 6 && parts.allSatisfy { $0.utf8.count == 2 && $0.allSatisfy(\.isHexDigit) }
    }
}
