import CucumberMessages
import Foundation
import StepDefinitions
import Synchronization
import Testing

private typealias DataTable = StepDefinitions.DataTable

private enum Role: String, TableValue, CaseIterable { case guest, owner }

private struct Account: TableValue, Equatable {
    let firstName: String
    let age: Int?
    let role: Role
    var isOnline: Bool?
    var share: Double?
    var balance: Decimal?
}

private func table(_ text: String) -> DataTable {
    DataTable(
        rows: text.split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        }
    )
}

private func mistake<Row: TableValue>(_ type: Row.Type, _ text: String) -> String {
    do {
        return "\(try [Row].make(from: StepInput(table: table(text))))"
    } catch { return (error as? StepArgumentError)?.summary ?? "\(error)" }
}

@Suite("Rows as values")
struct RowDecodingTests {
    @Test("each row below the header is a value, and an empty cell or an absent column is nil")
    func rows() throws {
        let accounts: [Account] = try table(
            """
            first name | age | role  | isOnline | share | balance
            Ann        | 41  | owner | yes      | 0.5   | 0.10
            Bob        |     | guest | false    |       |
            """
        ).decoded()
        #expect(
            accounts == [
                Account(firstName: "Ann", age: 41, role: .owner, isOnline: true, share: 0.5, balance: 0.10),
                Account(firstName: "Bob", age: nil, role: .guest, isOnline: false, share: nil, balance: nil),
            ]
        )
        #expect(try table("firstName|role\nAnn|owner").decoded() == [Account(firstName: "Ann", age: nil, role: .owner)])
        #expect(try table("firstName|role").decoded(as: Account.self) == [])
    }

    @Test(
        "what can't be read is told with its row and column",
        arguments: [
            (
                "firstName|age|role\nAnn|old|owner",
                "a whole number from \(Int.min) to \(Int.max) in row 2, column \"age\", but has \"old\""
            ),
            ("firstName|role\nAnn|owner\nBob|gust", "one of guest, owner in row 3, column \"role\", but has \"gust\""),
            ("firstName|role\nAnn|", "one of guest, owner in row 2, column \"role\", but has an empty cell"),
            (
                "firstName|role|isOnline\nAnn|guest|maybe",
                "true or false, or yes or no, in row 2, column \"isOnline\", but has \"maybe\""
            ),
            ("firstName|role|share\nAnn|guest|nan", "a number in row 2, column \"share\", but has \"nan\""),
            (
                "firstName|role|balance\nAnn|guest|12 apples",
                "a number in row 2, column \"balance\", but has \"12 apples\""
            ),
            ("firstName\nAnn", "a column \"role\", but has the columns \"firstName\""),
            (
                "firstName|role|Role\nAnn|guest|guest",
                "a table that names each column once, but has \"role\" and \"Role\""
            ),
            (
                "firstName|role|ages\nAnn|guest|3",
                "only columns that Account has: age, balance, firstName, isOnline, role, share, but has \"ages\" (did you mean \"age\"?)"
            ),
        ]
    )
    func mistakes(_ text: String, _ expected: String) {
        #expect(mistake(Account.self, text) == "The step expects \(expected).")
    }

    @Test("a table of one column is a list when its values are made from one text")
    func lists() throws {
        #expect(try [Int].make(from: StepInput(table: table("3\n4"))) == [3, 4])
        #expect(try [Role].make(from: StepInput(table: table("owner"))) == [.owner])
        #expect(mistake(Int.self, "3\nfour").contains("in row 2, but has \"four\""))
        #expect(mistake(Int.self, "3|4").contains("of one column without a name, but has 2 columns"))
        struct Named: TableValue, Equatable { let name: String }
        #expect(try table("name\nAnn").decoded() == [Named(name: "Ann")])
    }

    @Test("two columns are a dictionary, whose names stand once")
    func dictionaries() throws {
        #expect(try [String: Int].make(from: StepInput(table: table("a|1\nb|2"))) == ["a": 1, "b": 2])
        #expect(
            throws: StepArgumentError(expected: "a table that names everything once", seen: "\"a\" in row 2 as well")
        ) {
            try [String: Int].make(from: StepInput(table: table("a|1\na|2")))
        }
        #expect(throws: StepArgumentError(expected: "a table of two columns", seen: "3 in row 1")) {
            try [String: Int].make(from: StepInput(table: table("a|1|2")))
        }
        let bad = #expect(throws: StepArgumentError.self) {
            try [String: Int].make(from: StepInput(table: table("a|x")))
        }
        #expect(bad?.summary.contains("in row 1, column \"a\", but has \"x\"") == true)
    }

    @Test("a table on its side is read as if it stood")
    func transposed() throws {
        let turned = try Transposed<[Account]>.make(
            from: StepInput(table: table("firstName|Ann|Bob\nrole|owner|guest"))
        )
        #expect(turned.value.map(\.firstName) == ["Ann", "Bob"])
        #expect(table("a|b\nc|d").transposed.rows == [["a", "c"], ["b", "d"]])
    }

    @Test("a step takes rows as its last argument, and what is wrong with them is known before it runs")
    func steps() async throws {
        let seen = Mutex<[Int]>([])
        let library = StepLibrary<Int> {
            Given("the ages of {word}") { (_: Int, _: String, ages: [Int]) in seen.withLock { $0 = ages } }
            Given("maybe ages") { (_: Int, ages: [Int]?) in seen.withLock { $0 = ages ?? [0] } }
        }
        #expect(library.problems().map(\.summary) == [])
        let twice = StepLibrary<Int> { Given("two tables") { (_: Int, _: DataTable, _: [Int]) in } }
        #expect(twice.problems().count == 1)
        func argument(_ cell: String) -> PickleStepArgument {
            PickleStepArgument(dataTable: PickleTable(rows: [PickleTableRow(cells: [PickleTableCell(value: cell)])]))
        }
        guard case .one(let step) = library.match("the ages of men"), case .one(let maybe) = library.match("maybe ages")
        else { return #expect(Bool(false), "no match") }
        #expect(step.problem(with: argument("x"))?.summary.contains("in row 1, but has \"x\"") == true)
        try await step.run(in: 0, argument: argument("7"))
        #expect(seen.withLock { $0 } == [7])
        try await maybe.run(in: 0, argument: nil)
        #expect(seen.withLock { $0 } == [0])
    }
}
