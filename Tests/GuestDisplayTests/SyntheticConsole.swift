import CSystemd
import Foundation
import Pictures

/// The other end of a display: speaks QEMU's listener interface over a socket, as QEMU would.
///
/// Calls block until the display has answered, so it belongs to one thread at a time.
final class SyntheticConsole {
    private let bus: OpaquePointer

    /// Takes the socket over.
    init(_ socket: Int32) throws {
        var bus: OpaquePointer?
        try Self.check(sd_bus_new(&bus))
        guard let bus else { throw Failure(status: 0) }
        var id = sd_id128_t()
        try Self.check(sd_id128_randomize(&id))
        try Self.check(sd_bus_set_server(bus, 1, id))
        try Self.check(sd_bus_set_fd(bus, socket, socket))
        try Self.check(sd_bus_start(bus))
        self.bus = bus
    }

    deinit { sd_bus_close_unref(bus) }

    struct Failure: Error { let status: Int32 }

    /// Sends a whole picture; returns whether the display accepted the call.
    func scanout(_ picture: Picture, format: UInt32 = 0x2002_0888) throws {
        try scanout(
            UInt32(picture.width),
            UInt32(picture.height),
            stride: UInt32(picture.width * 4),
            format: format,
            bytes: picture.bytes
        )
    }

    func scanout(_ width: UInt32, _ height: UInt32, stride: UInt32, format: UInt32 = 0x2002_0888, bytes: [UInt8]) throws
    {
        try call("Scanout") { message in
            for value in [width, height, stride, format] { try Self.append(value, to: message) }
            try Self.append(bytes, to: message)
        }
    }

    func update(x: Int32, y: Int32, _ width: Int32, _ height: Int32, stride: UInt32, bytes: [UInt8]) throws {
        try call("Update") { message in
            for value in [x, y, width, height] { try Self.append(value, to: message) }
            for value in [stride, 0x2002_0888] { try Self.append(value, to: message) }
            try Self.append(bytes, to: message)
        }
    }

    func cursor(_ width: Int32, _ height: Int32, hotX: Int32, hotY: Int32) throws {
        try call("CursorDefine") { message in
            for value in [width, height, hotX, hotY] { try Self.append(value, to: message) }
            try Self.append([], to: message)
        }
    }

    func mouse(x: Int32, y: Int32, isOn: Bool) throws {
        try call("MouseSet") { message in
            for value in [x, y, isOn ? 1 : 0] { try Self.append(value, to: message) }
        }
    }

    /// Sends a call without arguments.
    func call(_ member: String) throws { try call(member) { _ in } }

    private func call(_ member: String, _ body: (OpaquePointer?) throws -> Void) throws {
        var message: OpaquePointer?
        try Self.check(
            sd_bus_message_new_method_call(
                bus,
                &message,
                nil,
                "/org/qemu/Display1/Listener",
                "org.qemu.Display1.Listener",
                member
            )
        )
        defer { sd_bus_message_unref(message) }
        try body(message)
        try Self.check(sd_bus_call(bus, message, 10_000_000, nil, nil))
    }

    private static func append(_ value: UInt32, to message: OpaquePointer?) throws {
        var value = value
        try check(sd_bus_message_append_basic(message, CChar(UInt8(ascii: "u")), &value))
    }

    private static func append(_ value: Int32, to message: OpaquePointer?) throws {
        var value = value
        try check(sd_bus_message_append_basic(message, CChar(UInt8(ascii: "i")), &value))
    }

    private static func append(_ bytes: [UInt8], to message: OpaquePointer?) throws {
        try check(sd_bus_message_append_array(message, CChar(UInt8(ascii: "y")), bytes, bytes.count))
    }

    private static func check(_ status: Int32) throws {
        if status < 0 { throw Failure(status: status) }
    }
}

/// Two sockets that are each other's peer.
func connectedSockets() -> (Int32, Int32) {
    var sockets: [Int32] = [-1, -1]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &sockets)
    return (sockets[0], sockets[1])
}
