import PacketDecoding

/// A way in which bytes are written, and what is searched for to find them.
struct SecretPattern: Hashable, Sendable {
    /// Which of the secrets it is, by its position.
    let secret: Int
    /// The encoding, as reports name it.
    let encoding: String
    /// What stands in the frame; in lower case when case does not matter.
    let bytes: [UInt8]
    let ignoresCase: Bool

    /// Longer beginnings tell no more: these are 192 bits.
    static let longest = 24

    init(_ secret: Int, _ encoding: String, _ bytes: some Sequence<UInt8>, ignoresCase: Bool = false) {
        self.secret = secret
        self.encoding = encoding
        self.bytes = bytes.prefix(Self.longest).map { ignoresCase ? $0.asciiLowercased : $0 }
        self.ignoresCase = ignoresCase
    }
}

extension SecretPattern {
    /// All patterns of a secret that are long enough to be told from chance.
    static func all(of bytes: [UInt8], secret: Int) -> [SecretPattern] {
        var patterns = [SecretPattern(secret, "as it is", bytes, ignoresCase: bytes.areText)]
        patterns += numbers(bytes, secret)
        patterns += base64(bytes, "Base64", secret)
        guard bytes.areText else { return unique(patterns) }
        let wide: [UInt8] = bytes.flatMap { [$0, 0] as [UInt8] }
        let wideBigEndian: [UInt8] = bytes.flatMap { [0, $0] as [UInt8] }
        patterns += [
            SecretPattern(secret, "UTF-16, low byte first", wide.dropLast(), ignoresCase: true),
            SecretPattern(secret, "UTF-16, high byte first", wideBigEndian.dropFirst(), ignoresCase: true),
            SecretPattern(secret, "NetBIOS letters", netBIOSLetters(bytes), ignoresCase: true),
        ]
        for (variant, name) in [(bytes.map(\.asciiLowercased), "lower"), (bytes.map(\.asciiUppercased), "upper")] {
            patterns += base64(variant, "Base64 of \(name) case", secret)
            patterns += numbers(variant, secret)
        }
        patterns += base64(wide, "Base64 of UTF-16", secret)
        return unique(patterns)
    }

    /// All spellings of a hardware address.
    static func all(of address: MACAddress, secret: Int) -> [SecretPattern] {
        let digits = hexadecimalText(of: address.bytes)
        var patterns = all(of: address.bytes, secret: secret)
        for separator in [":", "-"] {
            let text = Array(hexadecimalText(of: address.bytes, separator: separator).utf8)
            // Whoever writes one in digits may encode the digits.
            patterns += all(of: text, secret: secret).filter { !$0.encoding.hasPrefix("digits") }
        }
        patterns += all(of: Array(digits.utf8), secret: secret).filter { !$0.encoding.hasPrefix("digits") }
        let dotted = stride(from: 0, to: 12, by: 4).map { digits.dropFirst($0).prefix(4) }.joined(separator: ".")
        patterns.append(SecretPattern(secret, "digits with dots", dotted.utf8, ignoresCase: true))
        return unique(patterns)
    }

    private static func unique(_ patterns: [SecretPattern]) -> [SecretPattern] {
        var seen: Set<[UInt8]> = []
        return patterns.filter { $0.bytes.count >= PlantedSecret.shortest && seen.insert($0.bytes).inserted }
    }

    /// The bytes in hexadecimal digits.
    private static func numbers(_ bytes: [UInt8], _ secret: Int) -> [SecretPattern] {
        let names = [
            ("", "digits"), (":", "digits with colons"), ("-", "digits with dashes"), (" ", "digits with blanks"),
        ]
        return names.map { separator, name in
            SecretPattern(
                secret,
                name,
                hexadecimalText(of: bytes, separator: separator).utf8,
                ignoresCase: true
            )
        } + [
            SecretPattern(
                secret,
                "percent signs",
                ("%" + hexadecimalText(of: bytes, separator: "%")).utf8,
                ignoresCase: true
            )
        ]
    }

    /// The characters of Base64 that no neighbouring byte changes, for each of the three places in a group.
    private static func base64(_ bytes: [UInt8], _ name: String, _ secret: Int) -> [SecretPattern] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return (0..<3).flatMap { shift -> [SecretPattern] in
            let padded = Array(repeating: UInt8(0), count: shift) + bytes
            let whole = padded.count * 8 / 6
            let text = (0..<whole).map { index -> UInt8 in
                let bit = index * 6
                let pair = UInt16(padded[bit / 8]) << 8 | UInt16(bit / 8 + 1 < padded.count ? padded[bit / 8 + 1] : 0)
                return letters[Int(pair >> UInt16(10 - bit % 8) & 63)]
            }
            // One byte in front decides two characters' bits, two bytes three.
            let own = text.dropFirst(shift == 0 ? 0 : shift + 1)
            let forURLs = own.map { letter -> UInt8 in
                letter == UInt8(ascii: "+")
                    ? UInt8(ascii: "-") : letter == UInt8(ascii: "/") ? UInt8(ascii: "_") : letter
            }
            return [SecretPattern(secret, name, own), SecretPattern(secret, "\(name) for URLs", forURLs)]
        }
    }

    /// What the NetBIOS name service makes of a name: a letter for each half of a byte (RFC 1001, section 14.1).
    private static func netBIOSLetters(_ bytes: [UInt8]) -> [UInt8] {
        bytes.prefix(15).map(\.asciiUppercased).flatMap { [$0 >> 4 + 0x41, $0 & 15 + 0x41] as [UInt8] }
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
    var asciiUppercased: UInt8 { (0x61...0x7a).contains(self) ? self & 0xdf : self }
}

extension [UInt8] {
    /// Whether they are printable ASCII, so that upper and lower case mean the same.
    fileprivate var areText: Bool { allSatisfy { (0x20...0x7e).contains($0) } }
}
