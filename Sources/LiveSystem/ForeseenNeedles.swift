import ScreenMatching
public import StepDefinitions

/// What a plan knows of the reference pictures: the names that there are.
public struct ForeseenNeedles: ForeseenState {
    /// `nil` when nobody has looked.
    private let names: [String]?

    public init() { names = nil }

    /// Looks for the needles below a folder.
    package init(in folder: String) throws { names = try NeedleStore.names(in: folder) }

    /// Checks that there is a needle of a name.
    ///
    /// - Throws: An error that suggests the nearest name.
    public func check(_ name: String) throws {
        guard let names, !names.contains(name) else { return }
        throw NeedleStore.unknown(name, among: names)
    }
}
