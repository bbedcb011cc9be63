import Foundation
import LeakPolicy
import PacketDecoding
import TrafficAttribution

/// All that is known of a leak, for the record and for people.
struct LeakEvidence: Codable, Sendable {
    static let mediaType = "application/vnd.assay.leak+json"

    /// Of longer frames only the beginning is shown; the capture has all of it.
    private static let mostBytes = 2_048
    private static let mostFrames = 24

    /// How much of the flow had left the guest, and the last frames of it and of its answers.
    struct FlowSoFar: Codable, Sendable {
        let frames: Int
        /// Bytes on the wire, headers included.
        let bytes: Int
        let latest: [String]
    }

    /// Raised when the meaning of a key changes.
    let version: Int
    let finding: LeakFinding
    let isExpected: Bool
    let step: String?
    let sender: Sender
    /// The file with the picture that was on the screen.
    let screenshot: String?
    /// Every field that was decoded, by its path.
    let fields: [Field]
    /// The frame's first bytes in hexadecimal digits.
    let bytes: String
    let flow: FlowSoFar

    init(_ moment: LeakMoment, sender: Sender, screenshot: String?) {
        version = 1
        (finding, isExpected, step) = (moment.finding, moment.isExpected, moment.step)
        (self.sender, self.screenshot) = (sender, screenshot)
        let frame = moment.frame?.bytes ?? []
        fields = moment.frame.map { Field.all(of: $0) } ?? []
        bytes = hexadecimalText(of: Array(frame.prefix(Self.mostBytes)))
        flow = FlowSoFar(
            frames: moment.flow?.frames ?? 0,
            bytes: moment.flow?.bytes ?? 0,
            latest: moment.before.suffix(Self.mostFrames).map(Self.line)
        )
    }

    /// The evidence as JSON.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// The evidence for people.
    var text: String {
        let time = Date(timeIntervalSince1970: TimeInterval(finding.timestamp) / 1e9)
            .formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true).dateSeparator(.dash))
        var lines = [
            "\(isExpected ? "announced leak" : "leak"): \(finding.summary)",
            "  because  \(finding.reason) (\(finding.check.rawValue))",
            "  rule     \(finding.rule ?? "none is about it")",
            "  phase    \(finding.phase?.rawValue ?? "nobody said")",
            "  step     \(step ?? "none")",
            "  sent by  \(sender)",
            "  frame    \(finding.frameNumber), \(finding.length) bytes, \(time)",
            "  flow     \(finding.flow): \(flow.frames) frames, \(flow.bytes) bytes so far",
        ]
        lines += flow.latest.map { "           \($0)" }
        if !fields.isEmpty {
            let width = min(44, fields.map(\.name.count).max() ?? 0)
            lines += ["", "Fields"] + fields.map { "  \(Self.padded($0.name, to: width))  \($0.value)" }
        }
        if !bytes.isEmpty { lines += ["", "Bytes"] + Self.dump(bytes) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ frame: CapturedFrame) -> String {
        let arrow = frame.direction == .fromGuest ? "→" : "←"
        let summary = (try? decode(frame.bytes))?.summary ?? "undecodable, \(frame.originalLength) bytes"
        return "\(arrow) frame \(frame.number): \(summary)"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Rows of sixteen bytes with their places.
    private static func dump(_ digits: String) -> [String] {
        let digits = Array(digits)
        return stride(from: 0, to: digits.count, by: 32).map { start in
            let row = digits[start..<min(start + 32, digits.count)]
            let pairs = stride(from: row.startIndex, to: row.endIndex, by: 2).map { String(row[$0..<$0 + 2]) }
            let bytes = pairs.compactMap { UInt8($0, radix: 16) }
            let characters = bytes.map { (0x20..<0x7f).contains($0) ? Character(UnicodeScalar($0)) : "." }
            let place = String(start / 2, radix: 16)
            let zeros = String(repeating: "0", count: max(0, 4 - place.count))
            return "  \(zeros)\(place)  \(padded(pairs.joined(separator: " "), to: 47))  \(String(characters))"
        }
    }
}
