import Mustache

/// Escapes text for HTML byte by byte.
///
/// The library's own escaping goes character by character, and to it a quote or an angle bracket with a combining
/// mark behind it is another character, which it lets through: enough to leave an attribute.
struct HTMLEscaping: MustacheContentType {
    /// The name under which templates ask for it.
    static let name = "ASSAY_HTML"

    /// What a template has to begin with.
    static let pragma = "{{% CONTENT_TYPE:\(name)}}"

    /// Makes the name known to the library; doing so again changes nothing.
    static func register() { MustacheContentTypes.register(HTMLEscaping(), named: name) }

    func escapeText(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;".utf8
            case ">": escaped += "&gt;".utf8
            case "&": escaped += "&amp;".utf8
            case "\"": escaped += "&quot;".utf8
            case "'": escaped += "&#39;".utf8
            case "\n", "\t": escaped += UTF8.encode(scalar) ?? .init()
            default:
                escaped += (TerminalText.isHarmful(scalar) ? nil : UTF8.encode(scalar)) ?? Self.replacement
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// Stands for a control character, or for a mark that would turn the order of the text around.
    private static let replacement = UTF8.EncodedScalar([0xEF, 0xBF, 0xBD])
}
