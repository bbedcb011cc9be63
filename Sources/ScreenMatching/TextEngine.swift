import CTesseract
package import Diagnostics
import Foundation

/// Tesseract, kept from one line to the next.
///
/// Not safe to share: its owner holds a lock.
struct TextEngine: ~Copyable {
    struct Word {
        let text: String
        let left, top, right, bottom: Int
        let confidence: Double
    }

    private let handle: OpaquePointer

    /// Loads the data of languages such as `eng` or `deu+eng`.
    init(languages: String) throws(TextError) {
        guard let handle = TessBaseAPICreate() else { throw .noEngine(languages: languages) }
        guard TessBaseAPIInit3(handle, nil, languages) == 0 else {
            TessBaseAPIDelete(handle)
            throw .noEngine(languages: languages)
        }
        self.handle = handle
        // Lines come dark on white; trying the opposite as well only costs time.
        TessBaseAPISetVariable(handle, "tessedit_do_invert", "0")
        TessBaseAPISetVariable(handle, "debug_file", "/dev/null")
        TessBaseAPISetPageSegMode(handle, PSM_SINGLE_BLOCK)
    }

    deinit {
        TessBaseAPIEnd(handle)
        TessBaseAPIDelete(handle)
    }

    /// Reads one line of dark text on white, one byte a pixel.
    borrowing func words(pixels: UnsafePointer<UInt8>, width: Int, height: Int) -> [Word] {
        Self.useOneThread()
        TessBaseAPISetImage(handle, pixels, Int32(width), Int32(height), 1, Int32(width))
        TessBaseAPISetSourceResolution(handle, 150)
        guard TessBaseAPIRecognize(handle, nil) == 0, let results = TessBaseAPIGetIterator(handle) else { return [] }
        defer { TessResultIteratorDelete(results) }
        let page = TessResultIteratorGetPageIterator(results)
        var words: [Word] = []
        repeat {
            guard let text = TessResultIteratorGetUTF8Text(results, RIL_WORD) else { continue }
            defer { TessDeleteText(text) }
            let word = String(cString: text).trimmingCharacters(in: .whitespacesAndNewlines)
            var (left, top, right, bottom): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
            guard !word.isEmpty, TessPageIteratorBoundingBox(page, RIL_WORD, &left, &top, &right, &bottom) != 0 else {
                continue
            }
            words.append(
                Word(
                    text: word,
                    left: Int(left),
                    top: Int(top),
                    right: Int(right),
                    bottom: Int(bottom),
                    confidence: Double(TessResultIteratorConfidence(results, RIL_WORD))
                )
            )
        } while TessResultIteratorNext(results, RIL_WORD) != 0
        return words
    }

    /// Tesseract asks for four threads by name, so the number of threads alone says nothing: nesting has to be forbidden.
    ///
    /// `OMP_THREAD_LIMIT` would do as well, but OpenMP reads it when it is loaded, before any of our code runs.
    private static let limitNesting: (@convention(c) (Int32) -> Void)? = {
        guard let symbol = dlsym(nil, "omp_set_max_active_levels") else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Void).self)
    }()

    /// More threads read no faster and cost three times as much.
    ///
    /// The setting belongs to the calling thread, which may be another at each call.
    private static func useOneThread() { limitNesting?(0) }
}

/// A reason why text can't be read from screens.
package enum TextError: ExplainedError, Equatable {
    /// Tesseract could not be set up.
    case noEngine(languages: String)

    package var blame: Blame { .host }

    package var summary: String {
        switch self {
        case .noEngine(let languages): "Expected Tesseract with the languages \"\(languages)\", but it can't be set up."
        }
    }

    package var context: [String] { ["installed: \(Self.installedLanguages.joined(separator: ", "))"] }

    package var hint: String? { "Install the package tesseract-ocr-eng, or that of the language asked for." }

    /// The languages whose data Tesseract would find, sorted.
    private static var installedLanguages: [String] {
        let folder = ProcessInfo.processInfo.environment["TESSDATA_PREFIX"] ?? "/usr/share/tesseract-ocr/5/tessdata"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let ending = ".traineddata"
        return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }
}
