package import ScreenMatching

/// What is known of a suite's needles and of the screens they were tried on.
package enum NeedleSurvey {
    /// One thing that is wrong with a needle.
    package struct Finding: Sendable, CustomStringConvertible {
        /// The needle's name.
        package let needle: String
        /// What is wrong.
        package let finding: NeedleFinding

        package var description: String {
            "\(finding.isFatal ? "error" : "warning"): \(needle)/\(finding.description)"
        }
    }

    /// What recorded screens said about one needle.
    private struct Record {
        var screens: [String] = []
        var several: NeedleFinding.Kind?
    }

    /// Returns what is wrong with needles, on the screens they were cut from and on those that were recorded.
    ///
    /// A screen that can't be read is left out: the run that recorded it may still be writing.
    package static func lint(_ needles: [Needle], on screens: RecordedScreens) throws -> [Finding] {
        var findings: [Finding] = []
        for needle in needles {
            findings += try needle.lint().map { Finding(needle: needle.name, finding: $0) }
        }
        var records: [String: Record] = [:]
        for screen in screens.screens {
            guard let picture = try? screen.picture() else { continue }
            for needle in needles where needle.variants.allSatisfy({ $0.picture != picture }) {
                let places = try needle.findAll(on: picture).count
                guard places > 0 else { continue }
                records[needle.name, default: Record()].screens.append(screen.path)
                guard places > 1, records[needle.name]?.several == nil else { continue }
                records[needle.name]?.several = .several(count: places, screen: screen.path)
            }
        }
        for needle in needles {
            guard let record = records[needle.name], let variant = needle.variants.first, let area = variant.areas.first
            else { continue }
            for kind in [.alsoMatches(screens: record.screens), record.several].compactMap(\.self) {
                let finding = NeedleFinding(kind: kind, variant: variant.name, area: area.rectangle, isFatal: false)
                findings.append(Finding(needle: needle.name, finding: finding))
            }
        }
        return findings
    }
}
