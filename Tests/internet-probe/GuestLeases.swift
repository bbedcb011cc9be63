import GuestNetwork
import SimulatedInternet

/// Asks for an address by DHCPv6 (RFC 8415), as a client that takes the first one it is offered.
func checkLeases6(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    try await shell("until \(enter) ip -6 addr show dev eth0 scope global | grep -q inet6; do sleep 0.1; done")
    report.seen["slaac"] = try await shell("\(enter) ip -6 -oneline addr show dev eth0 scope global")
    try await solicit(internet)
}

/// Asks for an address by DHCPv6, and waits until it is given.
func solicit(_ internet: SimulatedInternet) async throws {
    // A solicitation (1) with a client identifier made of a UUID, rapid commit, and an address wanted.
    let identifier: [UInt8] = [0, 1, 0, 18, 0, 4] + (1...16).map { $0 | 0x80 }
    let association: [UInt8] = [0, 3, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    let solicitation = [1, 0x12, 0x34, 0x56] + identifier + [0, 14, 0, 0] + association
    let path = "/dev/udp/ff02::1:2%eth0/547"
    try await shell("\(enter) bash -c '\(speak(solicitation, to: path, answer: 0))'")
    try await internet.waitForTraffic(within: .seconds(10)) { !$0.leases6.isEmpty }
}
