package import CucumberMessages
import Diagnostics
import Forecasts
import StepDefinitions

/// The checkpoints that a suite offers, by their titles.
///
/// A checkpoint is a scenario whose end state is kept. A step whose text is its title, as the first step of another
/// scenario, starts that scenario from there.
struct CheckpointCatalog: Sendable {
    private let pickles: [String: Pickle]
    /// Where they stand.
    let suite: Suite?
    /// What is wrong with the checkpoints as such, each with its place.
    let problems: [String]

    /// The tag of a checkpoint that is dropped as soon as no planned scenario needs it any more.
    static let temporaryTag = "@temporary"

    init<World>(_ suite: Suite?, library: StepLibrary<World>) {
        self.suite = suite
        var pickles: [String: Pickle] = [:]
        var problems: [String] = []
        for pickle in suite?.pickles ?? [] {
            if let first = pickles[pickle.name] {
                problems.append(
                    "\(pickle.place): the checkpoint \(pickle.name.debugDescription) is at \(first.place) already"
                )
                continue
            }
            pickles[pickle.name] = pickle
            if case .undefined = library.match(pickle.name) { continue }
            problems.append(
                "\(pickle.place): the checkpoint \(pickle.name.debugDescription) has the text of a step; name it otherwise"
            )
        }
        self.pickles = pickles
        self.problems = problems
    }

    /// The title that a step's text was probably meant to be.
    func nearest(to text: String) -> String? { nearestName(to: text, among: pickles.keys.sorted()) }

    /// Returns the checkpoint that a step's text names.
    subscript(title: String) -> Pickle? { pickles[title] }

    /// The source and the syntax tree of a checkpoint's file, for the record.
    func preamble(of uri: String) -> [Envelope] {
        (suite?.envelopes ?? []).filter { envelope in
            switch envelope {
            case .source(let source): source.uri == uri
            case .gherkinDocument(let document): document.uri == uri
            default: false
            }
        }
    }

    /// The identity of the definition that a step naming a checkpoint is matched with.
    static func definitionId(of title: String) -> String { CheckpointMarks.definition(of: title) }

    /// The checkpoints as definitions of steps, for the record.
    func definitions(of titles: Set<String>) -> [Envelope] {
        titles.sorted().compactMap { title in
            guard let pickle = pickles[title] else { return nil }
            return .stepDefinition(
                StepDefinitionMessage(
                    id: Self.definitionId(of: title),
                    pattern: StepDefinitionPattern(source: title, type: .cucumberExpression),
                    sourceReference: SourceReference(uri: pickle.uri, location: pickle.location)
                )
            )
        }
    }
}

extension Pickle {
    /// The file, and the line if it is known.
    package var place: String { location.map { "\(uri):\($0.line)" } ?? uri }
}
