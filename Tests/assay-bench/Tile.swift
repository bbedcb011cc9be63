import Foundation
import PictureFiles
import Pictures

/// A picture that the bench's own guest draws out of coloured cells of its text screen, and the needle for it.
enum Tile {
    static let name = "tile/tile"

    /// Colours of the PC's text screen, by rows.
    static let cells: [[UInt8]] = [[4, 2, 7, 1, 0, 6], [7, 1, 6, 4, 2, 3]]
    static var columns: Int { cells[0].count }

    /// Where the tile of a round is in the screen's memory: in the right half, never twice in the same place.
    static func offset(_ round: Int) -> Int { 160 * (2 + round * 7 % 20) + 2 * (42 + round * 11 % 30) }

    /// The cells as assembler writes them: a space on a ground of the cell's colour.
    static var words: String {
        cells.map { row in "    .word " + row.map { String(Int($0) << 12 | 0x20) }.joined(separator: ", ") }
            .joined(separator: "\n")
    }

    /// Writes the needle into a suite.
    static func write(to suite: URL) throws {
        let folder = suite.appending(path: "snapshots/needles/\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (width, height) = (9 * columns, 16 * cells.count)
        let bytes = (0..<height).flatMap { y in (0..<width).flatMap { x in colour(cells[y / 16][x / 9]) } }
        guard let picture = Picture(width: width, height: height, bytes: bytes) else {
            throw BenchError("the tile is no picture")
        }
        try Data(picture.png()).write(to: folder.appending(path: "tile.png"))
        let area = "{ \"type\": \"match\", \"xpos\": 0, \"ypos\": 0, \"width\": \(width), \"height\": \(height) }"
        try "{ \"tags\": [], \"area\": [\(area)] }"
            .write(to: folder.appending(path: "needle.json"), atomically: false, encoding: .utf8)
    }

    /// Blue, green, red and nothing, at two thirds of their full strength; brown has half of that green.
    private static func colour(_ number: UInt8) -> [UInt8] {
        let (blue, green, red) = (number & 1, number >> 1 & 1, number >> 2 & 1)
        return [168 * blue, number == 6 ? 84 : 168 * green, 168 * red, 0]
    }
}
