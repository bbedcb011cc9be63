import CVision
package import Pictures
import Synchronization

/// Reads the text of screens, line by line, and reads a line again only when its pixels are new.
///
/// 1. Lines are found by their edges, borders taken out; after the first screen only around rows that changed.
/// 2. Each is turned to dark on white, doubled, and read on its own.
/// 3. What was read is kept by the line's pixels, so a clock costs one line and scrolling costs nothing.
package final class TextReader: Sendable {
    private struct State: ~Copyable {
        let engine: TextEngine
        var lines = LineFinder()
        var cache = LineCache()
        var readLines = 0
    }

    private let state: Mutex<State>
    private let queue = WorkQueue(name: "text-reader")

    /// Creates a reader; loading the language's data takes about a tenth of a second.
    package init(languages: String = "eng") throws(TextError) {
        state = Mutex(State(engine: try TextEngine(languages: languages)))
    }

    /// How many lines had to be read because their pixels were new.
    package var readLines: Int { state.withLock { $0.readLines } }

    /// Reads the lines of a screen from top to bottom, on a thread of its own.
    ///
    /// With a region, only words whose middle lies in it are returned, and only their lines are read.
    package func lines(of picture: Picture, in region: Rectangle? = nil) async throws(VisionError) -> [TextLine] {
        try await queue.run { () throws(VisionError) in try self.readNow(picture, in: region) }
    }

    /// Reads as ``lines(of:in:)`` does, on the calling thread.
    ///
    /// Takes up to a second: not for Swift's own threads.
    package func readNow(_ picture: Picture, in region: Rectangle? = nil) throws(VisionError) -> [TextLine] {
        let words = try state.withLock { state throws(VisionError) in
            let page = try Page(picture)
            var words: [[TextWord]] = []
            for box in try state.lines.boxes(of: page) where region.map({ !$0.intersection(box).isEmpty }) ?? true {
                let read = try Self.read(box, of: page, &state).filter { region?.contains($0.box.centre) ?? true }
                words += Self.lines(read)
            }
            return words
        }
        return Self.rows(words)
    }

    private static func read(_ box: Rectangle, of page: Page, _ state: inout State) throws(VisionError) -> [TextWord] {
        let crop = try page.crop(box)
        // Relative to the crop's corner, so that a line that moved is known again.
        let words: [TextWord]
        if let known = state.cache[crop] {
            words = known
        } else {
            state.readLines += 1
            words = try crop.read(by: state.engine)
            state.cache.insert(words, for: crop)
        }
        let corner = page.corner(ofCropAround: box)
        return words.map {
            TextWord(text: $0.text, box: $0.box.moved(byX: corner.x, y: corner.y), confidence: $0.confidence)
        }
    }

    /// The words of a box, line by line: two lines whose letters touch were found as one.
    private static func lines(_ words: [TextWord]) -> [[TextWord]] {
        var lines: [[TextWord]] = []
        for word in words {
            // The reader goes from line to line, so only the last one can go on.
            if let last = lines.last.map({ TextLine(words: $0).box }), last.sharesHeight(with: word.box) {
                lines[lines.count - 1].append(word)
            } else {
                lines.append([word])
            }
        }
        return lines
    }

    /// Joins boxes that stand on one height and less than two and a half heights apart.
    private static func rows(_ lines: [[TextWord]]) -> [TextLine] {
        var rows: [(box: Rectangle, words: [TextWord])] = []
        let pieces = lines.filter { !$0.isEmpty }.map { words in (box: TextLine(words: words).box, words: words) }
        for piece in pieces.sorted(by: { ($0.box.x, $0.box.y) < ($1.box.x, $1.box.y) }) {
            let index = rows.firstIndex { row in
                let high = max(row.box.height, piece.box.height)
                let gap = piece.box.x - row.box.right
                return row.box.sharesHeight(with: piece.box) && gap >= -2 && 2 * gap <= 5 * high
            }
            if let index {
                rows[index].words += piece.words
                rows[index].box = rows[index].box.union(piece.box)
            } else {
                rows.append(piece)
            }
        }
        return rows.sorted { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) }.map { TextLine(words: $0.words) }
    }
}

extension Rectangle {
    /// Whether they overlap by at least half of the lower one, from top to bottom.
    fileprivate func sharesHeight(with other: Rectangle) -> Bool {
        2 * (min(bottom, other.bottom) - max(y, other.y)) >= min(height, other.height)
    }
}
