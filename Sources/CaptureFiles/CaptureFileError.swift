package import Diagnostics
package import PacketDecoding

/// A capture file that can't be read.
package enum CaptureFileError: ExplainedError, Hashable {
    /// The first bytes are those of no known format.
    case unknownFormat(firstBytes: [UInt8])
    /// A field has a value that the format rules out; `offset` counts from the beginning of the file.
    case invalid(structure: String, offset: Int, field: String, expected: String, seen: String)
    /// The frames begin with what is not decoded.
    case unsupportedLink(LinkType, interface: Int)
    /// The file ends within a structure; every whole frame before it was read.
    case cutOff(structure: String, offset: Int, needed: Int, present: Int)

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .unknownFormat(let bytes):
            "Expected a capture in pcap or pcapng format, but the file begins with "
                + "\(bytes.isEmpty ? "nothing" : hexadecimalText(of: bytes, separator: " "))."
        case .invalid(let structure, let offset, let field, let expected, let seen):
            "The \(structure)'s \(field) at byte \(offset) is \(seen), expected \(expected)."
        case .unsupportedLink(let type, let interface):
            "Interface \(interface) of the capture is \(type), which can't be decoded."
        case .cutOff(let structure, let offset, let needed, let present):
            "The capture was cut off: the \(structure) at byte \(offset) needs \(needed) bytes, but there are \(present)."
        }
    }

    package var context: [String] {
        switch self {
        case .unsupportedLink:
            ["decoded: \(LinkType.decodable.map(\.description).joined(separator: ", "))"]
        case .cutOff: ["Every whole frame before it was read."]
        case .unknownFormat, .invalid: []
        }
    }

    package var hint: String? {
        switch self {
        case .unknownFormat: "Unpack the file first if it is compressed, as by gunzip."
        case .unsupportedLink: "Capture on one Ethernet interface, as by “tcpdump -i eth0”."
        case .cutOff: "Copy the file again once whoever writes it is done."
        case .invalid: nil
        }
    }
}
