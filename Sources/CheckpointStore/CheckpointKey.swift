import Crypto
import FoundationEssentials

/// What names a checkpoint: a SHA-256 over everything that goes into its state.
///
/// Other ingredients make another checkpoint, so a stale one is never found.
package struct CheckpointKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// One thing that goes into a checkpoint's state, such as the image's digest or the text of the steps.
    package struct Ingredient: Hashable, Sendable, Codable {
        /// What it is, in words fit for a list of what has changed.
        package let name: String
        /// A short text, or the digest of a long one.
        package let value: String

        /// An ingredient by its value, or by a digest of it that was made elsewhere.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// An ingredient by the digest of a long text.
        package init(_ name: String, digestOf text: String) {
            self.init(name, hexText(SHA256.hash(data: Data(text.utf8))))
        }
    }

    /// 64 hexadecimal digits in lower case.
    package let description: String

    /// The key of a state with these ingredients, in this order.
    package init(_ ingredients: [Ingredient]) {
        var hash = SHA256()
        hash.update(data: Data("assay checkpoint key 1\n".utf8))
        // Each with its length, so that no two lists of ingredients read the same.
        for text in ingredients.flatMap({ [$0.name, $0.value] }) {
            hash.update(littleEndian: UInt64(text.utf8.count))
            hash.update(data: Data(text.utf8))
        }
        description = hexText(hash.finalize())
    }

    /// A key as it is printed; `nil` when the text is no key.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 64, text.utf8.allSatisfy(isLowerHexDigit) else { return nil }
        description = String(text)
    }

    package static func < (left: CheckpointKey, right: CheckpointKey) -> Bool { left.description < right.description }
}

extension CheckpointKey: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let key = CheckpointKey(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no key")
        }
        self = key
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// MARK: - Hexadecimal

func isLowerHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

func isSHA256Text(_ text: String) -> Bool { text.utf8.count == 64 && text.utf8.allSatisfy(isLowerHexDigit) }

func hexText(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

extension SHA256 {
    mutating func update(littleEndian number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { update(bufferPointer: $0) }
    }
}
