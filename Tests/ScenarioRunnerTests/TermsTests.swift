import Forecasts
import Gherkin
import ScenarioRunner
import Testing

@Suite("Terms of scenarios")
struct TermsTests {
    private func terms(_ tags: String, feature: String = "", rule: String = "") throws -> Terms {
        let text = """
            \(feature)
            Feature: Shop
              \(rule)
              Rule: Sales
                \(tags)
                Scenario: Sale
                  * the till holds 0
            """
        return try #require(try plan(["shop.feature": text]).entries.first?.terms)
    }

    private func problems(_ tags: String) throws -> [String] {
        let error = #expect(throws: PlanError.self) { try terms(tags) }
        return error?.context ?? []
    }

    @Test(
        "a time limit is a number with s, m or h",
        arguments: [("90s", 90), ("10m", 600), ("2h", 7200), ("168h", 604_800)]
    )
    func limit(_ text: String, _ seconds: Int) throws {
        #expect(try terms("@timeout:\(text)").deadline == .seconds(seconds))
    }

    @Test("the nearest time limit holds, and without one there is none")
    func nearest() throws {
        #expect(try terms("").deadline == nil)
        #expect(try terms("", feature: "@timeout:1h", rule: "@timeout:2h").deadline == .seconds(7200))
        #expect(try terms("@timeout:5s", feature: "@timeout:1h", rule: "@timeout:2h").deadline == .seconds(5))
    }

    @Test(
        "a tag that can't be read is an error with its place",
        arguments: [
            "@timeout", "@timeout:", "@timeout:10", "@timeout:m", "@timeout:-1m", "@timeout:1.5h", "@timeout:0s",
            "@timeout:169h", "@timeout:10M", "@timeout:٣m", "@timeout:99999999999h", "@exclusive:x", "@serial:",
        ]
    )
    func misread(_ tag: String) throws {
        let problems = try problems("@fine \(tag)")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("shop.feature:5: \"\(tag)\" can't be read: ") == true, "\(problems)")
    }

    @Test("tags that only begin alike mean nothing")
    func others() throws {
        #expect(try terms("@timeouts @exclusively @serialization @a:b") == Terms())
    }

    @Test("tags say beside what a scenario may run")
    func company() throws {
        #expect(try terms("@exclusive").company == Company(isAlone: true))
        #expect(try terms("@serial @serial:printer").company == Company(series: ["", "printer"]))
    }
}
