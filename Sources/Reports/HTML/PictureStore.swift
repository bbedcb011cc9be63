import Foundation

/// The pictures that a self-contained report embeds, within a limit for all of them together.
///
/// When there is no room, those of attempts that passed go first.
struct PictureStore: Sendable {
    private struct Picture {
        var base64: String
        var attemptID: String
    }

    private let limit: Int
    private var used = 0
    private var pictures: [Int: Picture] = [:]
    private var expendable: [Int] = []

    /// Creates a store that takes so many bytes of Base64.
    init(limit: Int) { self.limit = limit }

    /// The picture of an attachment, as Base64, when there is one.
    subscript(ordinal: Int) -> String? { pictures[ordinal]?.base64 }

    /// Takes a picture that stands in the record.
    mutating func add(base64: String, ordinal: Int, attemptID: String) {
        guard Self.isPNG(base64), pictures[ordinal] == nil else { return }
        while used + base64.utf8.count > limit, let oldest = expendable.first {
            expendable.removeFirst()
            used -= pictures.removeValue(forKey: oldest)?.base64.utf8.count ?? 0
        }
        guard used + base64.utf8.count <= limit else { return }
        pictures[ordinal] = Picture(base64: base64, attemptID: attemptID)
        used += base64.utf8.count
    }

    /// Takes a picture from a file, if it is a PNG and there is room.
    mutating func add(fileAt path: String, ordinal: Int, attemptID: String) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
        guard let size, size.intValue > 0, used + size.intValue / 3 * 4 <= limit,
            let data = FileManager.default.contents(atPath: path)
        else { return }
        add(base64: data.base64EncodedString(), ordinal: ordinal, attemptID: attemptID)
    }

    /// Lets the pictures of an attempt go when others need the room.
    mutating func giveUp(attemptID: String) {
        expendable += pictures.filter { $0.value.attemptID == attemptID }.keys.sorted()
    }

    /// Only what begins like a PNG and is nothing but Base64 may stand in a `data:` URI.
    private static func isPNG(_ base64: String) -> Bool {
        base64.hasPrefix("iVBORw0KGgo")
            && base64.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}
