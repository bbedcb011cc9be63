public import Diagnostics

/// A reason why what is on the screen can't be told by its elements.
public enum ElementError: ExplainedError, Equatable {
    /// The guest offers no at-spi, or nobody is logged in.
    case unavailable(String)
    /// The guest's answer is not what its reader prints.
    case malformed(line: Int, expected: String)
    /// Something could not be read, so that nothing can be said of what is not there.
    case incomplete([String])

    public var blame: Blame { .systemUnderTest }

    public var summary: String {
        switch self {
        case .unavailable(let reason):
            "Expected the guest to tell the elements on its screen through at-spi, but: \(printable(reason, limit: 300))."
        case .malformed(let line, let expected):
            "Expected the guest to tell the elements on its screen, but line \(line) of its answer is not \(expected)."
        case .incomplete:
            "Expected to see all elements on the screen, without which none can be said to be missing, but some could not be read."
        }
    }

    public var context: [String] {
        if case .incomplete(let lacking) = self { lacking.map { "not read: \(printable($0, limit: 200))" } } else { [] }
    }

    public var hint: String? {
        switch self {
        case .unavailable:
            "Look whether somebody is logged in, and whether the image has at-spi2-core and perl-base."
        case .malformed: nil
        case .incomplete: "Look whether a program hangs."
        }
    }
}
