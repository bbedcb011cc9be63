import FoundationEssentials
import SimulatedInternet

/// What the time server says ten years behind, then a week ahead, then behind again.
func checkTime(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    report.seen["past"] = try await askForTime()
    report.seen["future"] = try await internet.withTime(ServedTime(offset: .seconds(7 * 86_400))) {
        try await askForTime()
    }
    report.seen["past again"] = try await askForTime()
}

/// How far the server's clock is from ours, in seconds.
private func askForTime() async throws -> String {
    let request: [UInt8] = [0x23] + [UInt8](repeating: 0, count: 47)
    let answer = try await run(
        "\(enter) timeout 5 bash -c '\(speak(request, to: "/dev/udp/203.0.113.123/123", answer: 1))'"
    )
    // The seconds of the time of sending, since 1900.
    guard answer.utf8.count == 96, let seconds = UInt32(answer.dropFirst(80).prefix(8), radix: 16) else {
        return "unreadable: \(answer)"
    }
    return String(Int(Double(seconds) - 2_208_988_800 - Date().timeIntervalSince1970))
}
