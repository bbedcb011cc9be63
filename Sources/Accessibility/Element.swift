public import Pictures

/// A thing on the screen, as the program that shows it tells of it through at-spi.
///
/// All of it is the guest's word: text is shown with ``printable(_:limit:)`` only.
public struct Element: Hashable, Sendable {
    /// What kind of thing it is.
    public var role: ElementRole
    /// Its name: its own, or that of its label.
    public var name: String
    /// The text in it, if it is one that holds text.
    public var text: String?
    /// The number that it stands at: a slider, a progress bar.
    public var value: Double?
    /// The states that it is in.
    public var states: ElementStates
    /// Where it is on the screen, if it is anywhere; it may reach beyond the screen.
    public var rectangle: Rectangle?
    /// The program that shows it.
    public var program: String
    /// How many elements it is in.
    public var depth: Int

    /// Creates an element.
    package init(
        role: ElementRole,
        name: String,
        text: String? = nil,
        value: Double? = nil,
        states: ElementStates,
        rectangle: Rectangle?,
        program: String,
        depth: Int = 0
    ) {
        self.role = role
        self.name = name
        self.text = text
        self.value = value
        self.states = states
        self.rectangle = rectangle
        self.program = program
        self.depth = depth
    }

    /// Whether the program means it to be seen.
    public var isShowing: Bool { states.isSuperset(of: [.showing, .visible]) && rectangle != nil }
}

extension Element: CustomStringConvertible {
    /// Role, name and place on one line.
    public var description: String {
        let place = isShowing ? rectangle.map { " at \($0)" } ?? "" : " (not showing)"
        return "\(role) \"\(printable(name, limit: 80))\"" + place
    }

    /// Everything about it on one line.
    public var details: String {
        var words = [description]
        let told: [StateName] = [.disabled, .checked, .selected, .focused, .expanded, .collapsed, .pressed]
        words += told.filter { $0.holds(for: states) }.map(\.rawValue)
        if let text, !text.isEmpty, text != name { words.append("says \"\(printable(text, limit: 200))\"") }
        if let value { words.append("value \(value)") }
        return words.joined(separator: ", ")
    }
}

/// Makes a guest's text fit for one line of a report: what is no printable character is escaped, what is long is cut.
package func printable(_ text: String, limit: Int) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        guard count < limit else { return result + "…" }
        count += 1
        switch scalar.properties.generalCategory {
        // Format characters turn the direction of a line around, or hide in it.
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            result += scalar.escaped(asASCII: true)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
