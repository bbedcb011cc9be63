/// One line of a run's record: a Cucumber Message.
///
/// The format is Cucumber Messages 34 (`messages.schema.json` of the cucumber/messages project), written as NDJSON:
/// one envelope a line. Envelopes are the only record of a run; every report is made from them.
package enum Envelope: Hashable, Sendable {
    case meta(Meta)
    case source(Source)
    case gherkinDocument(GherkinDocument)
    case pickle(Pickle)
    case parseError(ParseError)
    case parameterType(ParameterTypeMessage)
    case undefinedParameterType(UndefinedParameterType)
    case stepDefinition(StepDefinitionMessage)
    case hook(Hook)
    case suggestion(Suggestion)
    case testRunStarted(TestRunStarted)
    case testRunHookStarted(TestRunHookStarted)
    case testRunHookFinished(TestRunHookFinished)
    case testCase(TestCase)
    case testCaseStarted(TestCaseStarted)
    case testStepStarted(TestStepStarted)
    case testStepFinished(TestStepFinished)
    case attachment(Attachment)
    case externalAttachment(ExternalAttachment)
    case testCaseFinished(TestCaseFinished)
    case testRunFinished(TestRunFinished)
}

// MARK: - Codable

extension Envelope: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case meta, source, gherkinDocument, pickle, parseError, parameterType, undefinedParameterType, stepDefinition,
            hook
        case suggestion, testRunStarted, testCase, testCaseStarted, testStepStarted, testStepFinished, attachment
        case externalAttachment, testCaseFinished, testRunFinished, testRunHookStarted, testRunHookFinished
    }

    /// Reads an envelope, which holds exactly one message of a known kind.
    ///
    /// - Throws: A `DecodingError` when the kind is unknown, when there is more than one, or when a field is wrong.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.allKeys.count == 1, let key = container.allKeys.first else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "Expected one message of a known kind, saw \(container.allKeys.map(\.stringValue))."
                )
            )
        }
        func read<Message: Decodable>(_ make: (Message) -> Envelope) throws -> Envelope {
            make(try container.decode(Message.self, forKey: key))
        }
        self =
            switch key {
            case .meta: try read(Self.meta)
            case .source: try read(Self.source)
            case .gherkinDocument: try read(Self.gherkinDocument)
            case .pickle: try read(Self.pickle)
            case .parseError: try read(Self.parseError)
            case .parameterType: try read(Self.parameterType)
            case .undefinedParameterType: try read(Self.undefinedParameterType)
            case .stepDefinition: try read(Self.stepDefinition)
            case .hook: try read(Self.hook)
            case .suggestion: try read(Self.suggestion)
            case .testRunStarted: try read(Self.testRunStarted)
            case .testRunHookStarted: try read(Self.testRunHookStarted)
            case .testRunHookFinished: try read(Self.testRunHookFinished)
            case .testCase: try read(Self.testCase)
            case .testCaseStarted: try read(Self.testCaseStarted)
            case .testStepStarted: try read(Self.testStepStarted)
            case .testStepFinished: try read(Self.testStepFinished)
            case .attachment: try read(Self.attachment)
            case .externalAttachment: try read(Self.externalAttachment)
            case .testCaseFinished: try read(Self.testCaseFinished)
            case .testRunFinished: try read(Self.testRunFinished)
            }
    }

    /// Writes the message under the name of its kind.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .meta(let message): try container.encode(message, forKey: .meta)
        case .source(let message): try container.encode(message, forKey: .source)
        case .gherkinDocument(let message): try container.encode(message, forKey: .gherkinDocument)
        case .pickle(let message): try container.encode(message, forKey: .pickle)
        case .parseError(let message): try container.encode(message, forKey: .parseError)
        case .parameterType(let message): try container.encode(message, forKey: .parameterType)
        case .undefinedParameterType(let message): try container.encode(message, forKey: .undefinedParameterType)
        case .stepDefinition(let message): try container.encode(message, forKey: .stepDefinition)
        case .hook(let message): try container.encode(message, forKey: .hook)
        case .suggestion(let message): try container.encode(message, forKey: .suggestion)
        case .testRunStarted(let message): try container.encode(message, forKey: .testRunStarted)
        case .testRunHookStarted(let message): try container.encode(message, forKey: .testRunHookStarted)
        case .testRunHookFinished(let message): try container.encode(message, forKey: .testRunHookFinished)
        case .testCase(let message): try container.encode(message, forKey: .testCase)
        case .testCaseStarted(let message): try container.encode(message, forKey: .testCaseStarted)
        case .testStepStarted(let message): try container.encode(message, forKey: .testStepStarted)
        case .testStepFinished(let message): try container.encode(message, forKey: .testStepFinished)
        case .attachment(let message): try container.encode(message, forKey: .attachment)
        case .externalAttachment(let message): try container.encode(message, forKey: .externalAttachment)
        case .testCaseFinished(let message): try container.encode(message, forKey: .testCaseFinished)
        case .testRunFinished(let message): try container.encode(message, forKey: .testRunFinished)
        }
    }
}
