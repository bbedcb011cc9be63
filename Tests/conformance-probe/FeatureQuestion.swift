import CucumberMessages
import Gherkin

/// A feature file, to be parsed and compiled.
struct FeatureQuestion: Decodable {
    let uri: String
    let data: String

    /// The syntax tree and the pickles, or the errors.
    func answer() -> [Envelope] {
        var ids = IdSequence()
        do {
            let document = try parse(data, uri: uri, ids: &ids)
            let made = try pickles(from: document, uri: uri, ids: &ids)
            return [.gherkinDocument(document)] + made.map(Envelope.pickle)
        } catch {
            return error.errors.map(Envelope.parseError)
        }
    }
}
