import Pictures
import ScreenMatching
import ScreenTestSupport

/// How well text is read, on mock screens in fonts that the recipe was not made with.
struct ReadingBench {
    /// One share of many.
    struct Share: CustomStringConvertible {
        private(set) var hits = 0
        private(set) var total = 0

        mutating func count(_ isHit: Bool) {
            hits += isHit ? 1 : 0
            total += 1
        }

        var description: String {
            total == 0 ? "none" : "\(hits) of \(total) (\((Double(hits) / Double(total) * 1000).rounded() / 1000))"
        }
    }

    private static let fonts = [
        "LiberationSans-Regular", "OpenSans-Regular", "Roboto-Regular", "DejaVuSans", "NotoSans-Regular",
    ]
    private static let monospaced = ["Hack-Regular", "LiberationMono-Regular", "DejaVuSansMono"]

    /// Whether to name each phrase that was not found.
    var isVerbose = false

    /// Reads `count` screens of each kind and prints the shares.
    func run(count: Int) throws {
        let reader = try TextReader()
        var accepted: [String: Share] = [:]
        for theme in MockScreen.Theme.allCases {
            var recall = Share()
            var costs: [Duration] = []
            for seed in 0..<count {
                guard let font = font(among: Self.fonts, points: [9, 10, 10.5, 11], seed) else { continue }
                let screen = MockScreen(
                    desktop: theme,
                    font: font,
                    rendering: seed % 3 == 2 ? .unhinted : .hinted,
                    seed: UInt64(seed) + theme.seed
                )
                let start = processorTime()
                let lines = try reader.readNow(screen.picture)
                costs.append(processorTime() - start)
                judge(screen, lines, &recall, &accepted, seed)
            }
            print("desktop, \(theme.rawValue): \(recall) phrases found; first frame \(milliseconds(median(costs))) CPU")
        }
        var recall = Share()
        var costs: [Duration] = []
        for seed in 0..<max(2, count / 3) {
            guard let font = font(among: Self.monospaced, points: [9, 10, 11, 12], seed) else { continue }
            let screen = MockScreen(terminal: font, isDark: seed % 3 != 1, seed: UInt64(seed))
            let start = processorTime()
            let lines = try reader.readNow(screen.picture)
            costs.append(processorTime() - start)
            judge(screen, lines, &recall, &accepted, seed)
        }
        print("terminal 1920x1080: \(recall) lines found; first frame \(milliseconds(median(costs))) CPU")
        for (change, share) in accepted.sorted(by: { $0.key < $1.key }) {
            print("near miss accepted, \(change): \(share)")
        }
    }

    // MARK: - Private parts

    private func font(among names: [String], points: [Double], _ seed: Int) -> Typeface? {
        let name = names[seed % names.count]
        if let font = Typeface(name, points: points[(seed / names.count + seed) % points.count]) { return font }
        print("the font \(name) is not installed")
        return nil
    }

    private func judge(
        _ screen: MockScreen,
        _ lines: [TextLine],
        _ recall: inout Share,
        _ accepted: inout [String: Share],
        _ seed: Int
    ) {
        var generator = SeededGenerator(seed: UInt64(seed + 77))
        let truth = screen.phrases.map { NearMiss.plain($0.text) }
        for phrase in screen.phrases {
            let found = TextSearch(phrase.text)?.firstMatch(in: lines) != nil
            recall.count(found)
            if !found, isVerbose {
                let near = lines.filter { !$0.box.intersection(phrase.box).isEmpty }.map(\.text)
                print("  missed \"\(phrase.text)\" at \(phrase.box): read \(near)")
            }
            for miss in NearMiss.all(of: phrase.text, &generator) {
                // What stands somewhere else on the screen may be found.
                guard !truth.contains(where: { $0.contains(NearMiss.plain(miss.text)) }) else { continue }
                let match = TextSearch(miss.text)?.firstMatch(in: lines)
                accepted[miss.change, default: Share()].count(match != nil)
                if let match, isVerbose {
                    print("  accepted \"\(miss.text)\" for \"\(match.map(\.text).joined(separator: " "))\"")
                }
            }
        }
    }
}

extension MockScreen.Theme {
    /// So that no two screens of a run are the same.
    var seed: UInt64 {
        switch self {
        case .light: 1000
        case .dark: 2000
        case .mixed: 3000
        }
    }
}

/// A phrase that is not on the screen, but nearly.
struct NearMiss {
    let change: String
    let text: String

    /// Letters and digits, and single spaces around words.
    static func plain(_ text: String) -> String {
        " " + text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ") + " "
    }

    static func all(of phrase: String, _ generator: inout SeededGenerator) -> [NearMiss] {
        var words = phrase.split(separator: " ").map(String.init)
        var misses: [NearMiss] = []
        let index = Int.random(in: words.indices, using: &generator)
        let word = words[index]
        func replaced(_ new: String) -> String {
            var words = words
            words[index] = new
            return words.joined(separator: " ")
        }
        let other = MockPhrases.sentences.pick(&generator).split(separator: " ").map(String.init).pick(&generator)
        if other.lowercased() != word.lowercased() {
            misses.append(NearMiss(change: "another real word", text: replaced(other)))
        }
        if let place = words.firstIndex(of: "is") {
            var words = words
            words.insert("not", at: place + 1)
            misses.append(NearMiss(change: "\"not\" put in", text: words.joined(separator: " ")))
        }
        if let place = words.firstIndex(of: "not") {
            var words = words
            words.remove(at: place)
            misses.append(NearMiss(change: "\"not\" dropped", text: words.joined(separator: " ")))
        }
        if words.count > 2 {
            var rest = words
            rest.remove(at: Int.random(in: 1..<words.count - 1, using: &generator))
            misses.append(NearMiss(change: "a word dropped", text: rest.joined(separator: " ")))
        }
        if words.count > 1 {
            let place = Int.random(in: 1..<words.count, using: &generator)
            if words[place] != words[place - 1] {
                words.swapAt(place, place - 1)
                misses.append(NearMiss(change: "words swapped", text: words.joined(separator: " ")))
                words.swapAt(place, place - 1)
            }
        }
        if let digit = word.firstIndex(where: \.isNumber) {
            var changed = word
            let other = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].filter { $0 != String(word[digit]) }
            changed.replaceSubrange(digit...digit, with: other.pick(&generator))
            misses.append(NearMiss(change: "a digit changed", text: replaced(changed)))
        }
        guard word.count > 3, word.allSatisfy(\.isLetter) else { return misses }
        misses.append(NearMiss(change: "un- before", text: replaced("un" + word.lowercased())))
        misses.append(NearMiss(change: "-s after", text: replaced(word + "s")))
        let letter = word.index(word.startIndex, offsetBy: Int.random(in: 0..<word.count, using: &generator))
        var changed = word
        let letters = "abcdefghijkmnopqrstuvwxyz".map(String.init).filter { $0 != word[letter].lowercased() }
        changed.replaceSubrange(letter...letter, with: letters.pick(&generator))
        misses.append(NearMiss(change: "a letter changed", text: replaced(changed)))
        changed = word
        changed.remove(at: letter)
        misses.append(NearMiss(change: "a letter dropped", text: replaced(changed)))
        return misses
    }
}
