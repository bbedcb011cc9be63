import GuestNetwork
import HostileNetwork
import SimulatedInternet

// What a scan finds out about a victim.
extension Check {
    func scan(_ internet: SimulatedInternet) async throws -> ProbeReport {
        switch self {
        case .scanOpen:
            try await setAddress()
            // Every port but this one is closed by the kernel, which says so.
            try await shell(
                """
                mkdir /run/empty
                \(enter) busybox httpd -p 8080 -h /run/empty
                \(enter) sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts'
                """
            )
        case .scanAddressless: try await keepSilent()
        default:
            try await setAddress()
            try await keepSilent()
            // It sends, as any system does; but not because it is asked.
            try await shell("\(enter) busybox arping -c 1 -I eth0 -U -s 10.2.1.150 10.2.1.150 >/dev/null || true")
        }
        if self == .scanCutOff { try await shell("ip link set \(internet.guestPort.tap) nomaster") }
        var report = ProbeReport()
        if self == .scanLossy {
            let quality = Watched(LinkQuality(loss: 0.3))
            report.scan = try await withLinkQuality(quality, in: internet, record: Watched(LinkRecord())) {
                try await scanNow(internet)
            }
        } else {
            report.scan = try await scanNow(internet)
        }
        return report
    }

    /// Scans while the victim says something of its own accord, by which it can be found.
    private func scanNow(_ internet: SimulatedInternet) async throws -> ScanReport {
        let mayTalk = self == .scanSilent || self == .scanLossy
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if mayTalk {
                group.addTask {
                    try await shell("\(enter) busybox ping -c 20 -i 0.1 -W 1 10.2.1.1 >/dev/null || true")
                }
            }
            let report = try await scanGuest(in: internet)
            group.cancelAll()
            return report
        }
    }

    /// Makes the victim answer nothing: neither ARP nor anything above it.
    private func keepSilent() async throws {
        try await shell(
            """
            \(enter) sh -c 'echo 8 >/proc/sys/net/ipv4/conf/all/arp_ignore'
            \(enter) sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
            \(enter) nft 'table inet silence { chain input { type filter hook input priority 0; policy drop;
            ct state established accept; }; }'
            """
        )
    }
}
