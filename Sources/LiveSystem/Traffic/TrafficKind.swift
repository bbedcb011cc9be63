public import Diagnostics
import Foundation
import PacketDecoding
public import StepDefinitions

/// A kind of traffic that a program can try to send past Tor, by the name that features use.
public enum TrafficKind: String, Sendable, CaseIterable, StepArgument {
    case tcp = "TCP"
    /// To where only TLS may go.
    case plainTCP = "TCP without TLS"
    case udp = "UDP"
    case tcpDNS = "TCP DNS"
    case udpDNS = "UDP DNS"
    case ntp = "NTP"
    case icmp = "ICMP"
    case ipv6 = "IPv6"

    /// The shell command by which a program in the guest sends it, or tries to.
    ///
    /// Uses what every system has: `bash` with its network redirections, and `ping`. The destination is an address
    /// that was parsed, never text.
    public func command(to destination: Destination) -> String {
        let address = destination.address
        let port = destination.port ?? 0
        return switch self {
        case .tcp, .plainTCP: Self.talk("tcp", address, port, Data("GET / HTTP/1.0\r\n\r\n".utf8))
        case .udp: Self.talk("udp", address, port, Data("Assay".utf8))
        case .udpDNS: Self.talk("udp", address, port, Self.query)
        case .ntp: Self.talk("udp", address, port, Data([0x23]) + Data(count: 47))
        case .tcpDNS: Self.talk("tcp", address, port, Data([0, UInt8(Self.query.count)]) + Self.query)
        case .icmp: "ping -n -c 1 -W 2 \(address)"
        case .ipv6: "ping -6 -n -c 1 -W 2 \(address)"
        }
    }

    /// The shell command by which a program in the guest connects, and then does nothing for a while.
    public static func connection(to destination: Destination) -> String {
        let script = "exec 3<>/dev/tcp/\(destination.address)/\(destination.port ?? 0) && exec sleep 60"
        return "setsid bash -c '\(script)' >/dev/null 2>&1 </dev/null &"
    }

    /// Whether a line of the kernel's log tells of such a packet to a destination (nf_log_syslog's format).
    public func isDrop(_ line: String, to destination: Destination) -> Bool {
        let fields = Dictionary(
            line.split(separator: " ").compactMap { field -> (Substring, Substring)? in
                let parts = field.split(separator: "=", maxSplits: 1)
                return parts.count == 2 ? (parts[0], parts[1]) : nil
            },
            uniquingKeysWith: { first, _ in first }
        )
        guard let host = fields["DST"].flatMap({ IPAddress(String($0)) }) else { return false }
        let port = fields["DPT"].flatMap { UInt16($0) }
        switch self {
        case .tcp, .plainTCP, .tcpDNS:
            return fields["PROTO"] == "TCP" && host == destination.host && port == destination.port
        case .udp, .udpDNS, .ntp:
            return fields["PROTO"] == "UDP" && host == destination.host && port == destination.port
        case .icmp: return fields["PROTO"] == "ICMP" && host == destination.host
        case .ipv6: return host == destination.host
        }
    }

    private static func talk(_ transport: String, _ address: String, _ port: UInt16, _ bytes: Data) -> String {
        let script = """
            exec 3<>/dev/\(transport)/\(address)/\(port) || exit 1; \
            printf %s \(bytes.base64EncodedString()) | base64 -d >&3; timeout 2 head -c 1 <&3 >/dev/null
            """
        return "timeout 10 bash -c '\(script)'"
    }

    /// A DNS query for the address of web.test (RFC 1035, 4.1).
    private static let query = Data(
        [0x41, 0x53, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 3] + Array("web".utf8) + [4] + Array("test".utf8)
            + [0, 0, 1, 0, 1]
    )
}

/// An address, with a port where the traffic has one.
public struct Destination: Hashable, Sendable, CustomStringConvertible {
    /// The port.
    public let port: UInt16?
    let host: IPAddress

    /// The address in its usual form.
    public var address: String { host.description }

    /// Reads `ADDRESS` or `ADDRESS:PORT`, as the kind of traffic needs it.
    ///
    /// - Throws: ``DestinationError`` when it is no address, or the port is missing or too much.
    public init(_ text: String, for kind: TrafficKind) throws(DestinationError) {
        switch kind {
        case .tcp, .plainTCP, .udp, .tcpDNS, .udpDNS, .ntp:
            guard let endpoint = Endpoint(text), case .v4 = endpoint.address, endpoint.port > 0 else {
                throw DestinationError(text: text, needed: "an IPv4 address with a port, such as 203.0.113.80:80")
            }
            (host, port) = (endpoint.address, endpoint.port)
        case .icmp:
            guard let address = IPv4Address(text) else {
                throw DestinationError(text: text, needed: "an IPv4 address, such as 203.0.113.80")
            }
            (host, port) = (.v4(address), nil)
        case .ipv6:
            guard let address = IPv6Address(text) else {
                throw DestinationError(text: text, needed: "an IPv6 address, such as 2001:db8::1")
            }
            (host, port) = (.v6(address), nil)
        }
    }

    /// The address, and the port behind a colon.
    public var description: String { port.map { "\(address):\($0)" } ?? address }
}

/// A destination in a feature that is not written as its traffic needs it.
public struct DestinationError: ExplainedError, Equatable {
    let text: String
    let needed: String

    public var blame: Blame { .testAuthor }
    public var summary: String { "The step needs \(needed), and says \(text.debugDescription)." }
}
