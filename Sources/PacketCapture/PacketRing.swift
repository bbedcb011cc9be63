import CPacketSocket
import PacketDecoding
import SystemPackage

/// A memory-mapped ring of the kernel that receives every frame of an interface, in both directions.
///
/// Used by one thread at a time.
final class PacketRing {
    private var ring: cpacket_ring
    private var block: UInt32 = 0
    private let blockCount: UInt32

    /// The reader may stall for as long as there are free blocks.
    ///
    /// Sparse traffic uses one up every 4 ms, so 256 last for
    /// a second; dense traffic fills their 32 MiB with some 20,000 full frames. One block holds the largest frame that
    /// a tap can carry.
    private static let geometry = (size: UInt32(128 << 10), count: UInt32(256), timeoutInMilliseconds: UInt32(4))

    init(interface: String) throws(PacketCaptureError) {
        var ring = cpacket_ring()
        let status = cpacket_ring_open(
            interface,
            Self.geometry.size,
            Self.geometry.count,
            Self.geometry.timeoutInMilliseconds,
            &ring
        )
        guard status == 0 else {
            throw .refused(what: "open a packet socket", interface: interface, code: -status)
        }
        self.ring = ring
        blockCount = Self.geometry.count
    }

    deinit {
        cpacket_ring_close(&ring)
    }

    var socket: Int32 { ring.socket }
    var interfaceIndex: Int32 { ring.interface_index }

    /// Copies the frames of the next block, if the kernel has handed one over, and gives the block back at once, so
    /// that whatever is done with the frames can't fill the ring.
    func nextFrames() -> [RawFrame]? {
        var cursor = cpacket_cursor()
        guard cpacket_block_begin(&ring, block, &cursor) else { return nil }
        var frames: [RawFrame] = []
        frames.reserveCapacity(Int(cursor.remaining))
        var frame = cpacket_frame()
        while cpacket_block_next(&cursor, &frame) { frames.append(RawFrame(frame)) }
        cpacket_block_release(&ring, block)
        block = (block + 1) % blockCount
        return frames
    }

    /// How many frames the kernel had no room for since this was last asked.
    func takeDrops() -> Result<Int, Errno> {
        var (seen, dropped) = (UInt32(0), UInt32(0))
        let status = cpacket_statistics(&ring, &seen, &dropped)
        return status == 0 ? .success(Int(dropped)) : .failure(Errno(rawValue: -status))
    }

    /// The error that the socket met since this was last asked.
    func takeError() -> Errno? {
        let status = cpacket_socket_error(&ring)
        return status == 0 ? nil : Errno(rawValue: -status)
    }
}

/// A frame as the ring holds it, with the tag that the kernel took out put back.
struct RawFrame {
    let timestamp: UInt64
    let direction: FrameDirection
    let originalLength: Int
    let bytes: [UInt8]

    init(_ frame: cpacket_frame) {
        let source = UnsafeBufferPointer(start: frame.bytes, count: Int(frame.captured))
        timestamp = frame.nanoseconds
        direction = frame.is_outgoing ? .toGuest : .fromGuest
        let addresses = 12
        guard frame.has_vlan, source.count >= addresses else {
            bytes = Array(source)
            originalLength = Int(frame.length)
            return
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count + 4)
        bytes += source[..<addresses]
        for number in [frame.vlan_type, frame.vlan_control] {
            bytes += [UInt8(number >> 8), UInt8(number & 0xff)]
        }
        bytes += source[addresses...]
        self.bytes = bytes
        originalLength = Int(frame.length) + 4
    }
}
