/// What a guest wrote to its serial console: the last part of it, as plain text, whatever the guest sends.
struct ConsoleText: Sendable {
    private enum Escape { case none, started, control }

    /// The most bytes that are kept.
    private let limit: Int
    private var bytes: [UInt8] = []
    /// Where in `bytes` the line begins that is being written.
    private var lineStart = 0
    private var escape = Escape.none
    /// The first panic that was seen.
    private(set) var panic: KernelPanic?

    init(limit: Int = 256 << 10) {
        self.limit = limit
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Adds bytes as they came.
    ///
    /// Escape sequences and control characters are left out (ECMA-48).
    mutating func append(_ more: some Sequence<UInt8>) {
        for byte in more {
            switch (escape, byte) {
            case (_, 0x1B): escape = .started
            case (.started, UInt8(ascii: "[")): escape = .control
            case (.started, _), (.control, 0x40...0x7E): escape = .none
            case (.control, _): break
            case (.none, UInt8(ascii: "\n")): endLine()
            case (.none, UInt8(ascii: "\t")): bytes.append(UInt8(ascii: " "))
            case (.none, ..<0x20), (.none, 0x7F): break
            case (.none, _): bytes.append(byte)
            }
            if bytes.count - lineStart > 4096 { endLine() }
        }
        // Cut only now and then, since a cut copies what stays.
        if bytes.count > 2 * limit {
            let surplus = bytes.count - limit
            bytes.removeFirst(surplus)
            lineStart = max(0, lineStart - surplus)
        }
    }

    /// Returns the last lines.
    func lastLines(_ count: Int) -> [String] {
        String(decoding: bytes.suffix(count * 200), as: UTF8.self)
            .split(separator: "\n").suffix(count).map { String($0.prefix(200)) }
    }

    private mutating func endLine() {
        let line = String(decoding: bytes[lineStart...], as: UTF8.self)
        bytes.append(UInt8(ascii: "\n"))
        lineStart = bytes.count
        if panic == nil { panic = KernelPanic(line: line, lastLines: lastLines(20)) }
    }
}
