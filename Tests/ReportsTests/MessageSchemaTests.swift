import CucumberMessages
import Foundation
import Reports
import Testing

/// The JSON Schema of Cucumber Messages, which is looked for in `../shared/data` beside the checkout.
private let schemaFolder =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data")
    .standardizedFileURL.path(percentEncoded: false) + "/messages-jsonschema"

private func schemaCanBeAsked() -> Bool {
    guard FileManager.default.fileExists(atPath: "\(schemaFolder)/messages.schema.json"), Tool.python.isThere else {
        return false
    }
    return (try? Tool.python.run(["-c", "import jsonschema.validators"]).status) == 0
}

@Suite("Messages and their schema")
struct MessageSchemaTests {
    @Test(
        "every kind of envelope, with all fields and with as few as there can be, obeys the official schema",
        .enabled(if: schemaCanBeAsked(), "the schema beside the checkout, python3 or its jsonschema is missing")
    )
    func schema() throws {
        let envelopes = EveryEnvelope.full + EveryEnvelope.sparse + (try SampleRuns.failing().envelopes)
        try withTemporaryFolder { folder in
            let path = "\(folder)/messages.ndjson"
            try envelopes.map(MessagesReport.line).joined().write(toFile: path, atomically: true, encoding: .utf8)
            let result = try Tool.python.run(["-W", "ignore", "-c", Self.program, schemaFolder, path])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.hasSuffix("\(envelopes.count) lines are valid\n"))
        }
    }

    @Test("every kind of envelope reads back as it was written")
    func roundTrip() throws {
        for envelope in EveryEnvelope.full + EveryEnvelope.sparse {
            let line = try MessagesReport.line(for: envelope)
            #expect(try JSONDecoder().decode(Envelope.self, from: Data(line.utf8)) == envelope)
        }
    }

    private static let program = """
        import json, os, sys
        from jsonschema.validators import Draft202012Validator
        schema = json.load(open(os.path.join(sys.argv[1], "messages.schema.json")))
        folder = sys.argv[1]
        try:
            from referencing import Registry, Resource
            resources = []
            for name in os.listdir(folder):
                content = json.load(open(os.path.join(folder, name)))
                resources.append((content.get("$id", name), Resource.from_contents(content)))
            validator = Draft202012Validator(schema, registry=Registry().with_resources(resources))
        except ImportError:
            validator = Draft202012Validator(schema)
        count = 0
        for number, line in enumerate(open(sys.argv[2]), 1):
            for error in validator.iter_errors(json.loads(line)):
                sys.exit("line %d: %s: %s" % (number, "/".join(map(str, error.path)), error.message))
            count += 1
        print(count, "lines are valid")
        """
}
