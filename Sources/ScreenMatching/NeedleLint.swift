import CVision
package import Pictures

/// Something about a needle that will make it lie or fail.
package struct NeedleFinding: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Kind: Hashable, Sendable {
        /// Too few pixels to tell it from anything else.
        case tooSmall
        /// Too little contrast to tell it from a blank screen.
        case tooPlain(contrast: Double)
        /// The same picture matches elsewhere on the screen it was cut from, or nearly.
        case ambiguous(error: Double, at: Rectangle)
        /// So many other places look alike but for their colours that a search may not get to this one.
        case commonplace(count: Int)
        /// It matches on other screens that were recorded, which it was not made for.
        case alsoMatches(screens: [String])
        /// It is in several places of a screen that was recorded.
        case several(count: Int, screen: String)
    }

    /// What is wrong.
    package let kind: Kind
    /// The picture's name.
    package let variant: String
    /// The area.
    package let area: Rectangle
    /// Whether the needle must not be used; else it is a warning.
    package let isFatal: Bool

    /// Creates a finding.
    package init(kind: Kind, variant: String, area: Rectangle, isFatal: Bool) {
        self.kind = kind
        self.variant = variant
        self.area = area
        self.isFatal = isFatal
    }

    package var description: String {
        let what =
            switch kind {
            case .tooSmall: "is too small to be told from anything else; take a larger part"
            case .tooPlain(let contrast):
                "is too plain (contrast \(contrast.rounded()) of at least \(Needle.leastContrast)); take a part with more in it"
            case .ambiguous(let error, let place):
                "also fits \(place) of its own screen (error \((error * 100).rounded() / 100)); take a larger part"
            case .commonplace(let count):
                "looks like \(count) other places of its own screen but for the colours; take a part with more in it"
            case .several(let count, let screen):
                "is in \(count) places of the recorded screen \(screen); take a larger part, or click in a region"
            case .alsoMatches(let screens):
                "also matches \(screens.count) other recorded screens (\(screens.prefix(3).joined(separator: ", ")))"
            }
        return "\(variant): the area \(area) \(what)"
    }
}

extension Needle {
    static let leastContrast = 8.0
    private static let leastSide = 8
    private static let fatalRival = 1.5
    private static let doubtfulRival = 2.0
    /// As many as a search looks at closely.
    private static let mostAlike = 5

    /// Returns what is wrong with the needle, judged on the screens its pictures were cut from.
    package func lint() throws(VisionError) -> [NeedleFinding] {
        var findings: [NeedleFinding] = []
        for variant in variants {
            for area in variant.areas where area.kind == .match {
                findings += try Self.lint(area.rectangle, of: variant)
            }
        }
        return findings
    }

    private static func lint(_ area: Rectangle, of variant: Variant) throws(VisionError) -> [NeedleFinding] {
        func finding(_ kind: NeedleFinding.Kind, isFatal: Bool = true) -> [NeedleFinding] {
            [NeedleFinding(kind: kind, variant: variant.name, area: area, isFatal: isFatal)]
        }
        guard min(area.width, area.height) >= leastSide else { return finding(.tooSmall) }
        var (rival, contrast, place, alike) = (0.0, 0.0, cvision_rect(), Int32(0))
        let status = variant.picture.withVisionPicture {
            cvision_lint($0, cvision_rect(area), &rival, &place, &alike, &contrast)
        }
        try VisionError.check(status, during: "the lint of a needle")
        if contrast < leastContrast { return finding(.tooPlain(contrast: contrast)) }
        if rival <= doubtfulRival {
            return finding(.ambiguous(error: rival, at: Rectangle(place)), isFatal: rival <= fatalRival)
        }
        return alike >= mostAlike ? finding(.commonplace(count: Int(alike))) : []
    }
}
