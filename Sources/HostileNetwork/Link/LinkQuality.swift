package import SimulatedInternet

/// How bad the link between the guest and its network is, the same in both directions.
package struct LinkQuality: Hashable, Sendable, Codable {
    /// The part of the frames that is lost, from 0 to 1; each frame by itself.
    package var loss: Double
    /// How long a frame is under way, one way.
    package var delay: Duration
    /// By how much the delay varies, up and down; frames never overtake each other.
    package var jitter: Duration
    /// How many bits of frames (without preamble and check sum) are carried in a second, or `nil` for no limit.
    package var bitsPerSecond: Int?
    /// What decides which frames are lost and how much the delay varies, so that a run can be had again.
    package var seed: UInt64

    /// Creates a quality; by default it is perfect.
    package init(
        loss: Double = 0,
        delay: Duration = .zero,
        jitter: Duration = .zero,
        bitsPerSecond: Int? = nil,
        seed: UInt64 = 1
    ) {
        (self.loss, self.delay, self.jitter) = (loss, delay, jitter)
        (self.bitsPerSecond, self.seed) = (bitsPerSecond, seed)
    }

    /// Checks that a link can be so.
    package func validate() throws(SimulatedInternetError) {
        guard (0...1).contains(loss) else { throw .configuration("a link loses 0 to 100% of its frames") }
        guard (.zero ... .seconds(60)).contains(delay), (.zero...delay).contains(jitter) else {
            throw .configuration("a link delays by up to 60 s, and varies by no more than it delays")
        }
        guard (8_000...10_000_000_000).contains(bitsPerSecond ?? 8_000) else {
            throw .configuration("a link carries 8 kbit/s to 10 Gbit/s")
        }
    }

    /// In words fit for a report.
    package var summary: String {
        var parts: [String] = []
        if loss > 0 { parts.append("loses \(Self.text(loss * 100))% of the frames (seed \(seed))") }
        if delay > .zero {
            parts.append("delays by \(delay.milliseconds) ms" + (jitter > .zero ? " ± \(jitter.milliseconds) ms" : ""))
        }
        if let bitsPerSecond { parts.append("carries \(Self.text(Double(bitsPerSecond) / 1e6)) Mbit/s") }
        return "the link " + (parts.isEmpty ? "is perfect" : parts.joined(separator: ", "))
    }

    /// A number as people write it, with three digits behind the point at most.
    private static func text(_ number: Double) -> String {
        let rounded = (number * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
