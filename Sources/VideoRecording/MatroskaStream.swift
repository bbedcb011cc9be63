/// Raw pictures with their times, as bytes that ffmpeg reads from a pipe: a Matroska stream (RFC 9559) with one track of
/// uncompressed video.
///
/// Raw video alone carries no times, and a picture that stands for a minute must cost as much as one that stands for a
/// moment.
struct MatroskaStream {
    /// Pixels from left to right.
    let width: Int
    /// Pixels from top to bottom.
    let height: Int

    /// What stands before the first picture.
    var header: [UInt8] {
        let ebml = element(
            [0x1A, 0x45, 0xDF, 0xA3],
            element([0x42, 0x86], number(1)) + element([0x42, 0xF7], number(1)) + element([0x42, 0xF2], number(4))
                + element([0x42, 0xF3], number(8)) + element([0x42, 0x82], Array("matroska".utf8))
                + element([0x42, 0x87], number(4)) + element([0x42, 0x85], number(2))
        )
        // A segment whose end is not known yet.
        let segment: [UInt8] = [0x18, 0x53, 0x80, 0x67, 0x01] + Array(repeating: 0xFF, count: 7)
        let name = Array("assay".utf8)
        let information = element(
            [0x15, 0x49, 0xA9, 0x66],
            element([0x2A, 0xD7, 0xB1], number(1_000_000)) + element([0x4D, 0x80], name) + element([0x57, 0x41], name)
        )
        let video = element(
            [0xE0],
            element([0xB0], number(width)) + element([0xBA], number(height))
                + element([0x2E, 0xB5, 0x24], Array("BGRA".utf8))
        )
        let track = element(
            [0xAE],
            element([0xD7], number(1)) + element([0x73, 0xC5], number(1)) + element([0x83], number(1))
                + element([0x86], Array("V_UNCOMPRESSED".utf8)) + video
        )
        return ebml + segment + information + element([0x16, 0x54, 0xAE, 0x6B], track)
    }

    /// What stands before the pixels of a picture, which are `width * height * 4` bytes.
    ///
    /// Each picture is a cluster of its own, so that its time can be any.
    func prefix(at milliseconds: Int) -> [UInt8] {
        // Of track 1, at the time of the cluster, a keyframe.
        let block: [UInt8] = [0x81, 0, 0, 0x80]
        let size = block.count + width * height * 4
        let blockHeader = [0xA3] + length(size) + block
        let time = element([0xE7], number(milliseconds))
        return [0x1F, 0x43, 0xB6, 0x75] + length(time.count + blockHeader.count + width * height * 4) + time
            + blockHeader
    }

    private func element(_ identifier: [UInt8], _ content: [UInt8]) -> [UInt8] {
        identifier + length(content.count) + content
    }

    /// A length in eight bytes, of which the first only says so.
    private func length(_ count: Int) -> [UInt8] { [0x01] + number(count).dropFirst() }

    private func number(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(clamping: value).bigEndian) { Array($0) }
    }
}
