import ApplicationDecoding
import PacketDecoding

/// A field of a frame: its path, such as `ipv4.transport.udp.sourcePort`, and its value.
struct Field: Codable, Hashable, Sendable {
    let name: String
    let value: String

    private static let most = 400
    private static let deepest = 14
    private static let longestValue = 200

    /// Everything that the decoders say of a frame, so that no field of theirs can be forgotten here.
    static func all(of frame: CapturedFrame) -> [Field] {
        let decoded: DecodedFrame
        do throws(FrameDecodingError) { decoded = try decode(frame.bytes) } catch {
            return [Field(name: "undecodable", value: error.summary)]
        }
        var fields: [Field] = []
        add(decoded.link, "", &fields, 0)
        add(decoded.content, "", &fields, 0)
        if !decoded.trailer.isEmpty {
            add(decoded.trailer, "trailer", &fields, 0)
            add(decoded.trailerIsZero, "trailerIsZero", &fields, 0)
        }
        let application = Application.decode(decoded, frame.bytes.span)
        if case .none = application {} else { add(application, "", &fields, 0) }
        return fields
    }

    private static func add(_ value: Any, _ name: String, _ fields: inout [Field], _ depth: Int) {
        guard fields.count < most, depth < deepest else { return }
        let mirror = Mirror(reflecting: value)
        switch (value, mirror.displayStyle) {
        case (let text as String, _): put(text.debugDescription, name, &fields)
        case (let bytes as [UInt8], _):
            put(bytes.isEmpty ? "none" : hexadecimalText(of: Array(bytes.prefix(longestValue / 2))), name, &fields)
        case (let range as Range<Int>, _): put("\(range.count) bytes at \(range.lowerBound)", name, &fields)
        case (_, .optional):
            if let wrapped = mirror.children.first { add(wrapped.value, name, &fields, depth + 1) }
        case (_, .collection), (_, .set):
            if mirror.children.isEmpty { return put("none", name, &fields) }
            for (index, child) in mirror.children.prefix(32).enumerated() {
                add(child.value, "\(name).\(index + 1)", &fields, depth + 1)
            }
        case (let described as any CustomStringConvertible, _): put(described.description, name, &fields)
        case (_, .enum):
            guard let payload = mirror.children.first else { return put("\(value)", name, &fields) }
            let path = join(name, payload.label ?? "")
            let parts = Mirror(reflecting: payload.value)
            guard parts.displayStyle == .tuple else { return add(payload.value, path, &fields, depth + 1) }
            for part in parts.children { add(part.value, join(path, part.label), &fields, depth + 1) }
        default:
            if mirror.children.isEmpty { return put("\(value)", name, &fields) }
            for child in mirror.children { add(child.value, join(name, child.label), &fields, depth + 1) }
        }
    }

    private static func join(_ path: String, _ part: String?) -> String {
        // Parts of a tuple without names are called .0 and .1.
        guard let part, !part.isEmpty, !part.hasPrefix(".") else { return path }
        return path.isEmpty ? part : "\(path).\(part)"
    }

    /// What a frame says may hold anything: nothing of it ends a line or hides what follows.
    private static func put(_ text: String, _ name: String, _ fields: inout [Field]) {
        let plain = String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(longestValue).map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
                    default: scalar
                    }
                }
            )
        )
        fields.append(Field(name: name, value: plain))
    }
}
