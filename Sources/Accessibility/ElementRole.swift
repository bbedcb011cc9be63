public import Diagnostics

/// What kind of thing an element is, by at-spi's number: a push button, a menu item, a label.
public struct ElementRole: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number, as in `AtspiRole`.
    public let rawValue: UInt16

    /// Creates a role; a number that has no name yet is one, too.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A menu in a bar or in another menu, that opens when it is clicked on.
    package static let menu = ElementRole(rawValue: 33)

    /// Its name in at-spi, such as `push button`.
    public var description: String {
        Int(rawValue) < roleNames.count ? roleNames[Int(rawValue)] : "role \(rawValue)"
    }
}

/// A word for a role in a feature: at-spi's own name, or a usual word for one or several.
public struct RoleName: Hashable, Sendable, CustomStringConvertible {
    /// The word as it was written.
    public let description: String
    /// The roles that it stands for.
    public let roles: Set<ElementRole>

    /// Creates a name of a role.
    ///
    /// - Throws: ``RoleError`` when there is no such role; it names the nearest one.
    public init(_ name: String) throws(RoleError) {
        guard let roles = Self.known[name] else {
            throw RoleError(name: name, nearest: nearestName(to: name, among: Self.known.keys.sorted()))
        }
        description = name
        self.roles = roles
    }

    /// Words of people that at-spi says otherwise; toolkits don't agree on which role a field to write in has.
    private static let usualWords = [
        "button": ["push button"],
        "text field": ["text", "entry", "password text"],
        "password field": ["password text"],
        "tab": ["page tab"],
        "toolbar": ["tool bar"],
        "tooltip": ["tool tip"],
        "checkbox": ["check box"],
        // The frame of a window that belongs to no other; dialogs have a role of their own.
        "main window": ["frame"],
    ]

    private static let known: [String: Set<ElementRole>] = {
        var known: [String: Set<ElementRole>] = [:]
        for (number, name) in roleNames.enumerated() where number > 0 {
            known[name] = [ElementRole(rawValue: UInt16(number))]
        }
        for (word, names) in usualWords {
            known[word] = names.reduce(into: []) { $0.formUnion(known[$1] ?? []) }
        }
        return known
    }()
}

/// A word in a feature that names no role.
public struct RoleError: ExplainedError, Equatable {
    /// The word.
    public let name: String
    /// The role that was probably meant.
    public let nearest: String?

    public var blame: Blame { .testAuthor }
    public var summary: String {
        // Not as a hint: a plan tells what is wrong with many steps, a line each.
        "The step needs a role of at-spi, such as \"push button\" or \"check box\", and says \(name.debugDescription)."
            + (nearest.map { " Did you mean \"\($0)\"?" } ?? "")
    }
    public var hint: String? { nil }
}
