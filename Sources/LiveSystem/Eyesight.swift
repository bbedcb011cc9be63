import Accessibility
import Dispatch
import GuestAccessibility
import GuestChannel
import Screen
import ScreenMatching
import Synchronization

/// What it takes to see any of a scenario's screens: the reader of text with its cache, and the needles.
final class Eyesight: Sendable {
    private let needles: NeedleStore
    private let configuration: ScreenConfiguration
    private let reader = Mutex<Result<TextReader, TextError>?>(nil)
    private let loaded = Latch()

    /// Loads the needles, and begins to load the reader, which takes a tenth of a second, beside whatever comes next.
    ///
    /// - Throws: A `NeedleError` for a needle that is not as it should be.
    init(_ settings: LiveSystemSettings) throws {
        needles = try NeedleStore(loading: "\(settings.snapshots)/needles")
        configuration = ScreenConfiguration(timeoutScale: settings.timeoutScale)
        DispatchQueue(label: "text-reader-loading", qos: .userInitiated).async {
            let result = Result { () throws(TextError) in try TextReader() }
            self.reader.withLock { $0 = result }
            self.loaded.open()
        }
    }

    /// Looks at a display, and at what the guest tells of the elements on it.
    ///
    /// - Throws: A `TextError` when text can't be read, or `CancellationError`.
    func screen(of display: any DisplaySource, guest: any GuestChannel) async throws -> Screen {
        await loaded.wait()
        guard let reader = try reader.withLock({ $0 })?.get() else { throw CancellationError() }
        return try Screen(
            display: display,
            reader: reader,
            needles: needles,
            elements: ElementsOfGuest(reader: GuestElements(guest)),
            configuration: configuration
        )
    }
}

private struct ElementsOfGuest: ElementSource {
    let reader: GuestElements

    func elements(within limit: Duration) async throws -> ElementTree { try await reader.look(within: limit) }
}
