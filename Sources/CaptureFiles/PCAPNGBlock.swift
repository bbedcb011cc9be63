import PacketDecoding

/// The body of one block, between its two lengths.
struct PCAPNGBlock {
    let type: UInt32
    let body: Range<Int>
    let order: ByteOrder
    /// How many bytes of the file stood before the buffer's first.
    let fileOffset: Int

    func require(_ count: Int, in structure: String) throws(CaptureFileError) {
        guard body.count >= count else {
            throw invalid(structure, at: 0, "length", expected: "at least \(count)", seen: "\(body.count)")
        }
    }

    /// Where the frame's bytes are, if the block holds so many.
    func data(at offset: Int, length: Int, _ structure: String) throws(CaptureFileError) -> Range<Int> {
        let start = body.lowerBound + offset
        guard length <= CaptureReader.longestFrame, start + length <= body.upperBound else {
            throw invalid(
                structure,
                at: offset,
                "captured length",
                expected: "at most the block's \(body.upperBound - start) and \(CaptureReader.longestFrame)",
                seen: "\(length)"
            )
        }
        return start..<start + length
    }

    /// Calls the action for each option; there may be none, and then no end of them either.
    func forEachOption(
        _ bytes: Span<UInt8>,
        from offset: Int,
        _ action: (UInt16, Range<Int>) throws(CaptureFileError) -> Void
    ) throws(CaptureFileError) {
        var position = body.lowerBound + offset
        while position + 4 <= body.upperBound {
            let code = order.u16(bytes, position)
            let length = Int(order.u16(bytes, position + 2))
            if code == 0 { return }
            let end = position + 4 + length
            guard end <= body.upperBound else {
                throw invalid(
                    "block",
                    at: position - body.lowerBound,
                    "option \(code)",
                    expected: "at most \(body.upperBound - position - 4) bytes",
                    seen: "\(length)"
                )
            }
            try action(code, position + 4..<end)
            position = end + (4 - length % 4) % 4
        }
    }

    func invalid(
        _ structure: String,
        at offset: Int,
        _ field: String,
        expected: String,
        seen: String
    ) -> CaptureFileError {
        .invalid(
            structure: structure,
            offset: fileOffset + body.lowerBound + offset,
            field: field,
            expected: expected,
            seen: seen
        )
    }
}
