import Foundation
import Gherkin
import ScenarioRunner
import TestSupport
import Testing

@Suite("Feature files")
struct FeatureFileTests {
    @Test("a folder gives its feature files in order, each once")
    func folder() async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/b", withIntermediateDirectories: false)
            for name in ["b/z.feature", "b/a.feature", "c.feature", "d.feature.md", "notes.txt", "readme.md"] {
                try Data("Feature: F\n".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            let files = try FeatureSelection([folder, "\(folder)/./c.feature"]).files()
            #expect(files == ["b/a.feature", "b/z.feature", "c.feature", "d.feature.md"].map { "\(folder)/\($0)" })
        }
    }

    @Test("a feature in Markdown is read as such, and said to be one")
    func markdown() throws {
        var ids = IdSequence()
        let suite = Suite(sources: [("a.feature.md", "# Feature: F\n## Scenario: S\n* Given x\n")], ids: &ids)
        #expect(suite.pickles.map(\.name) == ["S"])
        guard case .source(let source) = suite.envelopes.first else {
            Issue.record("The first envelope is the source.")
            return
        }
        #expect(source.mediaType == "text/x.cucumber.gherkin+markdown")
    }

    @Test("a list of places is read from a file")
    func list() async throws {
        try await withTemporaryFolder { folder in
            try Data("a.feature:3\n\n  b.feature\n".utf8).write(to: URL(filePath: "\(folder)/rerun.txt"))
            let places = try FeatureSelection(["@\(folder)/rerun.txt"]).places
            #expect(places == [try .init("a.feature:3"), try .init("b.feature")])
        }
    }

    @Test(
        "what is no place is refused",
        arguments: [
            "", ":3", "a.feature:", "a.feature:0", "a.feature:-1", "a:b", "a:1:b", "a:1:2:3",
        ]
    )
    func badPlace(_ text: String) {
        #expect(throws: PlanError.badPlace(text)) { try FeatureSelection([text]) }
    }

    @Test("a path that is not there, and a file that is no text, are named")
    func unreadable() async throws {
        try await withTemporaryFolder { folder in
            let missing = "\(folder)/none.feature"
            #expect(throws: PlanError.unreadable(missing, reason: "there is no such file or folder")) {
                try FeatureSelection([missing]).files()
            }
            #expect(throws: PlanError.unreadable("\(folder)/list", reason: "there is no such text file")) {
                try FeatureSelection(["@\(folder)/list"])
            }
            let binary = "\(folder)/binary.feature"
            try Data([0xff, 0xfe, 0x00]).write(to: URL(filePath: binary))
            #expect(throws: PlanError.unreadable(binary, reason: "it is not UTF-8 text, or may not be read")) {
                var ids = IdSequence()
                _ = try Suite(FeatureSelection([binary]), ids: &ids)
            }
        }
    }
}
