import CPacketSocket
import SystemPackage

/// The interface's own count of what it received, which no capture can influence.
struct LinkCounter {
    let interface: String
    /// Whether the interface was up at the start.
    let wasUp: Bool
    private let start: cpacket_link

    init(interface: String) throws(PacketCaptureError) {
        self.interface = interface
        do {
            let link = try Self.read(interface)
            (wasUp, start) = (link.is_up, link)
        } catch {
            throw .refused(what: "read the counters", interface: interface, code: error.rawValue)
        }
    }

    /// What the interface received from its guest since the start, and the frames that it refused.
    func received() throws(Errno) -> (frames: Int, bytes: Int, refused: Int) {
        let now = try Self.read(interface)
        return (
            Int(clamping: now.received &- start.received), Int(clamping: now.received_bytes &- start.received_bytes),
            Int(clamping: now.refused &- start.refused)
        )
    }

    static func read(_ interface: String) throws(Errno) -> cpacket_link {
        var link = cpacket_link()
        let status = cpacket_link_read(interface, &link)
        guard status == 0 else { throw Errno(rawValue: -status) }
        return link
    }
}
