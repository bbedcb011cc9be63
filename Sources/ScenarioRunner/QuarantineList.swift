package import StrictYAML
package import Verdicts

/// The scenarios whose failure is known and holds nothing up for a while, by a file that is kept beside the features.
///
/// ```yaml
/// version: 1
/// scenarios:
///   - feature: features/desktop.feature
///     scenario: The terminal opens
///     owner: kim
///     reason: The menu flickers with the new compositor.
///     bug: https://bugs.example.org/1234
///     expires: 2026-03-31
/// ```
/// A scenario is named by its file and its name, which survive most edits; all rows of an outline with that name are
/// meant. `bug` may be absent.
package struct QuarantineList: Sendable {
    /// One scenario of the list.
    package struct Entry: Hashable, Sendable {
        /// The feature file's path.
        package let feature: String
        /// The scenario's name.
        package let scenario: String
        /// What is said of it.
        package let quarantine: Quarantine
        /// Where it stands in the list's file.
        package let place: String
    }

    /// The entries in the order of the file.
    package let entries: [Entry]

    /// Reads a list.
    ///
    /// - Throws: A `YAMLError` with line and column.
    package init(_ text: String, file: String) throws(YAMLError) {
        let document = try YAMLDocument(text, file: file)
        let version = try document.root.value("version")
        guard try version.int() == 1 else { throw version.unexpected("version 1") }
        var entries: [Entry] = []
        for value in try document.root.list("scenarios") {
            let entry = try value.mapping()
            func text(_ key: String) throws(YAMLError) -> String {
                let value = try entry.value(key)
                let text = try value.string()
                // Whoever names nobody has not thought about it.
                guard !text.allSatisfy(\.isWhitespace) else { throw value.unexpected("a text that says something") }
                return text
            }
            let quarantine = Quarantine(
                owner: try text("owner"),
                reason: try text("reason"),
                bug: try entry.optionalString("bug"),
                expires: try entry.parsed("expires", as: "a day such as 2026-03-31") { Day($0) }.description
            )
            let (feature, scenario) = (try text("feature"), try text("scenario"))
            guard !entries.contains(where: { $0.feature == feature && $0.scenario == scenario }) else {
                throw value.unexpected("a scenario that is not in the list yet")
            }
            entries.append(
                Entry(
                    feature: feature,
                    scenario: scenario,
                    quarantine: quarantine,
                    place: value.position.description
                )
            )
        }
        try document.finish()
        self.entries = entries
    }

    /// The exemption of a scenario.
    func quarantine(uri: String, name: String) -> Quarantine? {
        entries.first { $0.feature == uri && $0.scenario == name }?.quarantine
    }

    /// What is wrong with the list on a day, beside these scenarios.
    ///
    /// - Parameters:
    ///   - today: The day.
    ///   - scenarios: The names of the scenarios of each feature file that was read.
    ///   - exists: Whether there is a file that was not read.
    /// - Returns: A sentence for each problem, with its place.
    func problems(on today: Day, among scenarios: [String: Set<String>], exists: (String) -> Bool) -> [String] {
        entries.compactMap { entry in
            if let expires = Day(entry.quarantine.expires), expires < today {
                return "\(entry.place): the quarantine of \(entry.scenario.debugDescription) ended on \(expires); "
                    + "\(entry.quarantine.owner) has to mend the scenario, or to give it another day"
            }
            if let names = scenarios[entry.feature] {
                guard !names.contains(entry.scenario) else { return nil }
                return "\(entry.place): \(entry.feature) has no scenario \(entry.scenario.debugDescription)"
            }
            return exists(entry.feature) ? nil : "\(entry.place): there is no feature file \(entry.feature)"
        }
    }
}

/// A day of the calendar.
package struct Day: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let year: Int
    private let month: Int
    private let day: Int

    /// Reads a day as `2026-03-31`, or returns `nil` when there is no such day.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.map(\.utf8.count) == [4, 2, 2],
            text.allSatisfy({ $0 == "-" || ($0.isASCII && $0.isNumber) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), (1...Self.days(of: month, in: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The day of a moment in UTC, in seconds since 1970.
    package init(seconds: Int) {
        // Days from civil, backwards: eras of 400 years that begin in March.
        let days = Int((Double(seconds) / 86_400).rounded(.down)) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let ofEra = days - era * 146_097
        let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        day = ofYear - (153 * month + 2) / 5 + 1
        self.month = month < 10 ? month + 3 : month - 9
        self.year = year + era * 400 + (self.month <= 2 ? 1 : 0)
    }

    package static func < (left: Day, right: Day) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    package var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
