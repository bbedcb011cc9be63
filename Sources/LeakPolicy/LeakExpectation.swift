package import PacketDecoding

/// The leak that an anti-test provokes on purpose, to prove that it is seen.
///
/// It covers what is part and parcel of such a leak, and nothing else: a frame that shows a real hardware address,
/// breaks a rule or can't be decoded is never expected, unless anything is.
package struct LeakExpectation: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Every segment to the endpoint.
        case tcp
        /// Segments to where only TLS may go, and that are none; the policy allows the rest of the connection.
        case plainTCP = "tcp-without-tls"
        case udp
        /// Datagrams to port 53 that are DNS queries.
        case dnsUDP = "dns-udp"
        /// Every segment to port 53.
        case dnsTCP = "dns-tcp"
        case icmp
        /// Every IPv6 frame to the destination, and the neighbour and listener discovery that goes with it.
        case ipv6
        case any
    }

    package let kind: Kind
    /// The only destination, or `nil` when any will do.
    package let destination: IPAddress?
    /// The only port, or `nil` when any will do.
    package let port: UInt16?
    /// Whether it is traffic that the policy allows in other phases than the guest's, and not traffic that it never allows.
    package let isOutOfPhase: Bool

    /// Creates an expectation; without a destination or port any is expected.
    package init(_ kind: Kind, to destination: IPAddress? = nil, port: UInt16? = nil, isOutOfPhase: Bool = false) {
        self.kind = kind
        self.destination = destination
        self.port = port
        self.isOutOfPhase = isOutOfPhase
    }

    /// Whether the finding is the expected leak or a part of it.
    package func matches(_ finding: LeakFinding) -> Bool {
        let flow = finding.flow
        if kind == .any { return reachesDestination(flow) }
        if kind == .plainTCP {
            // The rule is about such connections, and wants them to be TLS.
            return [.tcpOpening, .tcpRecords].contains(finding.check) && reachesDestination(flow)
        }
        guard isOutOfPhase ? finding.check == .phase : finding.kind == .notAllowed else { return false }
        switch kind {
        case .tcp: return flow.protocol == .tcp && reachesDestination(flow)
        case .udp: return flow.protocol == .udp && reachesDestination(flow)
        case .dnsUDP:
            return flow.protocol == .udp && flow.destination.port == 53 && finding.isDNS && reachesDestination(flow)
        case .dnsTCP: return flow.protocol == .tcp && flow.destination.port == 53 && reachesDestination(flow)
        case .icmp: return flow.protocol == .icmp && reachesDestination(flow)
        case .ipv6:
            guard case .v6? = flow.destination.address else { return false }
            return flow.protocol == .neighbourDiscovery || flow.protocol == .multicastListener
                || reachesDestination(flow)
        case .any, .plainTCP: return true
        }
    }

    private func reachesDestination(_ flow: Flow) -> Bool {
        (destination == nil || flow.destination.address == destination)
            && (port == nil || flow.destination.port == port)
    }
}

extension LeakExpectation: CustomStringConvertible {
    package var description: String {
        kind.rawValue + (destination.map { " to \($0)" } ?? "") + (port.map { " port \($0)" } ?? "")
            + (isOutOfPhase ? " in a wrong phase" : "")
    }
}
