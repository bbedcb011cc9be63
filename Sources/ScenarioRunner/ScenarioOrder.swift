package import Diagnostics

/// In which order scenarios start.
package enum ScenarioOrder: Hashable, Sendable, CustomStringConvertible {
    /// That of the files and lines.
    case defined
    /// A random one, which the same seed gives again.
    case random(seed: UInt64)

    /// Reads `defined`, `random` or `random:SEED`.
    ///
    /// - Parameters:
    ///   - text: What was asked for.
    ///   - seed: The seed where none is given.
    /// - Throws: ``OrderError``.
    package init(_ text: String, seed: @autoclosure () -> UInt64) throws(OrderError) {
        switch text {
        case "defined": self = .defined
        case "random": self = .random(seed: seed())
        default:
            guard text.hasPrefix("random:"), let seed = UInt64(text.dropFirst("random:".count)) else {
                throw OrderError(text: text)
            }
            self = .random(seed: seed)
        }
    }

    /// The order as the command line takes it.
    package var description: String {
        switch self {
        case .defined: "defined"
        case .random(let seed): "random:\(seed)"
        }
    }

    /// Puts things in this order.
    func apply<Element>(to elements: [Element]) -> [Element] {
        switch self {
        case .defined: return elements
        case .random(let seed):
            var numbers = SplitMix(state: seed)
            var elements = elements
            // Written out, since the library's own shuffle may change with its version, and with it what a seed means.
            for index in elements.indices.dropFirst().reversed() {
                elements.swapAt(index, Int(numbers.next() % UInt64(index + 1)))
            }
            return elements
        }
    }
}

/// Random numbers that a seed gives again: SplitMix64 (Steele, Lea, Flood 2014).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// An order that nobody knows.
package struct OrderError: ExplainedError, Equatable {
    let text: String

    package var blame: Blame { .testAuthor }
    package var summary: String {
        "--order needs defined, random or random:SEED with a whole number, and \(text.debugDescription) was given."
    }
    package var hint: String? { nil }
}
