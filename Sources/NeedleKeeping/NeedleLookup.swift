import Foundation
package import Pictures
package import ScreenMatching

/// What became of the search for one needle in a screenshot.
package struct NeedleLookup: Sendable, Encodable, CustomStringConvertible {
    /// The needle.
    package let needle: String
    /// Which of its pictures came nearest.
    package let picture: String
    /// `match`, `differs` or `absent`.
    package let verdict: String
    /// All places that match, best first; else the one that comes nearest.
    package let places: [Rectangle]
    /// The worst pixel's error; at most 1 matches, 0 is the very same pixels.
    package let error: Double
    /// Where the worst pixel is, when it doesn't match.
    package let worstPixel: Point?
    /// Where a click goes, when it matches.
    package let clickPoint: Point?

    /// Whether it is there.
    package var isFound: Bool { verdict == Sighting.Verdict.match.rawValue }

    /// Looks for a needle in a screenshot.
    package init(of needle: Needle, on screen: Picture, in region: Rectangle?, reader: TextReader) throws {
        let readText = { (place: Rectangle) in try reader.readNow(screen, in: place) }
        let matches = try needle.findAll(on: screen, in: region, readText: readText)
        let best = try matches.first ?? needle.find(on: screen, in: region, readText: readText)
        self.needle = needle.name
        picture = best.variant
        verdict = best.verdict.rawValue
        places = matches.isEmpty ? [best.place].compactMap { $0 } : matches.compactMap(\.place)
        error = (best.error * 1000).rounded() / 1000
        worstPixel = best.verdict == .match ? nil : best.worstPixel
        clickPoint = best.verdict == .match ? best.clickPoint : nil
    }

    package var description: String {
        let list = places.map(\.description).joined(separator: ", ")
        return switch verdict {
        case "match": "\(needle): matches \(list) (picture \(picture), error \(error))"
        case "absent": "\(needle): absent" + (list.isEmpty ? "" : ", nearest \(list) (picture \(picture))")
        default:
            "\(needle): differs from \(list)\(worstPixel.map { " at \($0)" } ?? "") (picture \(picture), "
                + "error \(error) of at most 1)"
        }
    }
}

private struct Document<Content: Encodable>: Encodable {
    let version = 1
    let found: Content
}

private func text(of content: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Document(found: content)), as: UTF8.self)
}

extension [NeedleLookup] {
    /// The lookups as a JSON document with a version.
    package func json() throws -> String { try text(of: self) }
}

extension [TextLine] {
    private struct Line: Encodable {
        struct Word: Encodable {
            let text: String
            let box: Rectangle
            let confidence: Double
        }

        let text: String
        let box: Rectangle
        let words: [Word]
    }

    /// The lines as a JSON document with a version.
    package func json() throws -> String {
        try NeedleKeeping.text(
            of: map { line in
                Line(
                    text: line.text,
                    box: line.box,
                    words: line.words.map { .init(text: $0.text, box: $0.box, confidence: $0.confidence.rounded()) }
                )
            }
        )
    }
}
