import CSystemd
import Glibc

/// Answers QEMU's calls on `org.qemu.Display1.Listener` (QEMU's ui/dbus-display1.xml).
///
/// - Parameter userdata: The framebuffer, unretained.
let answerListenerCall: sd_bus_message_handler_t = { message, userdata, _ in
    guard let message, let userdata, let member = sd_bus_message_get_member(message) else { return 0 }
    let framebuffer = Unmanaged<Framebuffer>.fromOpaque(userdata).takeUnretainedValue()
    var reader = MessageReader(message: message)
    switch String(cString: member) {
    case "Scanout":
        let (width, height, stride, format) = (reader.uint32(), reader.uint32(), reader.uint32(), reader.uint32())
        let bytes = reader.bytes()
        guard reader.isIntact else { return refuse(message, framebuffer) }
        framebuffer.scanout(width: width, height: height, stride: stride, format: format, bytes: bytes)
    case "Update":
        let (x, y, width, height) = (reader.int32(), reader.int32(), reader.int32(), reader.int32())
        let (stride, format) = (reader.uint32(), reader.uint32())
        let bytes = reader.bytes()
        guard reader.isIntact else { return refuse(message, framebuffer) }
        framebuffer.update(
            x: x,
            y: y,
            width: width,
            height: height,
            stride: stride,
            format: format,
            bytes: bytes
        )
    case "Disable":
        framebuffer.disable()
    case "MouseSet":
        let (x, y, isOn) = (reader.int32(), reader.int32(), reader.int32())
        guard reader.isIntact else { return refuse(message, framebuffer) }
        framebuffer.movePointer(x: x, y: y, isVisible: isOn != 0)
    case "CursorDefine":
        let (width, height, hotX, hotY) = (reader.int32(), reader.int32(), reader.int32(), reader.int32())
        guard reader.isIntact else { return refuse(message, framebuffer) }
        framebuffer.definePointer(width: width, height: height, hotX: hotX, hotY: hotY)
    case "ScanoutDMABUF", "UpdateDMABUF":
        // Comes only with `gl=on`. The pixels live on a graphics card: there is nothing to look at here.
        framebuffer.refuseMessage()
        return sd_bus_reply_method_errno(message, -ENOTSUP, nil)
    default:
        return 0  // sd-bus answers that the method is unknown
    }
    guard sd_bus_message_get_expect_reply(message) > 0 else { return 1 }
    var reply: OpaquePointer?
    if sd_bus_message_new_method_return(message, &reply) >= 0 { sd_bus_send(nil, reply, nil) }
    sd_bus_message_unref(reply)
    return 1
}

/// Takes the console's size from `PropertiesChanged`, which is how a change to text mode is told.
///
/// - Parameter userdata: The framebuffer, unretained.
let noteConsoleProperties: sd_bus_message_handler_t = { message, userdata, _ in
    guard let message, let userdata else { return 0 }
    let framebuffer = Unmanaged<Framebuffer>.fromOpaque(userdata).takeUnretainedValue()
    var interface: UnsafePointer<CChar>?
    guard
        sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &interface) > 0, let interface,
        String(cString: interface) == "org.qemu.Display1.Console",
        sd_bus_message_enter_container(message, CChar(UInt8(ascii: "a")), "{sv}") > 0
    else { return 0 }
    var sizes: [String: UInt32] = [:]
    while sd_bus_message_enter_container(message, CChar(UInt8(ascii: "e")), "sv") > 0 {
        var name: UnsafePointer<CChar>?
        guard sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &name) > 0, let name else { return 0 }
        if sd_bus_message_enter_container(message, CChar(UInt8(ascii: "v")), "u") > 0 {
            var value: UInt32 = 0
            guard
                sd_bus_message_read_basic(message, CChar(UInt8(ascii: "u")), &value) > 0,
                sd_bus_message_exit_container(message) >= 0
            else { return 0 }
            sizes[String(cString: name)] = value
        } else if sd_bus_message_skip(message, "v") < 0 {
            return 0
        }
        guard sd_bus_message_exit_container(message) >= 0 else { return 0 }
    }
    framebuffer.announce(width: sizes["Width"], height: sizes["Height"])
    return 0
}

private func refuse(_ message: OpaquePointer, _ framebuffer: Framebuffer) -> Int32 {
    framebuffer.refuseMessage()
    return sd_bus_reply_method_errno(message, -EINVAL, nil)
}

/// Reads arguments one after the other and remembers whether one was missing or of another type.
private struct MessageReader {
    let message: OpaquePointer
    var isIntact = true

    init(message: OpaquePointer) { self.message = message }

    mutating func uint32() -> UInt32 {
        var value: UInt32 = 0
        isIntact = sd_bus_message_read_basic(message, CChar(UInt8(ascii: "u")), &value) > 0 && isIntact
        return value
    }

    mutating func int32() -> Int32 {
        var value: Int32 = 0
        isIntact = sd_bus_message_read_basic(message, CChar(UInt8(ascii: "i")), &value) > 0 && isIntact
        return value
    }

    /// Points into the message: valid as long as that is.
    mutating func bytes() -> UnsafeRawBufferPointer {
        var start: UnsafeRawPointer?
        var count = 0
        isIntact = sd_bus_message_read_array(message, CChar(UInt8(ascii: "y")), &start, &count) > 0 && isIntact
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    }
}
