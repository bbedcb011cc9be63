import CPNG
package import Diagnostics
package import Pictures

extension Picture {
    /// Reads a PNG file that nobody vouches for, with bounded memory; transparency shows as black.
    package init(png: some Collection<UInt8>) throws(PictureFileError) {
        var (width, height): (UInt32, UInt32) = (0, 0)
        var pixels: UnsafeMutablePointer<UInt8>?
        let file = Array(png)
        let problem = cpng_decode(file, file.count, UInt32(Self.longestSide), &width, &height, &pixels)
        defer { cpng_free(pixels) }
        if let problem { throw .unreadable(reason: String(cString: problem), byteCount: file.count) }
        let count = Int(width) * Int(height) * 4
        guard
            let picture = Picture(
                width: Int(width),
                height: Int(height),
                bytes: Array(UnsafeBufferPointer(start: pixels, count: count))
            )
        else { throw .unreadable(reason: "its size is \(width)x\(height)", byteCount: file.count) }
        self = picture
    }

    /// Returns the picture as a PNG file, written for speed rather than size.
    package func png() throws(PictureFileError) -> [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        let problem = cpng_encode(bytes, UInt32(width), UInt32(height), &encoded, &count)
        defer { cpng_free(encoded) }
        if let problem { throw .unwritable(reason: String(cString: problem)) }
        return Array(UnsafeBufferPointer(start: encoded, count: count))
    }
}

/// A reason why a picture could not be read from a file or written to one.
package enum PictureFileError: ExplainedError, Equatable {
    /// The bytes are no PNG, or one that is damaged or too large.
    case unreadable(reason: String, byteCount: Int)
    /// The picture could not be encoded.
    case unwritable(reason: String)

    package var blame: Blame {
        switch self {
        case .unreadable: .testAuthor
        case .unwritable: .host
        }
    }

    package var summary: String {
        switch self {
        case .unreadable(let reason, let byteCount):
            "Expected a PNG picture in \(byteCount) bytes, but it can't be decoded: \(reason)."
        case .unwritable(let reason):
            "The picture can't be encoded as PNG: \(reason)."
        }
    }

    package var context: [String] {
        switch self {
        case .unreadable: ["longest side that is read: \(Picture.longestSide) pixels"]
        case .unwritable: []
        }
    }
}
