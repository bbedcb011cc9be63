import Foundation
import PictureFiles
package import Pictures
package import ScreenMatching

/// Needles that nearly matched the screens of a run: something on them changed, or the needle is out of date.
package struct NeedleReview: Sendable {
    /// A needle that differs from a screen at a place.
    package struct Case: Sendable {
        /// The needle.
        package let needle: Needle
        /// The screen's file.
        package let screen: String
        /// Where and how much it differs.
        package let sighting: NeedleSighting
        /// Old, new, and the difference, side by side.
        package let comparison: Picture
        /// The needle as it would be.
        package let proposal: NeedleEditor.Proposal
    }

    /// One case for each needle: that of the screen which comes nearest.
    package let cases: [Case]

    /// Compares all needles with all screens; needles that match one of them need no review.
    package init(of needles: [Needle], on screens: RecordedScreens) throws {
        var nearest: [String: Case] = [:]
        var matched: Set<String> = []
        for screen in screens.screens {
            guard let picture = try? screen.picture() else { continue }
            for needle in needles where !matched.contains(needle.name) {
                guard try needle.findAll(on: picture).isEmpty else {
                    matched.insert(needle.name)
                    continue
                }
                let sighting = try needle.find(on: picture)
                guard sighting.verdict == .differs,
                    nearest[needle.name].map({ sighting.differingShare < $0.sighting.differingShare }) ?? true,
                    let found = Self.makeCase(needle, sighting, picture, screen.path)
                else { continue }
                nearest[needle.name] = found
            }
        }
        cases = nearest.values.filter { !matched.contains($0.needle.name) }.sorted { $0.needle.name < $1.needle.name }
    }

    /// Compares one needle with a screen; `nil` when it matches, or nothing there comes near.
    package static func proposal(for needle: Needle, on screen: Picture) throws -> Case? {
        let sighting = try needle.find(on: screen)
        guard sighting.verdict != .match else { return nil }
        return makeCase(needle, sighting, screen, "the live screen")
    }

    private static func makeCase(_ needle: Needle, _ sighting: NeedleSighting, _ picture: Picture, _ path: String)
        -> Case?
    {
        guard
            let offset = sighting.offset, let comparison = needle.comparison(of: sighting, on: picture),
            let variant = needle.variants.first(where: { $0.name == sighting.variant })
        else { return nil }
        let areas = variant.areas.map { area in
            var area = area
            area.rectangle = area.rectangle.moved(byX: offset.x, y: offset.y)
            return area
        }
        guard areas.allSatisfy({ picture.bounds.contains($0.rectangle) }) else { return nil }
        let proposal = NeedleEditor.Proposal(
            needle: needle.name,
            variant: variant.name,
            screen: picture,
            file: NeedleFile(areas: areas, tags: variant.tags)
        )
        return Case(needle: needle, screen: path, sighting: sighting, comparison: comparison, proposal: proposal)
    }
}

extension NeedleReview.Case {
    /// A name for the new picture that no picture of the needle has yet.
    package var freeVariant: String {
        let names = Set(needle.variants.map(\.name))
        var number = 2
        while names.contains("\(proposal.variant)-\(number)") { number += 1 }
        return "\(proposal.variant)-\(number)"
    }
}
