package import Pictures

/// A made-up desktop or terminal, and what is written on it.
package struct MockScreen {
    /// Something that is written on the screen, and where.
    package struct Phrase {
        package let text: String
        package let box: Rectangle
    }

    /// Which colours it has.
    package enum Theme: String, CaseIterable {
        case light, dark, mixed
    }

    package private(set) var canvas: Canvas
    /// Every text on it.
    package private(set) var phrases: [Phrase] = []
    /// Where icons are.
    package private(set) var icons: [Rectangle] = []

    /// What was drawn.
    package var picture: Picture { canvas.picture }

    private let font: Typeface
    private let rendering: Typeface.Rendering
    private var generator: SeededGenerator
}

// MARK: - Desktops

extension MockScreen {
    /// Draws a desktop of 1024x768 with three windows.
    package init(desktop theme: Theme, font: Typeface, rendering: Typeface.Rendering = .hinted, seed: UInt64) {
        self.font = font
        self.rendering = rendering
        generator = SeededGenerator(seed: seed)
        canvas = Canvas(width: 1024, height: 768)
        let sky = Palette(isDark: theme != .light, &generator)
        let whole = Rectangle(x: 0, y: 0, width: 1024, height: 768)
        canvas.gradient(whole, from: sky.accent, to: sky.paper.mixed(with: sky.accent, 0.5))
        panel(Palette(isDark: theme != .light, &generator))
        for index in 0..<3 {
            let isDark =
                switch theme {
                case .light: false
                case .dark: true
                case .mixed: index != 1
                }
            let frame = [
                Rectangle(x: 24, y: 52, width: 470, height: 330), Rectangle(x: 530, y: 70, width: 460, height: 300),
                Rectangle(x: 120, y: 410, width: 780, height: 320),
            ][index]
            window(frame, Palette(isDark: isDark, &generator), style: index)
        }
    }

    private mutating func panel(_ palette: Palette) {
        canvas.box(Rectangle(x: 0, y: 0, width: 1024, height: 30), colour: palette.raised)
        var x = 14
        for _ in 0..<3 { x = write(MockPhrases.labels.pick(&generator), x: x, y: 20, palette.ink) + 26 }
        let clock = "\(Int.random(in: 10...23, using: &generator)):\(Int.random(in: 10...59, using: &generator))"
        _ = write(clock, x: 960, y: 20, palette.ink)
    }

    private mutating func window(_ frame: Rectangle, _ palette: Palette, style: Int) {
        canvas.box(frame.expanded(by: 1), colour: palette.line)
        canvas.box(frame, colour: palette.paper)
        let title = Rectangle(x: frame.x, y: frame.y, width: frame.width, height: 28)
        canvas.gradient(title, from: palette.raised, to: palette.raised.mixed(with: palette.line, 0.3))
        _ = write(MockPhrases.sentences.pick(&generator), x: frame.x + 150, y: frame.y + 19, palette.ink)
        canvas.disc(x: frame.right - 16, y: frame.y + 14, radius: 6, colour: palette.accent)
        let inside = Rectangle(x: frame.x, y: frame.y + 28, width: frame.width, height: frame.height - 28)
        menu(inside, palette)
        switch style {
        case 0: list(inside, palette)
        case 1: dialog(inside, palette)
        default: table(inside, palette)
        }
    }

    private mutating func menu(_ area: Rectangle, _ palette: Palette) {
        var x = area.x + 12
        for _ in 0..<4 { x = write(MockPhrases.labels.pick(&generator), x: x, y: area.y + 18, palette.ink) + 20 }
        canvas.box(Rectangle(x: area.x, y: area.y + 27, width: area.width, height: 1), colour: palette.line)
    }

    private mutating func list(_ area: Rectangle, _ palette: Palette) {
        for row in 0..<9 {
            let y = area.y + 36 + 28 * row
            guard y + 30 < area.bottom else { break }
            let isSelected = row == 3
            if isSelected {
                canvas.box(Rectangle(x: area.x + 4, y: y, width: area.width - 8, height: 26), colour: palette.accent)
            }
            icon(x: area.x + 16, y: y + 3, size: 20)
            let ink = isSelected ? palette.onAccent : palette.ink
            _ = write(MockPhrases.sentences.pick(&generator), x: area.x + 58, y: y + 18, ink)
        }
    }

    private mutating func dialog(_ area: Rectangle, _ palette: Palette) {
        for row in 0..<5 {
            let y = area.y + 44 + 30 * row
            let box = Rectangle(x: area.x + 20, y: y, width: 14, height: 14)
            canvas.box(box, colour: palette.line)
            canvas.box(box.expanded(by: -1), colour: palette.paper)
            if Bool.random(using: &generator) { canvas.box(box.expanded(by: -4), colour: palette.accent) }
            _ = write(MockPhrases.sentences.pick(&generator), x: area.x + 56, y: y + 12, palette.ink)
        }
        var x = area.x + 24
        for index in 0..<3 {
            let text = MockPhrases.labels.pick(&generator)
            let button = Rectangle(x: x, y: area.bottom - 50, width: font.width(of: text) + 36, height: 32)
            canvas.box(button, colour: palette.line)
            canvas.box(button.expanded(by: -1), colour: index == 0 ? palette.accent : palette.raised)
            _ = write(text, x: x + 18, y: button.y + 21, index == 0 ? palette.onAccent : palette.ink)
            x = button.right + 18
        }
    }

    private mutating func table(_ area: Rectangle, _ palette: Palette) {
        let columns = [area.x + 12, area.x + 360, area.x + 560]
        for row in 0..<8 {
            let y = area.y + 34 + 29 * row
            if row == 0 {
                canvas.box(Rectangle(x: area.x, y: y - 4, width: area.width, height: 27), colour: palette.raised)
            }
            for (index, x) in columns.enumerated() {
                let text =
                    row == 0
                    ? MockPhrases.labels.pick(&generator)
                    : index == 0 ? MockPhrases.sentences.pick(&generator) : MockPhrases.detail(&generator)
                _ = write(text, x: x + 10, y: y + 15, palette.ink)
            }
            canvas.box(Rectangle(x: area.x, y: y + 23, width: area.width, height: 1), colour: palette.line)
        }
        for x in columns.dropFirst() {
            canvas.box(Rectangle(x: x, y: area.y + 30, width: 1, height: area.height - 34), colour: palette.line)
        }
    }

    /// Draws a small picture of shapes in strong colours.
    private mutating func icon(x: Int, y: Int, size: Int) {
        func colour() -> Colour {
            Colour(
                red: UInt8.random(in: 0...255, using: &generator),
                green: UInt8.random(in: 0...255, using: &generator),
                blue: UInt8.random(in: 0...255, using: &generator)
            )
        }
        let area = Rectangle(x: x, y: y, width: size, height: size)
        canvas.box(area.expanded(by: -2), colour: colour())
        canvas.disc(x: x + size / 2, y: y + size / 2, radius: size / 3, colour: colour())
        canvas.box(Rectangle(x: x + 4, y: y + size / 2, width: size / 2, height: 3), colour: colour())
        icons.append(area)
    }
}

// MARK: - Terminals

extension MockScreen {
    /// Draws a full screen of a terminal, a line of text in each row.
    package init(terminal font: Typeface, width: Int = 1920, height: Int = 1080, isDark: Bool = true, seed: UInt64) {
        self.font = font
        rendering = .hinted
        generator = SeededGenerator(seed: seed)
        let palette = Palette(isDark: isDark, &generator)
        canvas = Canvas(width: width, height: height, colour: isDark ? .black : .white)
        for y in stride(from: font.height, to: height - 4, by: font.height) {
            _ = write(MockPhrases.terminalLine(&generator), x: 4, y: y, palette.ink)
        }
    }
}

// MARK: - Writing

extension MockScreen {
    private mutating func write(_ text: String, x: Int, y: Int, _ ink: Colour) -> Int {
        let end = canvas.write(text, in: font, x: Double(x), y: Double(y), rendering: rendering, colour: ink)
        let height = font.height
        let box = Rectangle(x: x, y: y - height * 3 / 4, width: Int(end) - x, height: height)
        phrases.append(Phrase(text: text, box: box))
        return Int(end)
    }
}

private struct Palette {
    let paper, raised, line, ink, accent, onAccent: Colour

    init(isDark: Bool, _ generator: inout SeededGenerator) {
        func grey(_ bounds: ClosedRange<Int>) -> Colour {
            let level = Int.random(in: bounds, using: &generator)
            let tint = Int.random(in: -6...6, using: &generator)
            return Colour(
                red: UInt8(clamping: level + tint),
                green: UInt8(clamping: level),
                blue: UInt8(clamping: level - tint)
            )
        }
        paper = isDark ? grey(25...55) : grey(235...255)
        ink = isDark ? grey(205...245) : grey(15...60)
        raised = paper.mixed(with: ink, isDark ? 0.08 : 0.1)
        line = paper.mixed(with: ink, 0.3)
        let accents = [
            Colour(red: 50, green: 110, blue: 190), Colour(red: 120, green: 60, blue: 150),
            Colour(red: 30, green: 120, blue: 90), Colour(red: 170, green: 70, blue: 30),
        ]
        accent = accents.pick(&generator)
        onAccent = .white
    }
}
