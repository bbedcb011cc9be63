import Foundation
package import Pictures

/// What a needle's JSON says, in the format of openQA.
///
/// Areas are in pixels of the needle's picture. Source of the format: os-autoinst's `needle.pm`. Read strictly: a key or a
/// type that is unknown might change what the needle means, so it is an error.
package struct NeedleFile: Hashable, Sendable {
    /// A part of the picture and what is asked of it.
    package struct Area: Hashable, Sendable {
        /// What an area asks for.
        package enum Kind: Hashable, Sendable {
            /// The screen shows these pixels.
            case match
            /// Whatever the screen shows here is ignored.
            case exclude
            /// The screen shows this text here.
            case text(String)
        }

        /// What it asks for.
        package var kind: Kind
        /// Where it is in the needle's picture.
        package var rectangle: Rectangle
        /// How far it may have moved against the needle's first area, in pixels.
        package var margin: Int
        /// openQA's percentage.
        ///
        /// 100 asks for the very same pixels; anything less leaves the decision to the worst pixel.
        package var percentage: Double
        /// How much of what the decision tolerates is tolerated here: 1 is all of it, 0 asks for the very same pixels.
        ///
        /// An own addition to openQA's format.
        package var tolerance: Double
        /// Where to click, relative to the area's corner; `nil` is the middle.
        package var clickPoint: Point?
    }

    /// The areas in the order of the file; `nil` when the whole picture is the one area.
    package var areas: [Area]?
    /// Names by which steps may ask for any of several needles.
    package var tags: [String]

    /// The version of the decision that the needle was accepted under; `nil` in a file that doesn't say.
    ///
    /// An own addition to openQA's format. A later decision must not judge an older needle unseen.
    package var algorithm: Int?

    /// The version of the decision that this program makes.
    package static let presentAlgorithm = 1
    /// openQA's width of the strip around an area in which it may have moved.
    static let usualMargin = 50

    /// Creates a needle's file for the present decision.
    package init(areas: [Area]?, tags: [String] = []) {
        self.areas = areas
        self.tags = tags
        algorithm = Self.presentAlgorithm
    }

    /// Reads a needle.
    ///
    /// Errors give the file the name `file`.
    package init(json: some Collection<UInt8>, file: String) throws(NeedleError) {
        guard json.count <= 1 << 20 else { throw .notJSON(file: file, reason: "it is larger than 1 MiB") }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(json))
        } catch {
            throw .notJSON(file: file, reason: "it is no JSON")
        }
        let root = try NeedleObject(value, file: file, path: "needle")
        try root.allowOnly(["area", "tags", "properties", "algorithm"])
        algorithm = try root.integer("algorithm", in: 1...Int(Int32.max))
        if let algorithm, algorithm > Self.presentAlgorithm {
            throw root.unexpected(
                "algorithm",
                "a version of the decision that this program knows, at most \(Self.presentAlgorithm)",
                "\(algorithm)"
            )
        }
        if let list = try root.array("area") {
            guard !list.isEmpty else { throw root.unexpected("area", "at least one area", "none") }
            guard list.count <= 100 else { throw root.unexpected("area", "at most 100 areas", "\(list.count)") }
            var areas: [Area] = []
            for (index, item) in list.enumerated() {
                areas.append(try Area(NeedleObject(item, file: file, path: "area[\(index)]")))
            }
            guard areas.contains(where: { $0.kind == .match }) else {
                throw root.unexpected("area", "at least one area of type match", "none")
            }
            self.areas = areas
        } else {
            areas = nil
        }
        tags = []
        for (index, tag) in (try root.array("tags") ?? []).enumerated() {
            guard case .string(let tag) = tag else { throw root.unexpected("tags[\(index)]", "a text", tag.kind) }
            tags.append(tag)
        }
        _ = try root.array("properties")  // remarks for openQA's own reports
    }

    /// The needle as JSON, in a fixed order, so that changes are easy to read.
    package var json: String {
        var lines: [String] = []
        if let algorithm { lines.append("  \"algorithm\": \(algorithm)") }
        lines.append("  \"tags\": [\(tags.map(Self.quoted).joined(separator: ", "))]")
        if let areas {
            lines.append("  \"area\": [\n    " + areas.map(\.json).joined(separator: ",\n    ") + "\n  ]")
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    fileprivate static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A text can always be encoded.
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    /// Returns the areas, checked against the size of a picture.
    func areas(in picture: Picture, file: String) throws(NeedleError) -> [Area] {
        guard let areas else {
            return [Area(kind: .match, rectangle: picture.bounds)]
        }
        for (index, area) in areas.enumerated() where !picture.bounds.contains(area.rectangle) {
            throw .unexpected(
                file: file,
                path: "area[\(index)]",
                expected: "an area within the picture of \(picture.width)x\(picture.height)",
                seen: area.rectangle.description
            )
        }
        return areas
    }
}

extension NeedleFile.Area {
    /// Creates an area with the usual margin and tolerance.
    package init(kind: Kind, rectangle: Rectangle, clickPoint: Point? = nil) {
        self.kind = kind
        self.rectangle = rectangle
        self.clickPoint = clickPoint
        margin = NeedleFile.usualMargin
        percentage = 96
        tolerance = 1
    }

    fileprivate var json: String {
        var type = "match"
        var fields: [String] = []
        switch kind {
        case .match: break
        case .exclude: type = "exclude"
        case .text(let text):
            type = "ocr"
            fields.append("\"refstr\": \(NeedleFile.quoted(text))")
        }
        fields =
            [
                "\"type\": \"\(type)\"", "\"xpos\": \(rectangle.x)", "\"ypos\": \(rectangle.y)",
                "\"width\": \(rectangle.width)", "\"height\": \(rectangle.height)",
            ] + fields
        if margin != NeedleFile.usualMargin { fields.append("\"margin\": \(margin)") }
        if percentage != 96 { fields.append("\"match\": \(percentage)") }
        if tolerance != 1 { fields.append("\"tolerance\": \(tolerance)") }
        if let clickPoint {
            fields.append("\"click_point\": { \"xpos\": \(clickPoint.x), \"ypos\": \(clickPoint.y) }")
        }
        return "{ " + fields.joined(separator: ", ") + " }"
    }

    fileprivate init(_ object: NeedleObject) throws(NeedleError) {
        try object.allowOnly(
            ["xpos", "ypos", "width", "height", "type", "match", "margin", "click_point", "refstr"]
                + ["processing_flags", "max_offset", "tolerance"]
        )
        if let flags = object.values["processing_flags"] {
            throw object.unexpected("processing_flags", "no processing flags, which are not supported", flags.kind)
        }
        let side = 0...Picture.longestSide
        rectangle = Rectangle(
            x: try object.integer("xpos", in: side) ?? 0,
            y: try object.integer("ypos", in: side) ?? 0,
            width: try object.required("width", object.integer("width", in: 1...Picture.longestSide)),
            height: try object.required("height", object.integer("height", in: 1...Picture.longestSide))
        )
        switch try object.string("type") ?? "match" {
        case "match": kind = .match
        case "exclude": kind = .exclude
        case "ocr": kind = .text(try object.required("refstr", object.string("refstr")))
        case let other: throw object.unexpected("type", "match, exclude or ocr", "\"\(other)\"")
        }
        percentage = try object.number("match", in: 0...100) ?? 96
        margin = try object.integer("margin", in: side) ?? NeedleFile.usualMargin
        tolerance = try object.number("tolerance", in: 0...1) ?? 1
        _ = try object.integer("max_offset", in: side)
        switch object.values["click_point"] {
        case nil, .string("center"): clickPoint = nil
        case .some(let value):
            let point = try NeedleObject(value, file: object.file, path: "\(object.path).click_point")
            try point.allowOnly(["xpos", "ypos", "id"])
            clickPoint = Point(
                x: try point.required("xpos", point.integer("xpos", in: 0...rectangle.width - 1)),
                y: try point.required("ypos", point.integer("ypos", in: 0...rectangle.height - 1))
            )
        }
    }
}

/// A JSON object with its place in a file, for messages that name it.
private struct NeedleObject {
    let values: [String: JSONValue]
    let file: String
    let path: String

    init(_ value: JSONValue, file: String, path: String) throws(NeedleError) {
        guard case .object(let values) = value else {
            throw .unexpected(file: file, path: path, expected: "an object", seen: value.kind)
        }
        self.values = values
        self.file = file
        self.path = path
    }

    func unexpected(_ key: String, _ expected: String, _ seen: String) -> NeedleError {
        .unexpected(file: file, path: path == "needle" ? key : "\(path).\(key)", expected: expected, seen: seen)
    }

    func allowOnly(_ keys: [String]) throws(NeedleError) {
        for key in values.keys.sorted() where !keys.contains(key) {
            throw unexpected(key, "one of the keys \(keys.joined(separator: ", "))", "an unknown key")
        }
    }

    func required<Value>(_ key: String, _ value: Value?) throws(NeedleError) -> Value {
        guard let value else { throw unexpected(key, "a value", "none") }
        return value
    }

    func array(_ key: String) throws(NeedleError) -> [JSONValue]? {
        guard let value = values[key] else { return nil }
        guard case .array(let array) = value else { throw unexpected(key, "an array", value.kind) }
        return array
    }

    func string(_ key: String) throws(NeedleError) -> String? {
        guard let value = values[key] else { return nil }
        guard case .string(let string) = value else { throw unexpected(key, "a text", value.kind) }
        return string
    }

    func number(_ key: String, in bounds: ClosedRange<Double>) throws(NeedleError) -> Double? {
        guard let value = values[key] else { return nil }
        guard case .number(let number) = value, bounds.contains(number) else {
            throw unexpected(key, "a number from \(bounds.lowerBound) to \(bounds.upperBound)", value.kind)
        }
        return number
    }

    func integer(_ key: String, in bounds: ClosedRange<Int>) throws(NeedleError) -> Int? {
        guard let value = values[key] else { return nil }
        guard case .number(let number) = value, let integer = Int(exactly: number), bounds.contains(integer) else {
            throw unexpected(key, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)", value.kind)
        }
        return integer
    }
}
