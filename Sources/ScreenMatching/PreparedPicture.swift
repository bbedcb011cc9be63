import CVision
import Pictures

/// A picture to look for, with all that does not depend on the screen.
///
/// Sendable because the C object never changes between its creation and its destruction, and any threads may read it.
final class PreparedPicture: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ picture: Picture, excluded: [Rectangle]) throws(VisionError) {
        var handle: OpaquePointer?
        let excluded = excluded.map(cvision_rect.init)
        let status = picture.withVisionPicture { picture in
            excluded.withUnsafeBufferPointer {
                cvision_wanted_create(picture, $0.baseAddress, $0.count, &handle)
            }
        }
        try VisionError.check(status, during: "preparing a needle")
        guard let handle else { throw .broken(during: "preparing a needle", status: status.rawValue) }
        self.handle = handle
    }

    deinit { cvision_wanted_destroy(handle) }
}

/// What of a screen has to be looked at again.
struct ScreenChanges {
    /// Covers every pixel that differs; few and apart.
    let areas: [Rectangle]

    /// Compares two screens; without an older one, everything is new.
    init(from old: Picture?, to new: Picture) throws(VisionError) {
        guard let old else {
            areas = [new.bounds]
            return
        }
        var rectangles = [cvision_rect](repeating: cvision_rect(), count: 16)
        var count = 0
        let status = old.withVisionPicture { old in
            new.withVisionPicture { new in
                cvision_changes(old, new, &rectangles, rectangles.count, &count)
            }
        }
        try VisionError.check(status, during: "comparing two screens")
        areas = rectangles.prefix(count).map(Rectangle.init)
    }
}

/// A look for one prepared picture around what changed.
struct Glance {
    let wanted: PreparedPicture
    let region: Rectangle
    /// How far from a change a match may begin or end.
    let reach: (x: Int, y: Int)
    let isExact: Bool

    /// For each glance, all places that match, best first; at most eight each.
    static func look(
        _ glances: [Glance],
        on screen: Picture,
        around changes: ScreenChanges
    ) throws(VisionError) -> [[Sighting]] {
        guard !glances.isEmpty, !changes.areas.isEmpty else { return glances.map { _ in [] } }
        var queries = glances.map { glance in
            var query = cvision_query()
            query.wanted = glance.wanted.handle
            query.region = cvision_rect(glance.region)
            query.reach_x = Int32(clamping: glance.reach.x)
            query.reach_y = Int32(clamping: glance.reach.y)
            query.exact = glance.isExact ? 1 : 0
            return query
        }
        let areas = changes.areas.map(cvision_rect.init)
        let status = screen.withVisionPicture { screen in
            areas.withUnsafeBufferPointer { areas in
                cvision_glance(screen, areas.baseAddress, areas.count, &queries, queries.count)
            }
        }
        try VisionError.check(status, during: "the search for needles")
        // The queries borrowed the pictures.
        return withExtendedLifetime(glances) {
            queries.map { query in
                withUnsafeBytes(of: query.matches) { bytes in
                    bytes.bindMemory(to: cvision_sighting.self).prefix(Int(query.match_count)).map(Sighting.init)
                }
            }
        }
    }
}
