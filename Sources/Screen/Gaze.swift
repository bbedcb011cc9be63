import GuestDisplay
import Pictures
import ScreenMatching
import Synchronization

/// The eyes of one wait: looks at one frame after the other for the same things, and remembers what it saw.
///
/// Tells only whether something is there; what comes near is told by ``Eyes/observation(of:in:on:)``.
final class Gaze: Sendable {
    private let eyes: Eyes
    private let locators: [Locator]
    private let region: Rectangle?
    private let needles: [NeedleName]
    private let watch: NeedleWatch?
    /// The newest frame that elements were looked for at: an older one tells nothing of what the guest says now.
    private let newest = Mutex<UInt64>(0)

    init(_ eyes: Eyes, for locators: [Locator], in region: Rectangle?) throws {
        self.eyes = eyes
        self.locators = locators
        self.region = region
        needles = locators.compactMap { locator in
            if case .needle(let name) = locator { name } else { nil }
        }
        watch =
            needles.isEmpty
            ? nil : NeedleWatch(for: try needles.map { try eyes.needles.needle(named: $0.rawValue) }, in: region)
    }

    /// Looks at a frame and returns the first of the locators that is there.
    func look(at frame: Frame?, pointer: Rectangle?) async throws -> Eyes.Sight {
        guard let frame else { return .miss(.init()) }
        var hidden: Rectangle?
        if let watch {
            let picture = frame.picture
            let sight = try await eyes.matching.run { () throws(any Error) in
                try watch.look(at: picture, pointer: pointer) { try self.eyes.reader.readNow(picture, in: $0) }
            }
            switch sight {
            case .match(let index, let places): return .match(try eyes.match(places, needles[index], frame))
            case .hidden(let place): hidden = place
            case .nothing: break
            }
        }
        if let match = try await eyes.findText(among: locators, in: region, on: frame) { return .match(match) }
        if hasElements, isNew(frame), let match = try await eyes.elements.find(locators, in: region, on: frame) {
            return .match(match)
        }
        return hidden.map { .hidden($0) } ?? .miss(.init(picture: frame.picture))
    }

    /// How a wait looks for these things besides when the screen changes.
    var pace: Watching.Pace { hasElements ? .asking : .seeing }

    private var hasElements: Bool {
        locators.contains { locator in
            if case .element = locator { true } else { false }
        }
    }

    private func isNew(_ frame: Frame) -> Bool {
        newest.withLock { newest in
            guard frame.generation >= newest else { return false }
            newest = frame.generation
            return true
        }
    }
}
