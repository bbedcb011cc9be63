import CucumberMessages
import Diagnostics
import Foundation
import FoundationXML
import Reports
import Testing
import Verdicts

private let place = RunPlace(directory: "runs/latest")

@Suite("JUnit")
struct JUnitReportTests {
    private func document(_ builder: RunBuilder) throws -> XMLDocument {
        try XMLDocument(xmlString: builder.written { JUnitReport(to: $0, place: place) }, options: [])
    }

    private func values(_ document: XMLDocument, _ path: String) throws -> [String] {
        try document.nodes(forXPath: path).compactMap(\.stringValue)
    }

    @Test("a suite for each feature, a test case for each scenario, with unique names")
    func shape() throws {
        let document = try document(SampleRuns.failing())
        #expect(try values(document, "/testsuites/testsuite/@file").count == 2)
        #expect(try values(document, "/testsuites/@tests") == ["9"])
        #expect(try values(document, "/testsuites/@failures") == ["1"])
        #expect(try values(document, "/testsuites/@errors") == ["1"])
        #expect(try values(document, "/testsuites/testsuite/@skipped") == ["1", "0"])
        #expect(
            try values(document, "//testsuite[1]/properties/property[@name='Image']/@value") == [
                "reference-minimal.iso, 412 MiB"
            ]
        )
        let names = try values(document, "//testcase/@name")
        #expect(Set(names).count == names.count)
        #expect(names.contains("The firewall drops untorified traffic (example 2)"))
        #expect(try values(document, "//testcase[failure]/@classname") == ["Only Tor's user reaches the network"])
        #expect(try values(document, "//testcase[failure]/@time") == ["6.000"])
    }

    @Test("scenarios of one name are told apart by their lines")
    func sameNames() throws {
        var builder = RunBuilder()
        let plans = [1, 2, 3].map { _ in RunBuilder.Planned(name: "same", steps: ["Given a"]) }
        for testCase in builder.feature("a.feature", "A", plans) { try builder.run(testCase) }
        #expect(try values(document(builder), "//testcase/@name") == ["same", "same (line 13)", "same (line 23)"])
    }

    @Test(
        "who has to act decides between failure and error",
        arguments: [
            (Outcome.failed, Blame.systemUnderTest, "failure"), (.failed, .testAuthor, "failure"),
            (.undefined, .testAuthor, "failure"), (.failed, .host, "error"), (.failed, .harness, "error"),
            (.inconclusive, .host, "error"),
        ]
    )
    func mapping(_ outcome: Outcome, _ blame: Blame, _ element: String) throws {
        var builder = RunBuilder()
        let cases = builder.feature("a.feature", "A", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0], verdict: Verdict(outcome: outcome, blame: blame, reason: "Expected a, saw b.\n  c"))
        let document = try document(builder)
        #expect(try values(document, "//testcase/*[1]/@message") == ["Expected a, saw b."])
        #expect(try values(document, "//testcase/*[1]/@type") == ["\(outcome.rawValue), \(blame.rawValue)"])
        #expect(try document.nodes(forXPath: "//testcase/\(element)").count == 1)
    }

    @Test("of two features with one name every test case still has a name of its own")
    func sameFeatures() throws {
        var builder = RunBuilder()
        for file in ["a.feature", "b.feature", "c.feature"] {
            let plan = RunBuilder.Planned(name: "same", steps: ["Given a"])
            try builder.run(builder.feature(file, "A", [plan])[0])
        }
        let names = try values(document(builder), "//testcase/@name")
        #expect(names == ["same", "same (line 3)", "same (c.feature:3)"])
    }

    @Test("what failed before it passed is a flaky failure, and no failure")
    func flaky() throws {
        let document = try document(SampleRuns.failing())
        let path = "//testcase[@name='The desktop is reached']/flakyFailure"
        #expect(try values(document, "\(path)/@type") == ["failed"])
        #expect(try values(document, "\(path)/stackTrace").first?.contains("score 0.41") == true)
        #expect(try document.nodes(forXPath: "//testcase[@name='The desktop is reached']/failure").isEmpty)
    }

    @Test("test cases name their files for GitLab alone", arguments: [true, false])
    func files(_ isForGitLab: Bool) throws {
        let text = try SampleRuns.passing().written { JUnitReport(to: $0, place: place, isForGitLab: isForGitLab) }
        #expect(
            text.contains("<testcase classname")
                && text.contains("file=\"features/tor_enforcement.feature\" time=") == isForGitLab
        )
    }

    @Test("the failure's screenshot is named by one line, and no step can add another")
    func attachment() throws {
        var builder = RunBuilder()
        let cases = builder.feature("a.feature", "A", [.init(name: "one", steps: ["Given [[ATTACHMENT|/etc/passwd]]"])])
        try builder.run(cases[0], verdict: .leaked, failing: (1, .failed, "x")) { builder, attempt, step in
            for name in ["a", "b"] {
                builder.attachFile("attachments/\(name)-\(step).png", "image/png", attempt: attempt, step: step)
            }
        }
        let step = builder.stepIDs(of: cases[0])[1]
        let output = try values(document(builder), "//system-out").joined()
        let lines = output.split(separator: "\n").filter { $0.contains("[[ATTACHMENT|") }
        #expect(lines == ["[[ATTACHMENT|runs/latest/attachments/b-\(step).png]]"])
    }

    @Test("characters that XML can't hold are left out, markup is escaped")
    func illegal() throws {
        var builder = RunBuilder()
        let text = "a\u{0}\u{1B}[31m\u{FFFE}\u{8}b <&\"']]> c"
        let cases = builder.feature("a.feature", text, [.init(name: text, steps: ["Given \(text)"])])
        try builder.run(cases[0], verdict: Verdict(outcome: .failed, blame: .host, reason: text))
        let document = try document(builder)
        #expect(try values(document, "//testcase/@name") == ["a[31mb <&\"']]> c"])
        #expect(try values(document, "//error/@message") == ["a[31mb <&\"']]> c"])
    }

    @Test("a file that does not parse is a failure of its author")
    func parseError() throws {
        var builder = RunBuilder()
        let source = SourceReference(uri: "bad.feature", location: Location(line: 3))
        builder.add(.parseError(ParseError(source: source, message: "(3:1): expected: #EOF, got 'x'")))
        builder.endRun(success: false)
        #expect(try values(document(builder), "//testcase[failure]/@name") == ["bad.feature line 3"])
    }

    @Test(
        "the file has the shape that readers of JUnit agree on",
        .enabled(if: Tool.xmllint.isThere, "xmllint is missing")
    )
    func schema() throws {
        try withTemporaryFolder { folder in
            try Self.schema.write(toFile: "\(folder)/junit.xsd", atomically: true, encoding: .utf8)
            let samples = [
                try SampleRuns.failing(), try SampleRuns.passing(), try SampleRuns.excused(),
                try SampleRuns.triedAgain(), RunBuilder(),
            ]
            for builder in samples {
                let path = "\(folder)/junit.xml"
                try builder.written { JUnitReport(to: $0, place: place) }.write(
                    toFile: path,
                    atomically: true,
                    encoding: .utf8
                )
                let result = try Tool.xmllint.run(["--noout", "--schema", "\(folder)/junit.xsd", path])
                #expect(result.status == 0, "\(result.output)")
            }
        }
    }

    /// Our own words for what `junit-10.xsd` of Jenkins' xUnit plug-in lets through of what we write.
    private static let schema = """
        <?xml version="1.0"?>
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:complexType name="problem" mixed="true">
            <xs:attribute name="message" type="xs:string"/>
            <xs:attribute name="type" type="xs:string"/>
          </xs:complexType>
          <xs:complexType name="flaky" mixed="true">
            <xs:sequence>
              <xs:element name="stackTrace" type="xs:string" minOccurs="0"/>
              <xs:element name="system-out" type="xs:string" minOccurs="0"/>
            </xs:sequence>
            <xs:attribute name="message" type="xs:string"/>
            <xs:attribute name="type" type="xs:string" use="required"/>
          </xs:complexType>
          <xs:attributeGroup name="sums">
            <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="time" type="xs:decimal" use="required"/>
          </xs:attributeGroup>
          <xs:element name="testsuites">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="properties" minOccurs="0">
                        <xs:complexType>
                          <xs:sequence>
                            <xs:element name="property" maxOccurs="unbounded">
                              <xs:complexType>
                                <xs:attribute name="name" type="xs:string" use="required"/>
                                <xs:attribute name="value" type="xs:string" use="required"/>
                              </xs:complexType>
                            </xs:element>
                          </xs:sequence>
                        </xs:complexType>
                      </xs:element>
                      <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded">
                        <xs:complexType>
                          <xs:sequence>
                            <xs:choice minOccurs="0" maxOccurs="unbounded">
                              <xs:element name="skipped" type="problem"/>
                              <xs:element name="error" type="problem"/>
                              <xs:element name="failure" type="problem"/>
                              <xs:element name="rerunFailure" type="flaky"/>
                              <xs:element name="rerunError" type="flaky"/>
                              <xs:element name="flakyFailure" type="flaky"/>
                            </xs:choice>
                            <xs:element name="system-out" type="xs:string" minOccurs="0"/>
                          </xs:sequence>
                          <xs:attribute name="classname" type="xs:string" use="required"/>
                          <xs:attribute name="name" type="xs:string" use="required"/>
                          <xs:attribute name="time" type="xs:decimal" use="required"/>
                        </xs:complexType>
                      </xs:element>
                    </xs:sequence>
                    <xs:attribute name="name" type="xs:string" use="required"/>
                    <xs:attribute name="file" type="xs:string"/>
                    <xs:attribute name="timestamp" type="xs:dateTime"/>
                    <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
                    <xs:attributeGroup ref="sums"/>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
              <xs:attribute name="name" type="xs:string"/>
              <xs:attributeGroup ref="sums"/>
            </xs:complexType>
          </xs:element>
        </xs:schema>
        """
}
