package import Pictures

/// The one size that all pictures of a video have, whatever modes the guest goes through.
///
/// A smaller picture stands in the middle, a larger one is made to fit.
package struct VideoCanvas {
    /// Pixels from left to right; even, since colours are kept for pairs of pixels.
    package let width: Int
    /// Pixels from top to bottom; even.
    package let height: Int

    /// Creates a canvas that is at least so large; sides are bounded as those of pictures are.
    package init(width: Int, height: Int) {
        func even(_ side: Int) -> Int { min(Picture.longestSide, max(16, (side + 1) / 2 * 2)) }
        self.width = even(width)
        self.height = even(height)
    }

    /// An empty canvas.
    var black: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: width * height * 4)
        for alpha in stride(from: 3, to: bytes.count, by: 4) { bytes[alpha] = 255 }
        return bytes
    }

    /// The bytes of a picture on the canvas: blue, green, red and 255 for each pixel.
    package func bytes(of picture: Picture) -> [UInt8] {
        if picture.width == width, picture.height == height { return picture.bytes }
        let picture = fitting(picture)
        var bytes = black
        let (left, top) = ((width - picture.width) / 2, (height - picture.height) / 2)
        for row in 0..<picture.height {
            let start = ((top + row) * width + left) * 4
            let source = row * picture.width * 4
            bytes.replaceSubrange(
                start..<start + picture.width * 4,
                with: picture.bytes[source..<source + picture.width * 4]
            )
        }
        return bytes
    }

    /// The picture, made smaller by as much as it is too large; each pixel is the mean of those that it stands for.
    private func fitting(_ picture: Picture) -> Picture {
        guard picture.width > width || picture.height > height else { return picture }
        let scale = max(Double(picture.width) / Double(width), Double(picture.height) / Double(height))
        let newWidth = min(width, max(1, Int(Double(picture.width) / scale)))
        let newHeight = min(height, max(1, Int(Double(picture.height) / scale)))
        var bytes = [UInt8](repeating: 255, count: newWidth * newHeight * 4)
        picture.bytes.withUnsafeBufferPointer { source in
            for y in 0..<newHeight {
                let rows =
                    y * picture.height
                    / newHeight..<max(
                        y * picture.height / newHeight + 1,
                        (y + 1) * picture.height / newHeight
                    )
                for x in 0..<newWidth {
                    let first = x * picture.width / newWidth
                    let columns = first..<max(first + 1, (x + 1) * picture.width / newWidth)
                    var (blue, green, red) = (0, 0, 0)
                    for row in rows {
                        for column in columns {
                            let pixel = (row * picture.width + column) * 4
                            blue += Int(source[pixel])
                            green += Int(source[pixel + 1])
                            red += Int(source[pixel + 2])
                        }
                    }
                    let (count, target) = (rows.count * columns.count, (y * newWidth + x) * 4)
                    bytes[target] = UInt8(blue / count)
                    bytes[target + 1] = UInt8(green / count)
                    bytes[target + 2] = UInt8(red / count)
                }
            }
        }
        return Picture(width: newWidth, height: newHeight, bytes: bytes) ?? picture
    }
}
