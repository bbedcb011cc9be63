import Pictures
import Testing
import VideoRecording

@Suite("The canvas of a video")
struct VideoCanvasTests {
    private func picture(_ width: Int, _ height: Int, grey: UInt8) throws -> Picture {
        var bytes = [UInt8](repeating: grey, count: width * height * 4)
        for alpha in stride(from: 3, to: bytes.count, by: 4) { bytes[alpha] = 255 }
        return try #require(Picture(width: width, height: height, bytes: bytes))
    }

    @Test("a picture of its size is taken as it is")
    func same() throws {
        let picture = try picture(64, 48, grey: 7)
        #expect(VideoCanvas(width: 64, height: 48).bytes(of: picture) == picture.bytes)
    }

    @Test("a smaller picture stands in the middle, on black")
    func smaller() throws {
        let canvas = VideoCanvas(width: 20, height: 18)
        let bytes = canvas.bytes(of: try picture(16, 16, grey: 200))
        let grey = { (x: Int, y: Int) in bytes[(y * 20 + x) * 4] }
        #expect(bytes.count == 20 * 18 * 4)
        #expect([grey(2, 1), grey(17, 16)] == [200, 200])
        #expect([grey(1, 1), grey(18, 1), grey(2, 0), grey(2, 17)] == [0, 0, 0, 0])
    }

    @Test(
        "a larger picture of any shape fits",
        arguments: [(128, 96), (400, 30), (30, 400), (65, 48), (8_192, 1), (1, 8_192)]
    )
    func larger(_ width: Int, _ height: Int) throws {
        let canvas = VideoCanvas(width: 64, height: 48)
        let bytes = canvas.bytes(of: try picture(width, height, grey: 90))
        #expect(bytes.count == 64 * 48 * 4)
        // In the middle, as far as there is a middle row or column.
        #expect(bytes[(23 * 64 + 31) * 4] == 90)
        #expect(stride(from: 3, to: bytes.count, by: 4).allSatisfy { bytes[$0] == 255 })
    }

    @Test("odd and absurd sizes become ones that an encoder takes")
    func sizes() {
        #expect(VideoCanvas(width: 719, height: 401).width == 720)
        #expect(VideoCanvas(width: 719, height: 401).height == 402)
        #expect(VideoCanvas(width: 0, height: 1 << 40).width == 16)
        #expect(VideoCanvas(width: 0, height: 1 << 40).height == Picture.longestSide)
    }
}
