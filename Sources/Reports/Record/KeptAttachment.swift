package import CucumberMessages

/// Something that a step or a run kept, as far as a record remembers it: not its body, unless it is a short text.
package struct KeptAttachment: Hashable, Sendable {
    /// The media type of a line of a log.
    package static let logMediaType = "text/x.cucumber.log+plain"

    /// A number that is unique in the record.
    package let ordinal: Int
    /// What it is, without parameters.
    package let mediaType: String
    /// The name that its maker gave it; in a file's media type it is the parameter `name`.
    package let fileName: String?
    /// The file below the run directory; absent when the body stands in the record, or when the path leads elsewhere.
    package let url: String?
    /// The text, when it is one and short enough.
    package let text: String?
    /// When it was made.
    package let timestamp: Timestamp?

    init(_ attachment: Attachment, ordinal: Int, text: String?) {
        self.ordinal = ordinal
        let (type, name) = Self.parts(of: attachment.mediaType)
        mediaType = type
        fileName = attachment.fileName ?? name
        url = nil
        self.text = text
        timestamp = attachment.timestamp
    }

    init(_ attachment: ExternalAttachment, ordinal: Int) {
        self.ordinal = ordinal
        (mediaType, fileName) = Self.parts(of: attachment.mediaType)
        url = Self.isSafe(attachment.url) ? attachment.url : nil
        text = nil
        timestamp = attachment.timestamp
    }

    /// Whether it is a picture that a report may show.
    package var isPicture: Bool { mediaType == "image/png" }

    /// What it is, in a word or two.
    package var label: String {
        if let fileName { return fileName }
        return switch mediaType {
        case "image/png": "screenshot"
        case "application/vnd.tcpdump.pcap", "application/x-pcapng", "application/pcapng": "capture"
        case "text/plain": "text"
        case let type where type.hasPrefix("video/"): "video"
        case let type: type
        }
    }

    /// Takes `text/plain; name="serial console"` apart.
    private static func parts(of mediaType: String) -> (type: String, name: String?) {
        let parts = mediaType.split(separator: ";", omittingEmptySubsequences: false)
            .map { String($0).trimming(while: { $0 == " " }) }
        let name = parts.dropFirst().first { $0.lowercased().hasPrefix("name=") }?.dropFirst("name=".count)
        let unquoted = name.map { String($0).trimming(while: { $0 == "\"" }) }
        return ((parts.first ?? "").lowercased(), unquoted.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// A URL may only name a file in the run's own folder of attachments: neither `..` nor `javascript:` nor a host.
    private static func isSafe(_ url: String) -> Bool {
        guard url.hasPrefix("attachments/"), url.utf8.count <= 255 else { return false }
        let name = url.dropFirst("attachments/".count)
        return !name.hasPrefix(".")
            && !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// One row of "what was tested", such as the name of an image or its digest.
///
/// A run says it in an attachment of its own, outside any scenario: a JSON list with the type ``mediaType``.
package struct RunFact: Codable, Hashable, Sendable {
    /// The media type of the attachment that holds a list of facts.
    package static let mediaType = "application/vnd.assay.facts+json"

    /// What the row is about.
    package let name: String
    /// What is so.
    package let value: String

    /// Creates a row.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// The lines that were logged while something ran.
package struct LogLines: Hashable, Sendable {
    /// The lines that were kept, from the first.
    package private(set) var lines: [String] = []
    /// How many lines there was no room for.
    package private(set) var leftOut = 0

    mutating func add(_ line: String?) {
        if let line { lines.append(line) } else { leftOut += 1 }
    }
}
