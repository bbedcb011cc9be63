import FoundationEssentials
import GuestNetwork
import SimulatedInternet

/// What the time server says ten years behind, then a week ahead, then behind again.
func checkTime(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    report.seen["past"] = try await askForTime()
    try internet.tell(ServedTime(offset: .seconds(7 * 86_400)))
    report.seen["future"] = try await askForTime()
    try internet.tell(ServedTime(offset: .seconds(-86_400 * 3650)))
    report.seen["past again"] = try await askForTime()
}

/// How far the server's clock is from ours, in seconds.
private func askForTime() async throws -> String {
    let request: [UInt8] = [0x23] + [UInt8](repeating: 0, count: 47)
    let answer = try await shell(
        "\(enter) timeout 5 bash -c '\(speak(request, to: "/dev/udp/203.0.113.123/123", answer: 1))'"
    )
    // The seconds of the time of sending, since 1900.
    guard answer.utf8.count == 96, let seconds = UInt32(answer.dropFirst(80).prefix(8), radix: 16) else {
        return "unreadable: \(answer)"
    }
    return String(Int(Double(seconds) - 2_208_988_800 - Date().timeIntervalSince1970))
}

/// A world that is changed while a guest uses it: each change holds at once, and what was there stays.
func checkChanges(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    let ask = "\(enter) dig +short +tries=2 +time=2 @10.2.1.1"
    // Which also waits until names are answered.
    try await internet.start(.time)
    report.seen["unknown name"] = try await shell("\(ask) canary.example A")
    try await internet.start(.sinkhole)
    report.seen["sunk name"] = try await shell("\(ask) canary.example A")
    report.seen["own name"] = try await shell("\(ask) web.test A")
    try internet.tell(ServedTime(offset: .seconds(-86_400 * 3650)))
    report.seen["past"] = try await askForTime()
    try await internet.leaseIPv6()
    try await solicit(internet)
    report.seen["state"] = "\(internet.state.parts.map(\.rawValue).sorted()) \(internet.state.leasesIPv6)"
}
