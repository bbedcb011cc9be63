import Foundation
import Verdicts

/// What a terminal can do.
package struct TerminalStyle: Sendable {
    /// Whether colours may be used.
    package var usesColour: Bool
    /// Whether a line may be rewritten in place.
    package var isLive: Bool
    /// The columns.
    package var columns: Int

    /// Describes a terminal.
    package init(usesColour: Bool, isLive: Bool, columns: Int = 100) {
        self.usesColour = usesColour
        self.isLive = isLive
        self.columns = columns
    }

    /// Neither colours nor live lines, as for a file.
    package static let plain = TerminalStyle(usesColour: false, isLive: false)

    /// Looks at standard output and at the environment: `NO_COLOR` (no-color.org) and `TERM=dumb` are obeyed.
    package static func ofStandardOutput(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> TerminalStyle {
        guard isatty(STDOUT_FILENO) == 1 else { return .plain }
        let isDumb = environment["TERM"].map { $0.isEmpty || $0 == "dumb" } ?? true
        let refusesColour = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        var size = winsize()
        let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return TerminalStyle(
            usesColour: !isDumb && !refusesColour,
            isLive: !isDumb,
            columns: known ? Int(size.ws_col) : 80
        )
    }

    func dim(_ text: String) -> String { paint(text, "2") }

    func bold(_ text: String) -> String { paint(text, "1") }

    func colour(_ text: String, for outcome: Outcome) -> String {
        switch outcome {
        case .passed: paint(text, "32")
        case .failed, .undefined, .ambiguous: paint(text, "1;31")
        case .inconclusive, .flaky, .pending: paint(text, "33")
        case .skipped: paint(text, "36")
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        usesColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// A duration as people read it: `0.4 s`, `12.3 s`, `4 min 05 s`, `1 h 02 min`.
package func readable(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if seconds < 60 {
        let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
        return tenths == 0 && duration > .zero ? "0.0 s" : "\(tenths / 10).\(tenths % 10) s"
    }
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds < 3_600 { return "\(seconds / 60) min \(padded(seconds % 60)) s" }
    return "\(seconds / 3_600) h \(padded(seconds % 3_600 / 60)) min"
}

extension String {
    func padded(to columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - TerminalText.columns(of: self)))
    }

    func leftPadded(to columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - TerminalText.columns(of: self))) + self
    }
}
