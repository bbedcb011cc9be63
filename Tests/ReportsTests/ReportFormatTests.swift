import Reports
import Testing

@Suite("Report formats")
struct ReportFormatTests {
    @Test("a name alone goes to standard output, a name and a path to a file")
    func parsing() throws {
        #expect(try ReportFormat(parsing: "pretty") == ReportFormat(.pretty))
        #expect(try ReportFormat(parsing: "junit:-") == ReportFormat(.junit))
        #expect(try ReportFormat(parsing: "rerun:@rerun.txt") == ReportFormat(.rerun, path: "@rerun.txt"))
        #expect(try ReportFormat(parsing: "html:a:b.html") == ReportFormat(.html, path: "a:b.html"))
    }

    @Test("an unknown name is an error that names the nearest known one")
    func unknown() {
        let error = #expect(throws: ReportError.self) { _ = try ReportFormat(parsing: "jnuit:x.xml") }
        #expect(error?.hint == "Did you mean junit?")
        #expect(error?.blame == .testAuthor)
    }

    @Test("a path that is empty is an error")
    func emptyPath() {
        #expect(throws: ReportError.emptyPath(format: "html")) { _ = try ReportFormat(parsing: "html:") }
    }
}
