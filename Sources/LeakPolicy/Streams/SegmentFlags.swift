import PacketDecoding

// What the judge asks of nearly every frame, as code of this module: what another module computes is asked by calls
// that cost more than what they answer.

/// The control bits that the judge asks for.
enum SegmentFlag: UInt8 {
    case opens = 0x02
    case resets = 0x04
    case acknowledges = 0x10
    case urgent = 0x20
}

extension TCP.Flags {
    @inline(__always)
    func has(_ flag: SegmentFlag) -> Bool { rawValue & flag.rawValue != 0 }
}

extension Checksum {
    @inline(__always)
    var isCorrect: Bool { if case .correct = self { true } else { false } }
}

extension MACAddress {
    @inline(__always)
    var isGroup: Bool { rawValue & 0x0100_0000_0000 != 0 }
}
