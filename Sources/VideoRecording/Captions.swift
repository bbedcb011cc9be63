/// What was being done at each moment of a video, as WebVTT (https://www.w3.org/TR/webvtt1/).
package struct Captions: Sendable, Hashable {
    private struct Cue: Hashable {
        let start: Duration
        var end: Duration?
        let text: String
    }

    private static let mostCues = 10_000
    private static let longestText = 500
    private var cues: [Cue] = []

    /// Creates a track without captions.
    package init() {}

    /// Shows a text from a moment on, instead of the one before.
    package mutating func show(_ text: String, at time: Duration) {
        hide(at: time)
        guard cues.count < Self.mostCues else { return }
        cues.append(Cue(start: time, end: nil, text: text))
    }

    /// Shows nothing from a moment on.
    package mutating func hide(at time: Duration) {
        guard let last = cues.indices.last, cues[last].end == nil else { return }
        cues[last].end = time
    }

    /// The file, for a video that ends at a moment.
    package func webVTT(endingAt end: Duration) -> String {
        var text = "WEBVTT\n"
        for cue in cues {
            // A cue that is over before it has begun is none, and a step may be over within a millisecond.
            let stop = max(cue.end ?? end, cue.start + .milliseconds(1))
            text += "\n\(Self.stamp(cue.start)) --> \(Self.stamp(stop))\n\(Self.escaped(cue.text))\n"
        }
        return text
    }

    /// A step's text is whatever the author of a feature wrote: neither a line of its own, nor a tag, nor an arrow.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars.prefix(longestText) {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default:
                switch scalar.properties.generalCategory {
                // Marks that join letters are a part of some scripts; those that turn text around are not.
                case .format where [0x200C, 0x200D].contains(scalar.value): escaped.unicodeScalars.append(scalar)
                case .control, .lineSeparator, .paragraphSeparator, .format: escaped += " "
                default: escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped.allSatisfy(\.isWhitespace) ? "–" : escaped
    }

    private static func stamp(_ time: Duration) -> String {
        func padded(_ number: Int64, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let milliseconds = max(0, Int64(time / .milliseconds(1)))
        let seconds = milliseconds / 1000
        return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            + ".\(padded(milliseconds % 1000, 3))"
    }
}
