/// What an attack has done so far, for reports: one that never came to act has proven nothing.
package struct AttackRecord: Hashable, Sendable, Codable {
    /// What reports call the attack.
    package let name: String
    /// Frames that it made and sent towards the guest.
    package internal(set) var sent = 0
    /// Frames of the guest that it passed on to the gateway.
    package internal(set) var forwarded = 0
    /// Packets of the guest that it kept from their destination.
    package internal(set) var blocked = 0
    /// Frames that it would have sent beyond what it may send in a second.
    package internal(set) var withheld = 0
    /// Frames of the guest that it had no time to hear.
    package internal(set) var missed = 0

    /// Creates a record of an attack that has done nothing yet.
    package init(name: String) { self.name = name }

    /// Whether the guest met the attack at all.
    package var acted: Bool { sent + forwarded + blocked > 0 }

    /// One line for a report.
    package var summary: String {
        var parts = [sent == 1 ? "1 frame sent" : "\(sent) frames sent"]
        if forwarded > 0 { parts.append("\(forwarded) passed on") }
        if blocked > 0 { parts.append("\(blocked) blocked") }
        if withheld > 0 { parts.append("\(withheld) withheld by the limit") }
        if missed > 0 { parts.append("\(missed) of the guest's missed") }
        return "\(name): \(acted ? parts.joined(separator: ", ") : "it never came to act")"
    }
}
