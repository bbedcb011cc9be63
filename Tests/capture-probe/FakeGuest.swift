import CPacketSocket
import Foundation
import Subprocess
import SystemPackage

let tap = "guest0"

/// A step of the probe that failed.
struct ProbeError: Error, CustomStringConvertible {
    let description: String
}

/// Runs `ip`, which the tests need anyway.
func ip(_ arguments: String...) async throws {
    let result = try await run(
        .name("ip"),
        arguments: Arguments(arguments),
        output: .discarded,
        error: .string(limit: 4096)
    )
    guard result.terminationStatus.isSuccess else {
        throw ProbeError(description: "ip \(arguments.joined(separator: " ")): \(result.standardError)")
    }
}

/// Makes the tap that guests are plugged into.
func makeTap() async throws {
    try await ip("tuntap", "add", tap, "mode", "tap")
    try await ip("address", "add", "10.2.1.1/24", "dev", tap)
    try await ip("link", "set", tap, "up")
}

/// A guest that sends what it is told to.
struct FakeGuest {
    private let file: FileDescriptor

    init() throws {
        let status = cpacket_tap_attach(tap)
        guard status >= 0 else { throw Errno(rawValue: -status) }
        file = FileDescriptor(rawValue: status)
    }

    func send(_ frame: [UInt8]) throws {
        _ = try frame.withUnsafeBytes { try file.write($0) }
    }

    func unplug() throws {
        try file.close()
    }
}

/// Plugs a guest in for the time of an action.
func withFakeGuest(_ action: (FakeGuest) async throws -> Void) async throws {
    let guest = try FakeGuest()
    do { try await action(guest) } catch {
        try guest.unplug()
        throw error
    }
    try guest.unplug()
}

/// Makes the host send a datagram to a guest, for which it first asks who that is.
func askForGuest(_ number: Int) {
    let socket = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(9).bigEndian
    inet_pton(AF_INET, "10.2.1.\(number)", &address.sin_addr)
    _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(socket, "x", 1, 0, $0, 16) }
    }
}
