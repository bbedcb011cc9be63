import Screen
import ScreenMatching

/// What it takes to see any of a scenario's screens: the reader of text with its cache, and the needles.
struct Eyesight: Sendable {
    private let reader: TextReader
    private let needles: NeedleStore
    private let configuration: ScreenConfiguration

    /// Loads the needles.
    ///
    /// - Throws: A `NeedleError` for a needle that is not as it should be.
    init(_ settings: LiveSystemSettings) throws {
        reader = try TextReader()
        needles = try NeedleStore(loading: "\(settings.snapshots)/needles")
        configuration = ScreenConfiguration(timeoutScale: settings.timeoutScale)
    }

    /// Looks at a display.
    func screen(of display: any DisplaySource) throws -> Screen {
        try Screen(display: display, reader: reader, needles: needles, configuration: configuration)
    }
}
