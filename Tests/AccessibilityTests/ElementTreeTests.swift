import Accessibility
import Diagnostics
import Pictures
import Testing

/// Answers of the reader in the guest, recorded from a password dialog, and made-up ones.
enum Answers {
    static let dialog = """
        program\t0\tlxterminal
        program\t1\tpinentry-qt
        element\t2\t0\t23\t43200100\t311\t167\t658\t465\t-\tLXTerminal\t-\t-
        element\t3\t1\t16\t43200100\t400\t300\t420\t160\t-\tPinentry\t-\t-
        element\t4\t3\t29\t43000100\t420\t320\t80\t20\t-\tPassphrase:\t-\t-
        element\t5\t2\t60\t43000900\t312\t217\t642\t410\t-\tTerminal\tTuser@host:~$ ls%0acaf%c3%a9\t-
        element\t6\t3\t40\t43001980\t510\t320\t200\t24\t4\t\tT\t-
        element\t7\t3\t43\t43000100\t420\t400\t80\t30\t-\tOK\t-\t-
        element\t8\t3\t43\t42000000\t520\t400\t80\t30\t-\tSave\t-\t-
        element\t9\t3\t42\t43000100\t420\t440\t80\t10\t-\tProgress\t-\t0.5
        element\t10\t3\t33\t1400100\t-2147483648\t-2147483648\t1\t1\t-\tHidden\t-\t-
        end\t11

        """

    static func tree(_ answer: String = dialog) throws -> ElementTree { try ElementTree(answer: answer) }
}

@Suite("Elements that a guest tells of")
struct ElementTreeTests {
    @Test("each element stands before those in it, with the program that shows it")
    func order() throws {
        let tree = try Answers.tree()
        #expect(tree.programs == ["lxterminal", "pinentry-qt"])
        #expect(tree.elements.map(\.depth) == [1, 2, 1, 2, 2, 2, 2, 2, 2])
        #expect(tree.elements.map(\.program).prefix(3) == ["lxterminal", "lxterminal", "pinentry-qt"])
        #expect(tree.lacking.isEmpty)
    }

    @Test("text, value, place and states are read")
    func details() throws {
        let tree = try Answers.tree()
        let terminal = tree.elements[1]
        #expect(terminal.role.description == "terminal")
        #expect(terminal.text == "user@host:~$ ls\ncafé")
        #expect(terminal.rectangle == Rectangle(x: 312, y: 217, width: 642, height: 410))
        let progress = try #require(tree.elements.first { $0.name == "Progress" })
        #expect(progress.value == 0.5)
        #expect(StateName.enabled.holds(for: progress.states))
        let save = try #require(tree.elements.first { $0.name == "Save" })
        #expect(StateName.disabled.holds(for: save.states))
    }

    @Test("a field without a name has that of its label")
    func label() throws {
        let field = try #require(try Answers.tree().elements.first { $0.role.description == "password text" })
        #expect(field.name == "Passphrase:")
    }

    @Test("what a program does not tell is not known, and the rest is read all the same")
    func missing() throws {
        let tree = try Answers.tree("program\t0\t\nelement\t1\t0\t-\t-\t-\t-\t-\t-\t-\t\t-\t-\nend\t2\n")
        let element = try #require(tree.elements.first)
        #expect(element.rectangle == nil && element.text == nil && element.value == nil && !element.isShowing)
    }

    @Test(
        "a box without a pixel, or where no screen is, is none",
        arguments: [
            "-1\t-1\t-1\t-1", "0\t0\t0\t10", "10\t10\t-5\t20", "-2147483648\t-2147483648\t1\t1", "0\t0\t2147483647\t1",
            "-\t-\t-\t-", "5\t5\t5\t-",
        ]
    )
    func oddBoxes(_ box: String) throws {
        let tree = try Answers.tree("program\t0\tp\nelement\t1\t0\t43\t43000100\t\(box)\t-\tOK\t-\t-\nend\t2\n")
        #expect(tree.elements.first?.rectangle == nil)
        #expect(tree.elements.first?.isShowing == false)
    }

    @Test("bytes that are no UTF-8 are replaced, and what could fool a reader is escaped where it is shown")
    func hostileNames() throws {
        let tree = try Answers.tree(
            "program\t0\tp\nelement\t1\t0\t43\t43000100\t0\t0\t9\t9\t-\t%ff%1b[31m%e2%80%aeKO\t-\t-\nend\t2\n"
        )
        let element = try #require(tree.elements.first)
        #expect(element.name == "\u{FFFD}\u{1B}[31m\u{202E}KO")
        #expect(element.description == "push button \"\u{FFFD}\\u{1B}[31m\\u{202E}KO\" at 9x9 at (0, 0)")
    }

    @Test("a name that is too long for a line is cut where it is shown")
    func longNames() throws {
        let name = String(repeating: "a", count: 10_000)
        let tree = try Answers.tree("program\t0\tp\nelement\t1\t0\t43\t0\t0\t0\t9\t9\t-\t\(name)\t-\t-\nend\t2\n")
        #expect(try #require(tree.elements.first).details.count < 200)
    }

    @Test(
        "an answer that is not as the reader writes it is refused, with the line",
        arguments: [
            ("", 1), ("program\t0\tp\n", 2), ("end\t1\n", 1), ("end\t0\nprogram\t0\tp\n", 2), ("nonsense\t1\n", 1),
            // A circle, and an element in itself or in one that is still to come.
            ("program\t0\tp\nelement\t1\t1\t43\t0\t0\t0\t9\t9\t-\tA\t-\t-\nend\t2\n", 2),
            ("program\t0\tp\nelement\t1\t2\t43\t0\t0\t0\t9\t9\t-\tA\t-\t-\nend\t2\n", 2),
            ("element\t0\t-1\t43\t0\t0\t0\t9\t9\t-\tA\t-\t-\nend\t1\n", 1),
            // Numbers that are left out, come twice, or are too large.
            ("program\t1\tp\nend\t1\n", 1), ("program\t0\tp\nprogram\t0\tp\nend\t2\n", 2),
            ("program\t99999999999999999999\tp\nend\t1\n", 1),
            ("program\t0\tp\nelement\t1\t0\t65536\t0\t0\t0\t9\t9\t-\tA\t-\t-\nend\t2\n", 2),
            ("program\t0\tp\nelement\t1\t0\t43\t10000000000000000\t0\t0\t9\t9\t-\tA\t-\t-\nend\t2\n", 2),
            ("program\t0\tp\nelement\t1\t0\t43\t0\t0\t0\t9\t4294967296\t-\tA\t-\t-\nend\t2\n", 2),
            // Fields too few, too many, or not escaped.
            ("program\t0\n", 1), ("program\t0\tp\tq\n", 1), ("program\t0\t%zz\n", 1), ("program\t0\t%4\n", 1),
            ("program\t0\tcaf\u{e9}\n", 1),
            ("program\t0\tp\nelement\t1\t0\t43\t0\t0\t0\t9\t9\t-\tA\tx\t-\nend\t2\n", 2),
            ("program\t0\tp\nelement\t1\t0\t43\t0\t0\t0\t9\t9\t-\tA\t-\tmany\nend\t2\n", 2),
        ]
    )
    func malformed(_ answer: String, _ line: Int) throws {
        let error = #expect(throws: ElementError.self) { try Answers.tree(answer) }
        guard case .malformed(line, _) = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test("an answer with too many elements, children, levels or bytes is refused before it takes much memory")
    func bounds() throws {
        var limits = ElementLimits()
        limits.children = 10
        limits.depth = 5
        let head = "program\t0\tp\n"
        func element(_ number: Int, in parent: Int) -> String {
            "element\t\(number)\t\(parent)\t43\t0\t0\t0\t9\t9\t-\tA\t-\t-\n"
        }
        let wide = head + (1...11).map { element($0, in: 0) }.joined()
        let deep = head + (1...6).map { element($0, in: $0 - 1) }.joined()
        #expect(throws: ElementError.malformed(line: 12, expected: "one of at most 10 children")) {
            try ElementTree(answer: wide, limits: limits)
        }
        #expect(throws: ElementError.malformed(line: 7, expected: "in at most 5 others")) {
            try ElementTree(answer: deep, limits: limits)
        }
        limits.children = .max
        let many = head + (1...5_000).map { element($0, in: 0) }.joined()
        #expect(throws: ElementError.malformed(line: 5_001, expected: "one of at most 5000 elements")) {
            try ElementTree(answer: many, limits: limits)
        }
        // A million children; one line is refused before the next is looked at.
        let million = head + String(repeating: element(1, in: 0), count: 1_000_000)
        #expect(throws: ElementError.malformed(line: 1, expected: "the first of at most 8388608 bytes")) {
            try Answers.tree(million)
        }
        limits.bytes = .max
        #expect(throws: ElementError.malformed(line: 3, expected: "number 2")) {
            try ElementTree(answer: million, limits: limits)
        }
    }

    @Test("a guest that can't tell anything says why")
    func failed() throws {
        #expect(throws: ElementError.unavailable("nobody is logged in at the screen")) {
            try Answers.tree("failed\tnobody is logged in at the screen\n")
        }
    }

    @Test("the listing leaves out what only holds others together, and says what could not be read")
    func listing() throws {
        let answer = """
            program\t0\tp
            element\t1\t0\t39\t43000100\t0\t0\t9\t9\t-\t\t-\t-
            element\t2\t1\t43\t42000000\t0\t0\t9\t9\t-\tOK\t-\t-
            element\t3\t1\t61\t43001100\t0\t0\t9\t9\t-\tName\tTMary%0aJones\t-
            lacking\tan answer of the program :1.5 (editor)
            end\t4

            """
        #expect(
            try Answers.tree(answer).listing() == [
                "program \"p\"",
                "    push button \"OK\" at 9x9 at (0, 0), disabled",
                "    text \"Name\" at 9x9 at (0, 0), focused, says \"Mary\\nJones\"",
                "not read: an answer of the program :1.5 (editor)",
            ]
        )
        #expect(try Answers.tree().listing(limit: 2).contains("and 7 more elements"))
    }
}
