import Pictures
import Testing

@Suite("Pictures")
struct PictureTests {
    @Test("a picture needs four bytes for each pixel and sides that are neither 0 nor huge")
    func sizes() {
        #expect(Picture(width: 1, height: 1, bytes: [1, 2, 3, 255]) != nil)
        #expect(Picture(width: 1, height: 1, bytes: [1, 2, 3]) == nil)
        #expect(Picture(width: 0, height: 1, bytes: []) == nil)
        #expect(Picture(width: 8193, height: 1, bytes: [UInt8](repeating: 0, count: 8193 * 4)) == nil)
    }

    @Test("a part that reaches beyond the picture is cut at its edge")
    func cropping() throws {
        let picture = try #require(Picture(width: 2, height: 1, bytes: [1, 2, 3, 255, 4, 5, 6, 255]))
        let part = try #require(picture.cropped(to: Rectangle(x: 1, y: 0, width: 9, height: 9)))
        #expect(part.bounds == Rectangle(x: 0, y: 0, width: 1, height: 1))
        #expect(part.colour(at: Point(x: 0, y: 0)) == Colour(red: 6, green: 5, blue: 4))
        #expect(picture.cropped(to: Rectangle(x: 2, y: 0, width: 1, height: 1)) == nil)
    }

    @Test("rectangles that only touch share nothing")
    func touching() {
        let left = Rectangle(x: 0, y: 0, width: 2, height: 2)
        #expect(left.intersection(Rectangle(x: 2, y: 0, width: 2, height: 2)).isEmpty)
        #expect(left.union(Rectangle(x: 2, y: 0, width: 2, height: 2)) == Rectangle(x: 0, y: 0, width: 4, height: 2))
        #expect(left.contains(Point(x: 1, y: 1)))
        #expect(!left.contains(Point(x: 2, y: 1)))
    }
}
