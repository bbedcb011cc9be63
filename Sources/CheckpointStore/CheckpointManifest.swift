import Crypto
package import FoundationEssentials

/// What the maker of a checkpoint knows of it.
package struct CheckpointFacts: Sendable {
    /// What features call it.
    package let title: String
    /// What went into its state; the key is made of them.
    package let ingredients: [CheckpointKey.Ingredient]
    /// The checkpoint it was made from.
    package let parent: CheckpointKey?
    /// How long it took to make.
    package let cost: Duration
    /// Whatever else the maker wants to find again.
    package let extra: [String: String]

    package init(
        title: String,
        ingredients: [CheckpointKey.Ingredient],
        parent: CheckpointKey? = nil,
        cost: Duration,
        extra: [String: String] = [:]
    ) {
        self.title = title
        self.ingredients = ingredients
        self.parent = parent
        self.cost = cost
        self.extra = extra
    }
}

/// What a checkpoint's folder says of itself: `checkpoint.json`.
package struct CheckpointManifest: Hashable, Sendable, Codable {
    /// One file of a checkpoint.
    package struct File: Hashable, Sendable, Codable {
        /// Its name in the checkpoint's folder.
        package let name: String
        /// Its length in bytes.
        package let size: Int64
        /// What it took on the disk when it was made, in bytes; less than its size when it has holes.
        package let allocated: Int64
        /// The digest of its content in chunks, which holes don't change; not what `sha256sum` prints.
        package let chunksDigest: String
    }

    /// What features call it.
    package let title: String
    /// What went into its state; the key is made of them.
    package let ingredients: [CheckpointKey.Ingredient]
    /// The checkpoint it was made from.
    package let parent: CheckpointKey?
    /// When it was made, in seconds since 1970.
    package let madeAt: Int64
    /// How long it took to make, in milliseconds.
    package let costInMilliseconds: Int64
    /// Its files, by name.
    package let files: [File]
    /// Whatever else its maker wants to find again.
    package let extra: [String: String]

    /// How long it took to make.
    package var cost: Duration { .milliseconds(costInMilliseconds) }
    /// When it was made.
    package var made: Date { Date(timeIntervalSince1970: Double(madeAt)) }

    init(_ facts: CheckpointFacts, files: [File], made: Date) {
        title = facts.title
        ingredients = facts.ingredients
        parent = facts.parent
        madeAt = Int64(made.timeIntervalSince1970)
        let (seconds, attoseconds) = facts.cost.components
        costInMilliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        self.files = files
        extra = facts.extra
    }
}

// MARK: - The manifest's file

extension CheckpointManifest {
    /// Raised when the meaning of a folder changes; folders of other versions are made anew.
    static let version = 1
    /// The largest manifest that is read, in bytes.
    static let sizeLimit = 1 << 20
    /// The longest file that a checkpoint may have, in bytes.
    private static let fileSizeLimit: Int64 = 1 << 42
    private static let fileCountLimit = 256

    private struct Envelope: Codable {
        let version: Int
        let manifest: CheckpointManifest
        let sha256: String
    }

    private struct VersionAlone: Decodable {
        let version: Int
    }

    /// The file's bytes, which end with the digest of the manifest.
    func encoded() throws -> [UInt8] {
        let digest = hexText(SHA256.hash(data: try Self.encoder.encode(self)))
        return Array(try Self.encoder.encode(Envelope(version: Self.version, manifest: self, sha256: digest))) + [10]
    }

    /// Reads the bytes of a manifest, and accepts those alone that ``encoded()`` would give.
    ///
    /// So every changed byte is found, and whatever this version doesn't know.
    static func decode(_ bytes: [UInt8], of key: CheckpointKey) throws(Breakage) -> CheckpointManifest {
        let data = Data(bytes)
        guard let version = try? JSONDecoder().decode(VersionAlone.self, from: data) else {
            throw .manifest("it is no manifest")
        }
        guard version.version == Self.version else { throw .manifest("its version is \(version.version)") }
        guard let manifest = try? JSONDecoder().decode(Envelope.self, from: data).manifest,
            let canonical = try? manifest.encoded(), canonical == bytes
        else { throw .manifest("its bytes are not those that were written") }
        guard CheckpointKey(manifest.ingredients) == key else { throw .manifest("it is about another checkpoint") }
        let names = manifest.files.map(\.name)
        guard Set(names).count == names.count, names.count <= fileCountLimit,
            manifest.files.allSatisfy({ file in
                isPlainName(file.name) && (0...fileSizeLimit).contains(file.size) && isSHA256Text(file.chunksDigest)
            })
        else { throw .manifest("its list of files is impossible") }
        return manifest
    }

    /// Whether a file of a checkpoint may have this name.
    static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".") && !name.hasPrefix(CheckpointFolder.ownPrefix)
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0 != "/" }
    }

    /// Numbers are whole and keys are sorted: what is decoded encodes to the same bytes.
    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
