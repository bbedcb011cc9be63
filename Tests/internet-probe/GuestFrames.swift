import Glibc
import SimulatedInternet
import SystemPackage

/// Opens the tap as QEMU would, asks for a lease and a router, and lists everything that the host sent.
func checkFrames(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    let tap = try openTap(internet.guestPort.tap)
    defer { try? tap.close() }
    // Names answer once DHCP does; Tor has no part in this.
    var sent = ContinuousClock.now
    let end = sent + .seconds(8)
    var hasPinged = false
    var frames: [String: Int] = [:]
    var buffer = [UInt8](repeating: 0, count: 2048)
    try tap.writeAll(dhcpRequest)
    try tap.writeAll(routerSolicitation)
    while ContinuousClock.now < end {
        var ready = pollfd(fd: tap.rawValue, events: Int16(POLLIN), revents: 0)
        if poll(&ready, 1, 100) == 1 {
            let count = try buffer.withUnsafeMutableBytes { try tap.read(into: $0) }
            let frame = Array(buffer.prefix(count))
            frames[describe(frame), default: 0] += 1
            if describe(frame).hasPrefix("arp") { try tap.writeAll(answer(toARP: frame)) }
        }
        if !hasPinged, !internet.traffic.leases.isEmpty {
            try tap.writeAll(echoRequest)
            hasPinged = true
        }
        if internet.traffic.leases.isEmpty, ContinuousClock.now - sent > .milliseconds(500) {
            try tap.writeAll(dhcpRequest)
            try tap.writeAll(routerSolicitation)
            sent = .now
        }
    }
    for (frame, count) in frames { report.seen[frame] = String(count) }
}

// MARK: - Tap

private func openTap(_ name: String) throws -> FileDescriptor {
    let tap = try FileDescriptor.open("/dev/net/tun", .readWrite)
    // struct ifreq of netdevice(7): 16 bytes of name, then the flags IFF_TAP | IFF_NO_PI.
    var request = Array(name.utf8) + [UInt8](repeating: 0, count: 40 - name.utf8.count)
    (request[16], request[17]) = (0x02, 0x10)
    let setInterface: UInt = 0x4004_54ca
    guard ioctl(tap.rawValue, setInterface, &request) == 0 else { throw Errno(rawValue: errno) }
    return tap
}

// MARK: - Frames

private let guestLink: [UInt8] = [0x52, 0x54, 0x00, 0xac, 0xdd, 0xee]

/// A DHCPREQUEST by which a client that remembers 10.2.1.150 asks for it again (RFC 2131, INIT-REBOOT).
private var dhcpRequest: [UInt8] {
    var message: [UInt8] = [1, 1, 6, 0, 0, 0, 0x12, 0x34] + [UInt8](repeating: 0, count: 20) + guestLink
    message += [UInt8](repeating: 0, count: 236 - message.count)
    message += [99, 130, 83, 99, 53, 1, 3, 50, 4, 10, 2, 1, 150, 12, 7] + Array("amnesia".utf8) + [255]
    let length = UInt16(8 + message.count)
    let datagram: [UInt8] = [0, 68, 0, 67, UInt8(length >> 8), UInt8(length & 255), 0, 0] + message
    return [255, 255, 255, 255, 255, 255] + guestLink + [8, 0]
        + ipv4(17, from: [0, 0, 0, 0], to: [255, 255, 255, 255], datagram)
}

/// An ICMP echo request to the web server, which is behind the gateway (RFC 792).
private var echoRequest: [UInt8] {
    var message: [UInt8] = [8, 0, 0, 0, 0, 7, 0, 1]
    let sum = checksum(message)
    (message[2], message[3]) = (UInt8(sum >> 8), UInt8(sum & 255))
    return [2, 0, 10, 2, 1, 1] + guestLink + [8, 0] + ipv4(1, from: [10, 2, 1, 150], to: [203, 0, 113, 80], message)
}

/// The answer that 10.2.1.150 gives to whoever asks for it (RFC 826).
private func answer(toARP frame: [UInt8]) -> [UInt8] {
    let asker = Array(frame[6..<12])
    return asker + guestLink + [8, 6, 0, 1, 8, 0, 6, 4, 0, 2] + guestLink + [10, 2, 1, 150] + asker + frame[28..<32]
}

private func ipv4(_ number: UInt8, from source: [UInt8], to destination: [UInt8], _ payload: [UInt8]) -> [UInt8] {
    let total = UInt16(20 + payload.count)
    var header: [UInt8] = [0x45, 0, UInt8(total >> 8), UInt8(total & 255), 0, 1, 0, 0, 64, number, 0, 0]
    header += source + destination
    let sum = checksum(header)
    (header[10], header[11]) = (UInt8(sum >> 8), UInt8(sum & 255))
    return header + payload
}

/// A router solicitation from a link-local address to all routers (RFC 4861).
private var routerSolicitation: [UInt8] {
    let source: [UInt8] = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [0x50]
    let routers: [UInt8] = [0xff, 0x02] + [UInt8](repeating: 0, count: 13) + [2]
    var message: [UInt8] = [133, 0, 0, 0, 0, 0, 0, 0, 1, 1] + guestLink
    let sum = checksum(source + routers + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58] + message)
    (message[2], message[3]) = (UInt8(sum >> 8), UInt8(sum & 255))
    let header: [UInt8] = [0x60, 0, 0, 0, 0, UInt8(message.count), 58, 255] + source + routers
    return [0x33, 0x33, 0, 0, 0, 2] + guestLink + [0x86, 0xdd] + header + message
}

private func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
}

/// A frame in a few words: what a person would want to know of it.
private func describe(_ frame: [UInt8]) -> String {
    guard frame.count >= 34 else { return "short" }
    let sender = frame[6..<12].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    switch (frame[12], frame[13]) {
    case (8, 6): return "arp from \(sender)"
    case (8, 0) where frame[23] == 17: return "udp port \(Int(frame[34]) << 8 | Int(frame[35])) from \(sender)"
    case (8, 0): return "ipv4 protocol \(frame[23]) from \(sender)"
    case (0x86, 0xdd):
        // Over a hop-by-hop header, as in MLD.
        if frame[20] == 0 { return "ipv6 hop-by-hop from \(sender)" }
        return frame[20] == 58 ? "icmpv6 type \(frame[54]) from \(sender)" : "ipv6 next \(frame[20]) from \(sender)"
    default: return "ethertype \(frame[12]),\(frame[13]) from \(sender)"
    }
}
