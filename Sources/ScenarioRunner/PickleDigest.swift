import Crypto
package import CucumberMessages
import Foundation

/// The SHA-256 of scenarios as they are written.
///
/// Identities are left out: they count from the beginning of a run and say nothing of what it does.
package struct PickleDigest: Sendable {
    /// 64 hexadecimal digits.
    package let text: String

    /// Digests scenarios with the places and names by which people know them.
    package init(placed pickles: [Pickle]) {
        self.init(pickles, isPlaced: true)
    }

    /// Digests what scenarios do: their tags and steps, wherever they stand and whatever they are called.
    package init(doing pickles: [Pickle]) {
        self.init(pickles, isPlaced: false)
    }

    private init(_ pickles: [Pickle], isPlaced: Bool) {
        var hash = SHA256()
        // Handed over in large pieces: a suite has a hundred thousand texts.
        var bytes: [UInt8] = []
        func flush() {
            bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            bytes.removeAll(keepingCapacity: true)
        }
        func add(_ text: String) {
            bytes += "\(text.utf8.count):".utf8
            bytes += text.utf8
            if bytes.count >= 1 << 16 { flush() }
        }
        // Every list says how long it is, so that no two scenarios can be written down alike.
        func add(_ texts: [String]) {
            add("\(texts.count)")
            for text in texts { add(text) }
        }
        for pickle in pickles {
            if isPlaced { add([pickle.uri, "\(pickle.location?.line ?? 0)", pickle.name]) }
            add(pickle.tags.map(\.name))
            add("\(pickle.steps.count)")
            for step in pickle.steps {
                add(step.text)
                add(step.argument?.docString.map { [$0.mediaType ?? "", $0.content] } ?? [])
                let rows = step.argument?.dataTable?.rows ?? []
                add("\(rows.count)")
                for row in rows { add(row.cells.map(\.value)) }
            }
        }
        flush()
        text = hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
