import CLinkSocket
import CPacketSocket
import Glibc
import GuestNetwork
import SimulatedInternet
import SystemPackage

/// Runs `body` while a network stack of its own, with no protection at all, is plugged into the guest's port.
///
/// Its card is a tap whose frames are carried to and from the guest's tap as QEMU would.
func withVictim(
    at port: GuestPort,
    _ body: @escaping @Sendable () async throws -> ProbeReport
) async throws -> ProbeReport {
    var name = Array("eth0".utf8CString) + [CChar](repeating: 0, count: 11)
    let card = FileDescriptor(rawValue: try valid(clink_tap_make(&name)))
    defer { try? card.close() }
    let socket = FileDescriptor(rawValue: try valid(cpacket_tap_attach(port.tap)))
    defer { try? socket.close() }
    try await shell(
        """
        ip netns add guest
        ip link set eth0 netns guest
        for setting in accept_dad disable_ipv6; do
            \(enter) sh -c "echo 0 > /proc/sys/net/ipv6/conf/eth0/$setting"
        done
        \(enter) ip link set lo up
        \(enter) ip link set eth0 address 02:00:00:00:00:64 up
        """
    )
    return try await withThrowingTaskGroup(of: ProbeReport?.self) { group in
        group.addTask {
            try await ServingThread.run("victim") { try carry(between: card, and: socket, until: $0) }
            return nil
        }
        group.addTask { try await body() }
        defer { group.cancelAll() }
        for try await finished in group {
            if let finished { return finished }
        }
        throw CancellationError()
    }
}

private func carry(between one: FileDescriptor, and other: FileDescriptor, until ending: FileDescriptor) throws {
    var buffer = [UInt8](repeating: 0, count: 2048)
    while let ready = try ServingThread.wait(for: [one, other], or: ending) {
        for (source, target) in [(one, other), (other, one)] where ready.contains(source.rawValue) {
            for _ in 0..<64 {
                let count = read(source.rawValue, &buffer, buffer.count)
                guard count > 0 else { break }
                _ = write(target.rawValue, buffer, count)
            }
        }
    }
}

private func valid(_ status: Int32) throws -> Int32 {
    guard status >= 0 else { throw Errno(rawValue: -status) }
    return status
}

/// Gives the victim an address without asking anybody.
func setAddress() async throws {
    try await shell("\(enter) ip addr add 10.2.1.150/24 dev eth0; \(enter) ip route add default via 10.2.1.1")
}
