/// What a link has done so far, for reports.
package struct LinkRecord: Hashable, Sendable, Codable {
    package internal(set) var fromGuest = LinkDirection.Counts()
    package internal(set) var toGuest = LinkDirection.Counts()

    /// Creates a record of a link that has carried nothing yet.
    package init() {}

    /// One line for a report.
    package var summary: String { "from the guest \(Self.text(fromGuest)); to it \(Self.text(toGuest))" }

    private static func text(_ counts: LinkDirection.Counts) -> String {
        var parts = ["\(counts.carried) frames carried"]
        if counts.lost > 0 { parts.append("\(counts.lost) lost") }
        if counts.overflowed > 0 { parts.append("\(counts.overflowed) dropped at a full queue") }
        if counts.missed > 0 { parts.append("\(counts.missed) missed because this host was too slow") }
        if counts.abandoned > 0 { parts.append("\(counts.abandoned) under way at the end") }
        return parts.joined(separator: ", ")
    }
}
