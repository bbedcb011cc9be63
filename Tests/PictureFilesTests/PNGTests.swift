import PictureFiles
import Pictures
import ScreenTestSupport
import Testing

@Suite("PNG files")
struct PNGTests {
    private var drawing: Picture {
        var canvas = Canvas(width: 97, height: 33)
        canvas.disc(x: 40, y: 16, radius: 9, colour: .signalRed)
        return canvas.picture
    }

    @Test("a picture comes back from a file as it was")
    func roundTrip() throws {
        #expect(try Picture(png: drawing.png()) == drawing)
    }

    @Test("a file that was cut short is an error, wherever it was cut")
    func truncated() throws {
        let file = try drawing.png()
        for count in stride(from: 0, to: file.count - 12, by: 7) {
            #expect(throws: PictureFileError.self) { try Picture(png: file.prefix(count)) }
        }
    }

    @Test("a small file that claims to be huge is refused before its memory is taken")
    func bomb() throws {
        var file = try drawing.png()
        // The width and height of the header, then its checksum, which spng verifies.
        file.replaceSubrange(16..<24, with: [0, 0, 0x1f, 0xff, 0, 0, 0x1f, 0xff])
        file.replaceSubrange(29..<33, with: checksum(file[12..<29]))
        #expect(
            throws: PictureFileError.unreadable(
                reason: "the file is too short for the size that it claims",
                byteCount: file.count
            )
        ) {
            try Picture(png: file)
        }
    }

    @Test("a side longer than any screen is refused")
    func tooLong() throws {
        var file = try drawing.png()
        file.replaceSubrange(16..<20, with: [0x7f, 0xff, 0xff, 0xff])
        file.replaceSubrange(29..<33, with: checksum(file[12..<29]))
        #expect(throws: PictureFileError.self) { try Picture(png: file) }
    }

    @Test("what is no PNG is an error that says how much was read")
    func notPNG() {
        let error = #expect(throws: PictureFileError.self) { try Picture(png: Array("P6 1 1 255 abc".utf8)) }
        #expect(error?.summary.contains("in 14 bytes") == true)
        #expect(error?.blame == .testAuthor)
    }

    /// CRC-32 as PNG uses it.
    private func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var register: UInt32 = 0xffff_ffff
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? 0xedb8_8320 ^ (register >> 1) : register >> 1 }
        }
        let value = ~register
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
