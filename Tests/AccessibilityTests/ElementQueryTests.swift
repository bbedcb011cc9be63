import Accessibility
import Diagnostics
import Testing

@Suite("Looking for an element")
struct ElementQueryTests {
    private func query(_ role: String?, _ name: String? = nil, _ condition: ElementCondition? = nil) throws
        -> ElementQuery
    {
        ElementQuery(try role.map { try RoleName($0) }, name, condition)
    }

    @Test("role and name together find one element")
    func found() throws {
        #expect(try query("push button", "OK").matches(in: Answers.tree()).map(\.name) == ["OK"])
        #expect(try query("button", "  OK ").matches(in: Answers.tree()).map(\.name) == ["OK"])
        #expect(try query("text field", "Passphrase:").matches(in: Answers.tree()).count == 1)
    }

    @Test(
        "its neighbours are not it",
        arguments: [
            ("label", "OK"), ("push button", "Ok"), ("push button", "O"), ("push button", "OKs"), ("push button", "0K"),
            // There, but not showing.
            ("menu", "Hidden"),
        ]
    )
    func notFound(_ role: String, _ name: String) throws {
        #expect(try query(role, name).matches(in: Answers.tree()).isEmpty)
    }

    @Test("conditions hold of the very state, text and value")
    func conditions() throws {
        let tree = try Answers.tree()
        #expect(try query("button", "OK", .state(.enabled)).matches(in: tree).count == 1)
        #expect(try query("button", "Save", .state(.enabled)).matches(in: tree).isEmpty)
        #expect(try query("button", "Save", .state(.disabled)).matches(in: tree).count == 1)
        #expect(try query("terminal", "Terminal", .text("user@host:~$ ls café")).matches(in: tree).count == 1)
        #expect(try query("terminal", "Terminal", .text("user@host:~$ ls")).matches(in: tree).isEmpty)
        #expect(try query("terminal", "Terminal", .textWith("ls café")).matches(in: tree).count == 1)
        #expect(try query("progress bar", "Progress", .value(0.5)).matches(in: tree).count == 1)
        #expect(try query("progress bar", "Progress", .value(0.51)).matches(in: tree).isEmpty)
        #expect(try query("label", "Passphrase:", .text("Passphrase:")).matches(in: tree).count == 1)
    }

    @Test("a miss says what is there instead, and why it does not fit")
    func nearMisses() throws {
        let tree = try Answers.tree()
        #expect(
            try query("button", "Save", .state(.enabled)).nearMisses(in: tree) == [
                "push button \"Save\" at 80x30 at (520, 400) is disabled"
            ]
        )
        #expect(try query("menu", "Hidden").nearMisses(in: tree) == ["menu \"Hidden\" (not showing)"])
        #expect(
            try query("label", "OK").nearMisses(in: tree).first
                == "push button \"OK\" at 80x30 at (420, 400) has the name, but another role"
        )
        #expect(
            try query("button", "Safe").nearMisses(in: tree).first
                == "push button \"Save\" at 80x30 at (520, 400) is 1 letters away"
        )
    }

    @Test("a misspelt role is told with the one that was meant")
    func roles() throws {
        let error = #expect(throws: RoleError.self) { try RoleName("psuh button") }
        #expect(error?.summary.hasSuffix("Did you mean \"push button\"?") == true)
        #expect(throws: RoleError.self) { try RoleName("invalid") }
        #expect(try RoleName("dialog").roles == [ElementRole(rawValue: 16)])
        #expect(try RoleName("check menu item").roles == [ElementRole(rawValue: 8)])
        #expect(try RoleName("switch").roles == [ElementRole(rawValue: 130)])
    }
}
