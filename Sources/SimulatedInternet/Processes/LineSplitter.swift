/// Cuts a stream of bytes into lines, in bounded memory whatever comes.
package struct LineSplitter {
    /// The longest line that is kept whole, in bytes.
    ///
    /// What exceeds it is cut off, and the line is marked.
    package static let limit = 1 << 16
    /// Ends a line that was cut off.
    package static let truncationMark = " [truncated]"

    private var line: [UInt8] = []
    private var isTooLong = false

    /// Creates a splitter at the beginning of a line.
    package init() {}

    /// Takes bytes in and returns the lines that they complete, without their ends.
    package mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(finish())
            } else if line.count < Self.limit {
                line.append(byte)
            } else {
                isTooLong = true
            }
        }
        return lines
    }

    private mutating func finish() -> String {
        defer { (line, isTooLong) = ([], false) }
        return String(decoding: line, as: UTF8.self) + (isTooLong ? Self.truncationMark : "")
    }
}
