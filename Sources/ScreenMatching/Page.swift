import CVision
import Pictures

/// The luma of one screen.
///
/// Owned by one reader at a time.
final class Page {
    let bounds: Rectangle
    private let handle: OpaquePointer

    init(_ picture: Picture) throws(VisionError) {
        var handle: OpaquePointer?
        let status = picture.withVisionPicture { cvision_page_create($0, &handle) }
        try VisionError.check(status, during: "reading a screen")
        guard let handle else { throw .broken(during: "reading a screen", status: status.rawValue) }
        self.handle = handle
        bounds = picture.bounds
    }

    deinit { cvision_page_destroy(handle) }

    /// For each row, whether it differs from that of another screen of the same size.
    func changedRows(since other: Page) -> [Bool] {
        let rows = [UInt8](unsafeUninitializedCapacity: bounds.height) { rows, count in
            cvision_page_compare(handle, other.handle, rows.baseAddress)
            count = bounds.height
        }
        return rows.map { $0 != 0 }
    }

    /// The boxes of the lines of text between two rows.
    func lines(top: Int, bottom: Int) throws(VisionError) -> [Rectangle] {
        var boxes: UnsafeMutablePointer<cvision_rect>?
        var count = 0
        let status = cvision_page_lines(handle, Int32(top), Int32(bottom), &boxes, &count)
        defer { cvision_free(boxes) }
        try VisionError.check(status, during: "finding lines of text")
        return UnsafeBufferPointer(start: boxes, count: count).map(Rectangle.init)
    }

    func crop(_ box: Rectangle) throws(VisionError) -> LineCrop {
        var grey = cvision_grey()
        let status = cvision_page_crop(handle, cvision_rect(box), &grey)
        defer { cvision_free(grey.pixels) }
        try VisionError.check(status, during: "cutting out a line of text")
        let count = Int(grey.width) * Int(grey.height)
        return LineCrop(
            pixels: Array(UnsafeBufferPointer(start: grey.pixels, count: count)),
            width: Int(grey.width),
            height: Int(grey.height)
        )
    }

    /// Where the corner of a box's crop is on the screen.
    func corner(ofCropAround box: Rectangle) -> Point {
        let margin = Int(CVISION_CROP_MARGIN)
        return Point(x: max(0, box.x - margin), y: max(0, box.y - margin))
    }
}

/// The pixels of one line: all that its text depends on.
struct LineCrop: Hashable {
    let pixels: [UInt8]
    let width: Int
    let height: Int

    private static let scale = 2

    /// Reads the words, in pixels of the crop.
    func read(by engine: borrowing TextEngine) throws(VisionError) -> [TextWord] {
        var normal = cvision_grey()
        var pixels = self.pixels
        let status = pixels.withUnsafeMutableBufferPointer { pixels in
            var crop = cvision_grey(pixels: pixels.baseAddress, width: Int32(width), height: Int32(height))
            return cvision_normalise(&crop, Int32(Self.scale), &normal)
        }
        defer { cvision_free(normal.pixels) }
        try VisionError.check(status, during: "preparing a line of text")
        guard let start = normal.pixels else { return [] }
        return engine.words(pixels: start, width: Int(normal.width), height: Int(normal.height)).map { word in
            // The white rim that was added around the doubled line.
            let (left, top) = ((word.left - 12) / Self.scale, (word.top - 8) / Self.scale)
            let (right, bottom) = ((word.right - 12 + 1) / Self.scale, (word.bottom - 8 + 1) / Self.scale)
            return TextWord(
                text: word.text,
                box: Rectangle(x: left, y: top, width: right - left, height: bottom - top),
                confidence: word.confidence
            )
        }
    }
}
