import CTestDrawing
import Foundation

/// A font of the host at one size, for one thread at a time.
package final class Typeface {
    /// How glyphs become pixels.
    package enum Rendering: CaseIterable {
        /// At whole pixels, stems on the grid.
        case hinted
        /// Anywhere, true coverage.
        case unhinted
        /// As unhinted, for screens whose pixels are red, green and blue stripes.
        case subpixels

        fileprivate var drawn: ctestdrawing_rendering {
            switch self {
            case .hinted: CTESTDRAWING_HINTED
            case .unhinted: CTESTDRAWING_UNHINTED
            case .subpixels: CTESTDRAWING_SUBPIXELS
            }
        }
    }

    /// The font's file name without its ending.
    package let name: String
    private let handle: OpaquePointer

    /// Opens a font by its file's name, such as `DejaVuSans`, or returns `nil` when the host lacks it.
    package init?(_ name: String, points: Double) {
        guard let path = Self.paths[name], let handle = ctestdrawing_font_open(path, points) else { return nil }
        self.name = name
        self.handle = handle
    }

    deinit { ctestdrawing_font_close(handle) }

    /// The distance of two base lines.
    package var height: Int { Int(ctestdrawing_font_height(handle)) }

    /// How wide a text is, unhinted or hinted.
    package func width(of text: String, _ rendering: Rendering = .hinted) -> Int {
        var none: [UInt8] = [0, 0, 0, 0]
        let end = ctestdrawing_glyphs(&none, 1, 1, handle, text, 10, -1000, rendering.drawn, .init())
        return Int((end - 10).rounded(.up))
    }

    func write(
        _ text: String,
        on bytes: inout [UInt8],
        width: Int,
        height: Int,
        x: Double,
        y: Double,
        _ rendering: Rendering,
        _ colour: ctestdrawing_colour
    ) -> Double {
        ctestdrawing_glyphs(&bytes, Int32(width), Int32(height), handle, text, x, y, rendering.drawn, colour)
    }

    private static let paths: [String: String] = {
        var paths: [String: String] = [:]
        let folder = "/usr/share/fonts"
        for case let file as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            let name = (file as NSString).lastPathComponent
            guard name.hasSuffix(".ttf") || name.hasSuffix(".otf") else { continue }
            paths[String(name.dropLast(4))] = "\(folder)/\(file)"
        }
        return paths
    }()
}
