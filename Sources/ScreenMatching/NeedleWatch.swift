package import Pictures
import Synchronization

/// Looks for needles on one screen after the other, and only where the newest differs from the one before.
///
/// What did not match before and has not changed since still doesn't match, so a look costs what the change costs: a
/// blinking cursor next to nothing, whatever the number of needles. A picture that moved is found at its new place at once.
package final class NeedleWatch: Sendable {
    /// What one look gave.
    package enum Sight: Sendable {
        /// The first needle that is there, in the order of the watch, and all places where it is.
        case match(index: Int, [NeedleSighting])
        /// The pointer hides a part of one.
        case hidden(Rectangle)
        /// None is there.
        case nothing
    }

    private struct Memory {
        var screen: Picture?
        var pointer: Rectangle?
    }

    private let needles: [Needle]
    private let region: Rectangle?
    private let memory = Mutex(Memory())

    /// Creates a watch that has seen nothing; each needle's first area must lie in `region`.
    package init(for needles: [Needle], in region: Rectangle? = nil) {
        self.needles = needles
        self.region = region
    }

    /// Looks at a screen.
    ///
    /// Takes up to some milliseconds: not for Swift's own threads. `pointer` is where the guest may have drawn the pointer.
    /// `readText` reads the text within a rectangle, for areas that ask for text.
    package func look(
        at screen: Picture,
        pointer: Rectangle? = nil,
        readText: (Rectangle) throws -> [TextLine] = { _ in [] }
    ) throws -> Sight {
        let last = memory.withLock { $0 }
        let changes = try ScreenChanges(from: last.screen, to: screen)
        let sights = try Self.find(needles, on: screen, around: changes, in: region, readText: readText)
        if let index = sights.firstIndex(where: { !$0.isEmpty }) {
            // The other places may lie where nothing changed.
            let everywhere = try needles[index].findAll(on: screen, in: region, readText: readText)
            return .match(index: index, everywhere.isEmpty ? sights[index] : everywhere)
        }
        var hidden: Rectangle?
        if let pointer {
            for needle in needles {
                // Elsewhere, what the pointer hides is nothing.
                let near = pointer.expanded(byX: needle.reach.x, y: needle.reach.y).intersection(
                    region ?? screen.bounds
                )
                guard last.pointer != pointer || changes.areas.contains(where: { !$0.intersection(near).isEmpty })
                else {
                    continue
                }
                hidden = try needle.findHidden(on: screen, in: near, by: pointer, readText: readText) ?? hidden
            }
        }
        if let hidden { return .hidden(hidden) }
        // Only now: a look that failed has to be repeated as it was.
        memory.withLock { $0 = Memory(screen: screen, pointer: pointer) }
        return .nothing
    }

    fileprivate static func find(
        _ needles: [Needle],
        on screen: Picture,
        around changes: ScreenChanges,
        in region: Rectangle?,
        readText: (Rectangle) throws -> [TextLine]
    ) throws -> [[NeedleSighting]] {
        var glances: [Glance] = []
        var owners: [(needle: Int, variant: Needle.Variant)] = []
        for (index, needle) in needles.enumerated() {
            for variant in needle.variants {
                guard let anchor = variant.templates.first else { continue }
                glances.append(
                    Glance(
                        wanted: anchor.prepared,
                        region: (region ?? screen.bounds).intersection(screen.bounds),
                        reach: variant.reach,
                        isExact: anchor.isExact
                    )
                )
                owners.append((index, variant))
            }
        }
        var found = needles.map { _ in [NeedleSighting]() }
        for (owner, anchors) in zip(owners, try Glance.look(glances, on: screen, around: changes)) {
            for anchor in anchors
            where found[owner.needle].isEmpty || found[owner.needle].first?.variant == owner.variant.name {
                let sighting = try owner.variant.judge(anchor, on: screen, pointer: nil, readText: readText)
                if sighting.verdict == .match { found[owner.needle].append(sighting) }
            }
        }
        return found
    }
}

extension Needle {
    /// Returns every place where one of the needle's pictures is, best first.
    ///
    /// Cheaper than ``find(on:in:pointer:readText:)``, which also says what comes near.
    package func findAll(
        on screen: Picture,
        in region: Rectangle? = nil,
        readText: (Rectangle) throws -> [TextLine] = { _ in [] }
    ) throws -> [NeedleSighting] {
        let whole = try ScreenChanges(from: nil, to: screen)
        return try NeedleWatch.find([self], on: screen, around: whole, in: region, readText: readText)[0]
    }

    fileprivate var reach: (x: Int, y: Int) {
        variants.reduce((0, 0)) { (max($0.0, $1.reach.x), max($0.1, $1.reach.y)) }
    }

    /// The place of a needle that a pointer hides in part, or `nil`.
    fileprivate func findHidden(
        on screen: Picture,
        in region: Rectangle,
        by pointer: Rectangle,
        readText: (Rectangle) throws -> [TextLine]
    ) throws -> Rectangle? {
        let sighting = try find(on: screen, in: region, pointer: pointer, readText: readText)
        // What differs under the pointer may be the pointer: it has to step aside before anything is said.
        guard sighting.verdict <= .differs, let place = sighting.place else { return nil }
        return sighting.verdict <= .occluded || !place.intersection(pointer).isEmpty ? place : nil
    }
}

extension Rectangle {
    fileprivate func expanded(byX dx: Int, y dy: Int) -> Rectangle {
        Rectangle(x: x - dx, y: y - dy, width: width + 2 * dx, height: height + 2 * dy)
    }
}
