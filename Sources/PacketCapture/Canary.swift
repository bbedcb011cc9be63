import CPacketSocket
import PacketDecoding
import SystemPackage

/// A frame that the harness sends in the guest's place, to prove that the capture is alive.
struct Canary: Hashable {
    /// What tells this canary from any other frame: no guest can guess 128 random bits.
    let frame: [UInt8]

    /// The shortest frame that there is on a wire, without its checksum.
    static let length = 60

    /// Locally administered and multicast, in no range that a bridge keeps to itself.
    private static let destination: [UInt8] = [0x03, 0x41, 0x53, 0x53, 0x41, 0x59]

    init() {
        var random = SystemRandomNumberGenerator()
        let nonce = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        let source = [0x02] + (0..<5).map { _ in UInt8.random(in: 0...255, using: &random) }
        let type = EtherType.localExperiment.rawValue
        var frame = Self.destination + source + [UInt8(type >> 8), UInt8(type & 0xff)]
        frame += nonce
        frame += Array("Assay canary".utf8)
        frame += Array(repeating: 0, count: Self.length - frame.count)
        self.frame = frame
    }

    /// Plugs into a tap interface as its guest would, sends the canary, and unplugs.
    ///
    /// - Throws: `EBUSY` while a guest is plugged in.
    func send(into interface: String) throws(Errno) {
        let status = cpacket_tap_attach(interface)
        guard status >= 0 else { throw Errno(rawValue: -status) }
        let tap = FileDescriptor(rawValue: status)
        defer { try? tap.close() }
        do {
            let written = try frame.withUnsafeBytes { try tap.write($0) }
            if written != frame.count { throw Errno.ioError }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }
}
