import CPacketSocket
import SystemPackage

/// The interface's own count of what it received, which no capture can influence.
struct LinkCounter {
    let interface: String
    /// Whether the interface was up at the start.
    let wasUp: Bool
    private let start: UInt64

    init(interface: String) throws(PacketCaptureError) {
        self.interface = interface
        do {
            let link = try Self.read(interface)
            (wasUp, start) = (link.is_up, link.received)
        } catch {
            throw .refused(what: "read the counters", interface: interface, code: error.rawValue)
        }
    }

    /// The frames that the interface received from its guest since the start.
    func received() throws(Errno) -> Int {
        Int(clamping: try Self.read(interface).received &- start)
    }

    static func read(_ interface: String) throws(Errno) -> cpacket_link {
        var link = cpacket_link()
        let status = cpacket_link_read(interface, &link)
        guard status == 0 else { throw Errno(rawValue: -status) }
        return link
    }
}
