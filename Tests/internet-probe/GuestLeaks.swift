import GuestNetwork
import SimulatedInternet

/// Leaks of many kinds, to addresses and ports that nobody has.
func checkSinkhole(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    // The address is made from a router advertisement, by the service that resolves names too.
    try await shell("until \(enter) ip -6 addr show dev eth0 scope global | grep -q inet6; do sleep 0.1; done")
    let curl = "\(enter) curl -sS -m5"
    report.seen["http"] = try await shell("\(curl) http://8.8.8.8:8080/secret")
    report.seen["http6"] = try await shell("\(curl) 'http://[2606:4700::1]/secret6'")
    report.seen["own service"] = try await shell("\(curl) http://203.0.113.80/direct")
    report.seen["service's other port"] = try await shell("\(curl) http://203.0.113.80:81/other")
    report.seen["tls"] = try await shell(
        "\(curl) --resolve tracker.example:443:1.2.3.4 https://tracker.example/ || true"
    )
    // As an exit would that looked the name up: its address is one of the world's own.
    report.seen["exit"] = try await shell("curl -sS -m5 --interface 198.51.100.61 http://198.18.0.1/from-exit")
    let answers: [(String, String, Int, [UInt8])] = [
        ("name", "/dev/udp/10.2.1.1/53", 1, question), ("dns", "/dev/udp/8.8.8.8/53", 1, question),
        ("dns6", "/dev/udp/2001:4860:4860::8888/53", 1, question),
        ("dns over tcp", "/dev/tcp/8.8.4.4/53", 3, [0, UInt8(question.count)] + question),
        ("ntp", "/dev/udp/162.159.200.1/123", 1, [0x23] + [UInt8](repeating: 0, count: 47)),
        ("smtp", "/dev/tcp/17.0.0.25/25", 1, Array("EHLO amnesia\r\n".utf8)),
    ]
    for (name, path, length, bytes) in answers {
        report.seen[name] = try await shell("\(enter) timeout 5 bash -c '\(speak(bytes, to: path, answer: length))'")
    }
    let unknown = Array("hello, I am amnesia".utf8)
    try await shell("\(enter) bash -c '\(speak(unknown, to: "/dev/udp/5.6.7.8/4000", answer: 0))'")
    try await shell("\(enter) bash -c '\(speak(unknown, to: "/dev/tcp/5.6.7.8/4001", answer: 0))'")
    for port in [4000, 4001] as [UInt16] {
        _ = try await internet.conversation(within: .seconds(5)) { $0.destination.port == port && $0.byteCount > 0 }
    }
}

/// A stranger's address where no sinkhole is.
func checkNoSinkhole(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    let curl = "\(enter) curl -sS -m5"
    report.seen["own service"] = try await shell("\(curl) --retry 20 --retry-connrefused http://203.0.113.80/direct")
    report.seen["stranger"] = try await shell("\(curl) http://8.8.8.8/ 2>/dev/null || echo unreachable")
}

/// More conversations, connections and bytes than a small sinkhole keeps.
func checkSmallSinkhole(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    // The first connection stays open and silent until the third takes its place.
    try await shell(
        """
        \(enter) timeout 20 bash -c 'exec 3<>/dev/tcp/1.1.1.1/1000; echo one >&3; \
            exec 4<>/dev/tcp/1.1.1.1/1001; echo two >&4; exec 5<>/dev/tcp/1.1.1.1/1002; \
            echo 0123456789abcdef >&5; cat <&3; \
            for port in 1003 1004; do echo dropped >/dev/udp/1.1.1.1/$port; done'
        """
    )
    for _ in 0..<100 where internet.sunkTraffic.dropped < 2 { try await Task.sleep(for: .milliseconds(50)) }
}

/// Asks for the address of canary.example (RFC 1035).
private let question: [UInt8] =
    [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 6] + Array("canary".utf8) + [7] + Array("example".utf8) + [0, 0, 1, 0, 1]

/// Writes bytes with nothing but bash, and prints the first bytes of the answer in hexadecimal digits.
///
/// A datagram must not have a line feed (10) in it: bash would send two.
func speak(_ bytes: [UInt8], to path: String, answer length: Int) -> String {
    let octal = bytes.map { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
    let reading = length == 0 ? "" : "dd bs=512 count=1 status=none <&3 | od -An -v -tx1 | tr -d \" \\n\""
    return "exec 3<>\(path); printf \"\(octal.joined())\" >&3; \(reading)"
}
