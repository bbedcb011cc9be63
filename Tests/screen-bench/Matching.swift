import Pictures
import ScreenMatching
import ScreenTestSupport

/// How well pictures are told apart, and how well other renderings of the same are found.
///
/// Every class is judged on screens, fonts and icons that the constants of the decision were not chosen on.
struct MatchingBench {
    /// What one class of cases gave.
    private struct Class {
        var name: String
        var isStrict: Bool
        var right = 0
        var wrongPlace = 0
        var errors: [Double] = []
    }

    private static let fonts = [
        "LiberationSans-Regular", "LiberationSans-Bold", "LiberationSerif-Regular", "OpenSans-Regular",
        "Roboto-Regular", "Hack-Regular", "DejaVuSerif",
    ]

    /// How many cases of each class.
    let count: Int
    private var classes: [Class] = []
    private var disagreements = 0
    private let seed: UInt64
    private var generator: SeededGenerator

    /// Other seeds choose other words, screens and parts of them.
    init(count: Int, seed: UInt64) {
        (self.count, self.seed) = (count, seed)
        generator = SeededGenerator(seed: 4711 + seed)
    }

    /// Runs the cases of text, icons and screens, or only one of them.
    mutating func run(only part: String?) throws {
        if part ?? "text" == "text" { try runText() }
        if part ?? "icons" == "icons" { try runIcons() }
        if part ?? "screens" == "screens" { try runScreens() }
        for result in classes {
            let errors = result.errors.sorted()
            let edge =
                result.isStrict
                ? "lowest \(rounded(errors.first ?? 99))"
                : "highest \(rounded(errors.last ?? 0)), p99 \(rounded(errors[errors.count * 99 / 100]))"
            let share = Double(result.right) / Double(max(1, errors.count)) * 100
            print(
                "\(result.isStrict ? "strict  " : "tolerant") \(result.name): \(result.right) of \(errors.count) right "
                    + "(\(rounded(share)) %), wrong place \(result.wrongPlace), error \(edge)"
            )
        }
        print("the quick look of a wait decided otherwise: \(disagreements)")
    }

    // MARK: - Text

    private struct Line {
        let font: Typeface
        let text: String
        let ink, paper: Colour

        func drawn(
            _ text: String? = nil,
            _ rendering: Typeface.Rendering = .hinted,
            dx: Double = 0,
            ink: Colour? = nil
        ) -> Canvas {
            var canvas = Canvas(width: 560, height: 90, colour: paper)
            canvas.box(Rectangle(x: 0, y: 0, width: 560, height: 16), colour: self.ink)
            canvas.write("Other words", in: font, x: 350, y: 74, rendering: rendering, colour: self.ink)
            canvas.write(text ?? self.text, in: font, x: 40 + dx, y: 50, rendering: rendering, colour: ink ?? self.ink)
            return canvas
        }

        /// Around the line, as a person would cut it out.
        var area: Rectangle {
            Rectangle(x: 34, y: 50 - font.height, width: font.width(of: text, .unhinted) + 14, height: font.height + 8)
        }
    }

    private mutating func line(_ index: Int) -> Line? {
        let schemes: [(Colour, Colour)] = [
            (.ink, .paper), (.white, Colour(red: 40, green: 44, blue: 52)), (.black, .white),
            (Colour(red: 20, green: 50, blue: 120), Colour(red: 225, green: 230, blue: 240)),
        ]
        let points = [9, 10, 10.5, 11, 12][index / Self.fonts.count % 5]
        guard let font = Typeface(Self.fonts[index % Self.fonts.count], points: points) else { return nil }
        let (ink, paper) = schemes[index % schemes.count]
        return Line(font: font, text: MockPhrases.sentences.pick(&generator), ink: ink, paper: paper)
    }

    private mutating func runText() throws {
        for index in 0..<count {
            guard let line = line(index) else { continue }
            let hinted = line.drawn(), plain = line.drawn(nil, .unhinted)
            let (area, changed) = (line.area, changedLetter(line.text))
            try strict("a letter or digit, hinted", hinted, area, line.drawn(changed))
            try strict("a letter or digit, unhinted", plain, area, line.drawn(changed, .unhinted))
            try strict(
                "a letter or digit, unhinted and half a pixel off",
                plain,
                area,
                line.drawn(changed, .unhinted, dx: 0.5)
            )
            try strict(
                "a letter or digit, unhinted in another brightness",
                plain,
                area,
                line.drawn(changed, .unhinted).renderedAgain(gain: 0.9, offset: 12)
            )
            try strict(
                "a letter or digit, unhinted after JPEG 75",
                plain,
                area,
                line.drawn(changed, .unhinted).recoded(quality: 75)
            )
            if let swapped = swapped(line.text) {
                // In some fonts both are drawn alike, and nobody can tell them apart.
                try strict("l for I, hinted", hinted, area, line.drawn(swapped), ignoringEqual: true)
                try strict("l for I, unhinted", plain, area, line.drawn(swapped, .unhinted), ignoringEqual: true)
            }
            let words = line.text.split(separator: " ")
            if words.count > 1 {
                let negated = ([String(words[0]), "not"] + words.dropFirst().map(String.init)).joined(separator: " ")
                try strict("\"not\" put in", hinted, area, line.drawn(negated))
            }
            try strict("greyed out", hinted, area, line.drawn(ink: line.ink.mixed(with: line.paper, 0.35)))
            guard index.isMultiple(of: 2) else { continue }
            try tolerant("line, the same", hinted, area, hinted)
            try tolerant("line, gain .9 and offset 12", hinted, area, hinted.renderedAgain(gain: 0.9, offset: 12))
            try tolerant("line, gain 1.05 and offset -5", hinted, area, hinted.renderedAgain(gain: 1.05, offset: -5))
            for quality in [90, 75] {
                try tolerant("line, JPEG \(quality)", hinted, area, hinted.recoded(quality: quality))
            }
            for shift in [0.25, 0.33, 0.5] {
                try tolerant("line, rendered again \(shift) off", plain, area, line.drawn(nil, .unhinted, dx: shift))
            }
            try tolerant("line, grey for subpixels", plain, area, line.drawn(nil, .subpixels))
            try tolerant(
                "line, subpixels .33 off",
                line.drawn(nil, .subpixels),
                area,
                line.drawn(nil, .subpixels, dx: 0.33)
            )
        }
    }

    private mutating func changedLetter(_ text: String) -> String {
        // Neither of the two that look the same in many fonts.
        let places = text.indices.filter { (text[$0].isLetter || text[$0].isNumber) && !"lI".contains(text[$0]) }
        guard let place = places.randomElement(using: &generator) else { return text + "x" }
        var letters = "abcdefghijkmnopqrstuvwxyz"
        if text[place].isUppercase { letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ" }
        if text[place].isNumber { letters = "0123456789" }
        var changed = text
        let letter = letters.filter { $0 != text[place] }.randomElement(using: &generator) ?? "x"
        changed.replaceSubrange(place...place, with: String(letter))
        return changed
    }

    private func swapped(_ text: String) -> String? {
        guard let place = text.firstIndex(where: { $0 == "l" || $0 == "I" }) else { return nil }
        var changed = text
        changed.replaceSubrange(place...place, with: text[place] == "l" ? "I" : "l")
        return changed
    }

    // MARK: - Icons and controls

    private mutating func runIcons() throws {
        for index in 0..<count {
            let size = [24, 32, 48][index % 3]
            let seed = UInt64(index + 50_000) + 10_000_000 * self.seed
            let area = Rectangle(x: 60, y: 40, width: size, height: size)
            let source = icon(seed, area, hue: 0)
            for hue in [180.0, 90, 45] {
                try strict("icon, hue turned by \(Int(hue))", source, area, icon(seed, area, hue: hue))
            }
            try strict("another icon", source, area, icon(seed + 1_000_000, area, hue: 0))
            try strict("check box, the other state", box(index, isOn: true), box, box(index, isOn: false))
            if index.isMultiple(of: 4) {
                try tolerant("icon, the same", source, area, source)
                try tolerant("icon, gain .9 and offset 12", source, area, source.renderedAgain(gain: 0.9, offset: 12))
            }
        }
    }

    private func icon(_ seed: UInt64, _ area: Rectangle, hue: Double) -> Canvas {
        var shapes = SeededGenerator(seed: seed)
        var canvas = Canvas(width: 160, height: 130, colour: Colour(red: 230, green: 228, blue: 225))
        for _ in 0..<5 {
            // Saturated enough for a change of hue to be one that is seen.
            let start = Double.random(in: 0..<360, using: &shapes)
            let colour = Colour(
                hue: start + hue,
                saturation: .random(in: 0.5...1, using: &shapes),
                value: .random(in: 0.5...1, using: &shapes)
            )
            let side = Int.random(in: area.width / 3...area.width * 3 / 5, using: &shapes)
            let x = area.x + Int.random(in: 0...area.width - side, using: &shapes)
            let y = area.y + Int.random(in: 0...area.height - side, using: &shapes)
            if Bool.random(using: &shapes) {
                canvas.box(Rectangle(x: x, y: y, width: side, height: side), colour: colour)
            } else {
                canvas.disc(x: x + side / 2, y: y + side / 2, radius: side / 2, colour: colour)
            }
        }
        return canvas
    }

    private let box = Rectangle(x: 54, y: 44, width: 26, height: 26)

    private func box(_ index: Int, isOn: Bool) -> Canvas {
        let isDark = index % 2 == 1
        let (paper, ink): (Colour, Colour) = isDark ? (.ink, .paper) : (.paper, .ink)
        var canvas = Canvas(width: 160, height: 120, colour: paper)
        let inside = [3, 4, 5][index / 2 % 3]
        if index % 4 < 2 {
            canvas.box(Rectangle(x: 60, y: 50, width: 14, height: 14), colour: ink.mixed(with: paper, 0.3))
            canvas.box(Rectangle(x: 61, y: 51, width: 12, height: 12), colour: paper)
            if isOn {
                canvas.box(
                    Rectangle(x: 60 + inside, y: 50 + inside, width: 14 - 2 * inside, height: 14 - 2 * inside),
                    colour: ink
                )
            }
        } else {
            canvas.disc(x: 67, y: 57, radius: 7, colour: ink.mixed(with: paper, 0.3))
            canvas.disc(x: 67, y: 57, radius: 6, colour: paper)
            if isOn { canvas.disc(x: 67, y: 57, radius: 6 - inside / 2, colour: ink) }
        }
        return canvas
    }

    // MARK: - Parts of whole screens

    private mutating func runScreens() throws {
        var (erased, others, seed) = (0, 0, UInt64(0))
        // Most random parts are too plain or repeated, which the lint says; so more are tried than are judged.
        while erased < count, seed < UInt64(count) {
            seed += 1
            let names = Self.fonts.filter { !$0.hasPrefix("Hack") }
            let theme = MockScreen.Theme.allCases[Int(seed) % 3]
            guard let font = Typeface(names[Int(seed) % names.count], points: 10 + Double(seed % 3) / 2) else {
                continue
            }
            let screen = MockScreen(desktop: theme, font: font, seed: 9000 + 100_000 * self.seed + seed).canvas
            // Another desktop would have the same borders, which are then rightly found.
            guard let monospaced = Typeface("Hack-Regular", points: 9 + Double(seed % 4)) else { continue }
            let other = MockScreen(
                terminal: monospaced,
                width: 1024,
                height: 768,
                isDark: seed % 2 == 0,
                seed: 100_000 * self.seed + seed
            ).canvas
            for _ in 0..<6 where erased < count {
                let (width, height) = [(24, 24), (46, 46), (120, 40), (400, 300)].pick(&generator)
                let area = Rectangle(
                    x: Int.random(in: 0..<1024 - width, using: &generator),
                    y: Int.random(in: 0..<768 - height, using: &generator),
                    width: width,
                    height: height
                )
                guard try isAdmitted(area, of: screen.picture) else { continue }
                erased += 1
                try strict("screen, erased", screen, area, self.erased(area, of: screen))
                if others < erased / 2 {
                    others += 1
                    try strict("screen, another one", screen, area, other)
                    try tolerant("screen, bilinear .25", screen, area, screen.renderedAgain(dx: 0.25, dy: 0.25))
                    try tolerant("screen, bilinear .5", screen, area, screen.renderedAgain(dx: 0.5, dy: 0.5))
                    try tolerant("screen, cubic .33", screen, area, screen.renderedAgain(dx: 0.33, isCubic: true))
                    try tolerant("screen, JPEG 75", screen, area, screen.recoded(quality: 75))
                    try tolerant("screen, pointer on it", screen, area, pointed(area, screen), pointer: pointer(area))
                }
            }
        }
    }

    private func isAdmitted(_ area: Rectangle, of picture: Picture) throws -> Bool {
        try !Needle(area, of: picture).lint().contains(where: \.isFatal)
    }

    /// Paints stripes over an area: one colour would draw the borders of its neighbours anew.
    private func erased(_ area: Rectangle, of screen: Canvas) -> Canvas {
        var canvas = screen
        for row in 0..<area.height {
            let grey = UInt8(truncatingIfNeeded: row * 97)
            canvas.box(
                Rectangle(x: area.x, y: area.y + row, width: area.width, height: 1),
                colour: Colour(red: grey, green: 255 - grey, blue: grey)
            )
        }
        return canvas
    }

    private func pointer(_ area: Rectangle) -> Rectangle {
        let side = max(4, min(12, min(area.width, area.height) / 3))
        return Rectangle(x: area.centre.x, y: area.centre.y, width: side, height: side)
    }

    private func pointed(_ area: Rectangle, _ screen: Canvas) -> Canvas {
        var canvas = screen
        canvas.box(pointer(area), colour: .black)
        canvas.box(pointer(area).expanded(by: -2), colour: .white)
        return canvas
    }

    // MARK: - Judging

    private mutating func strict(
        _ name: String,
        _ source: Canvas,
        _ area: Rectangle,
        _ screen: Canvas,
        ignoringEqual: Bool = false
    ) throws {
        guard let wanted = source.picture.cropped(to: area) else { return }
        let sighting = try PictureSearch().find(wanted, on: screen.picture)
        if ignoringEqual, sighting.error == 0 { return }
        try compare(name, source, area, screen, sighting)
        note(name, isStrict: true, isRight: sighting.verdict > .occluded, isElsewhere: false, sighting.error)
        if sighting.verdict <= .occluded, isVerbose { print("  accepted: \(name), \(area), \(sighting)") }
    }

    private mutating func tolerant(
        _ name: String,
        _ source: Canvas,
        _ area: Rectangle,
        _ screen: Canvas,
        pointer: Rectangle? = nil
    ) throws {
        guard let wanted = source.picture.cropped(to: area) else { return }
        let sighting = try PictureSearch(pointer: pointer).find(wanted, on: screen.picture)
        if pointer == nil { try compare(name, source, area, screen, sighting) }
        let isFound = sighting.verdict <= .occluded
        let isHere = sighting.place.map { abs($0.x - area.x) <= 1 && abs($0.y - area.y) <= 1 } ?? false
        note(name, isStrict: false, isRight: isFound && isHere, isElsewhere: isFound && !isHere, sighting.error)
        if !(isFound && isHere), isVerbose { print("  refused: \(name), \(area), \(sighting)") }
    }

    /// The look of a wait decides as the whole search does.
    private mutating func compare(
        _ name: String,
        _ source: Canvas,
        _ area: Rectangle,
        _ screen: Canvas,
        _ sighting: Sighting
    ) throws {
        let places = try Needle(area, of: source.picture).findAll(on: screen.picture).compactMap(\.place)
        // Halfway between two pixels, either is right.
        let isSame =
            sighting.verdict == .match
            ? places.contains { place in
                sighting.place.map { abs($0.x - place.x) <= 1 && abs($0.y - place.y) <= 1 } ?? false
            } : places.isEmpty
        disagreements += isSame ? 0 : 1
        if !isSame, isVerbose { print("  the glance disagrees: \(name), \(area), \(places), \(sighting)") }
    }

    private mutating func note(_ name: String, isStrict: Bool, isRight: Bool, isElsewhere: Bool, _ error: Double) {
        let index = classes.firstIndex { $0.name == name } ?? classes.endIndex
        if index == classes.endIndex { classes.append(Class(name: name, isStrict: isStrict)) }
        classes[index].right += isRight ? 1 : 0
        classes[index].wrongPlace += isElsewhere ? 1 : 0
        classes[index].errors.append(error)
    }

    private func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}

extension Needle {
    /// A needle of one area.
    init(_ area: Rectangle, of picture: Picture) throws {
        let file = NeedleFile(areas: [NeedleFile.Area(kind: .match, rectangle: area)])
        let variant = try Variant(name: "a", picture: picture, file: file, fileName: "needle.json")
        self.init(name: "bench/\(area)", variants: [variant])
    }
}
