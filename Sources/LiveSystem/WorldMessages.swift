import PacketDecoding
import SimulatedInternet

/// How many messages a guest sent to services that count them.
struct MessageCounts: Hashable, Sendable {
    var leases = 0
    var leases6 = 0
    var names = 0
    var time = 0
}

/// How many messages of the guest the services of its world have in their logs; `nil` where there is no such service.
package struct WorldMessages: Sendable {
    var leases: Int?
    var leases6: Int?
    var names: Int?
    var time: Int?
    var doubts: [String] = []
}

extension SimulatedInternet {
    /// How long a line of a log may take to get here.
    private static var patience: Duration { .seconds(5) }

    /// Counts what came from the guest, once as much is there as the guest sent; what is not, never comes.
    func messages(atLeast sent: MessageCounts) async -> WorldMessages {
        var messages = WorldMessages()
        let isGuest: @Sendable (IPAddress) -> Bool
        do { isGuest = try guestPort.guests() } catch { return WorldMessages(doubts: ["\(error)"]) }
        let names: @Sendable (SeenTraffic) -> Int = { seen in
            seen.queries.count { IPAddress($0.client).map(isGuest) ?? false }
        }
        let (leasesIPv6, tellsTime) = (state.leasesIPv6, state.parts.contains(.time))
        _ = try? await waitForTraffic(within: Self.patience) {
            $0.leaseMessages >= sent.leases && names($0) >= sent.names
                && (!leasesIPv6 || $0.leaseMessages6 >= sent.leases6) && (!tellsTime || $0.timeQuestions >= sent.time)
        }
        let seen = traffic
        messages.leases6 = leasesIPv6 ? seen.leaseMessages6 : nil
        messages.time = tellsTime ? seen.timeQuestions : nil
        (messages.leases, messages.names) = (seen.leaseMessages, names(seen))
        if seen.unreadable > 0 { messages.doubts.append("\(seen.unreadable) lines of logs could not be read.") }
        if seen.dropped > 0 { messages.doubts.append("\(seen.dropped) records of services were not kept.") }
        return messages
    }
}

extension GuestPort {
    /// Tells addresses that only a guest can have.
    ///
    /// - Throws: ``PlanMismatch``.
    func guests() throws(PlanMismatch) -> @Sendable (IPAddress) -> Bool {
        guard let subnet = IPv4Subnet(subnet), let gateway = IPAddress(gateway) else { throw PlanMismatch(port: self) }
        let prefix = prefix6.flatMap { $0.split(separator: "/").first }.flatMap { IPv6Address($0) }
        let gateway6 = gateway6.flatMap { IPAddress($0) }
        return { address in
            guard address != gateway, address != gateway6 else { return false }
            switch address {
            case .v4(let address): return subnet.contains(address)
            case .v6(let address): return address.isLinkLocal || prefix?.high == address.high
            }
        }
    }
}
