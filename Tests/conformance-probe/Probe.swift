import Foundation

/// Answers what `ci/conformance` asks: one question a line on standard input, one answer a line on standard output.
///
/// A question is a JSON object that names what is to be read: a feature, the expression of a step, or one of tags.
@main
enum Probe {
    static func main() throws {
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        while let line = readLine() {
            let question = try decoder.decode(Question.self, from: Data(line.utf8))
            let answer: any Encodable =
                switch question {
                case .feature(let feature): feature.answer()
                case .expression(let expression): expression.answer()
                case .tagExpression(let expression): expression.answer()
                }
            FileHandle.standardOutput.write(try encoder.encode(answer) + [UInt8(ascii: "\n")])
        }
    }
}

/// One question.
enum Question: Decodable {
    case feature(FeatureQuestion)
    case expression(ExpressionQuestion)
    case tagExpression(TagExpressionQuestion)

    private enum CodingKeys: String, CodingKey {
        case feature, expression, tagExpression
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let feature = try container.decodeIfPresent(FeatureQuestion.self, forKey: .feature) {
            self = .feature(feature)
        } else if let expression = try container.decodeIfPresent(ExpressionQuestion.self, forKey: .expression) {
            self = .expression(expression)
        } else {
            self = .tagExpression(try container.decode(TagExpressionQuestion.self, forKey: .tagExpression))
        }
    }
}
