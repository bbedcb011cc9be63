import CucumberMessages

/// One envelope of every kind.
enum EveryEnvelope {
    private static let time = Timestamp(seconds: 1_790_000_000, nanos: 5)
    private static let place = Location(line: 2, column: 3)
    private static let source = SourceReference(uri: "a.swift", location: place)
    private static let exception = MessageException(type: "LeakError", message: "m", stackTrace: "s")

    /// With every field that there is.
    static let full: [Envelope] = [
        .meta(
            Meta(
                protocolVersion: "34.2.1",
                implementation: Product(name: "assay", version: "1"),
                runtime: Product(name: "Swift", version: "6"),
                os: Product(name: "Debian", version: "12"),
                cpu: Product(name: "x86_64", version: "1"),
                ci: ContinuousIntegration(name: "GitLab", url: "https://ci.example", buildNumber: "7")
            )
        ),
        .source(Source(uri: "a.feature", data: "Feature: a", mediaType: "text/x.cucumber.gherkin+plain")),
        .gherkinDocument(
            GherkinDocument(uri: "a.feature", feature: feature, comments: [Comment(location: place, text: "# c")])
        ),
        .pickle(pickle),
        .parseError(ParseError(source: source, message: "m")),
        .parameterType(
            ParameterTypeMessage(
                name: "n",
                regularExpressions: ["a"],
                preferForRegularExpressionMatch: true,
                useForSnippets: false,
                id: "1",
                sourceReference: source
            )
        ),
        .undefinedParameterType(UndefinedParameterType(expression: "{a}", name: "a")),
        .stepDefinition(
            StepDefinitionMessage(
                id: "1",
                pattern: StepDefinitionPattern(source: "a", type: .cucumberExpression),
                sourceReference: source
            )
        ),
        .hook(Hook(id: "1", name: "n", sourceReference: source, tagExpression: "@a", type: .beforeTestCase)),
        .suggestion(Suggestion(id: "1", pickleStepId: "2", snippets: [Snippet(language: "swift", code: "c")])),
        .testRunStarted(TestRunStarted(timestamp: time, id: "1")),
        .testRunHookStarted(
            TestRunHookStarted(id: "1", testRunStartedId: "2", hookId: "3", workerId: "w", timestamp: time)
        ),
        .testRunHookFinished(
            TestRunHookFinished(
                testRunHookStartedId: "1",
                result: TestStepResult(
                    duration: MessageDuration(.zero),
                    message: "m",
                    status: .failed,
                    exception: exception
                ),
                timestamp: time
            )
        ),
        .testCase(TestCase(id: "1", pickleId: "2", testSteps: [testStep], testRunStartedId: "3")),
        .testCaseStarted(TestCaseStarted(attempt: 0, id: "1", testCaseId: "2", workerId: "w", timestamp: time)),
        .testStepStarted(TestStepStarted(testCaseStartedId: "1", testStepId: "2", timestamp: time)),
        .testStepFinished(
            TestStepFinished(
                testCaseStartedId: "1",
                testStepId: "2",
                testStepResult: TestStepResult(
                    duration: MessageDuration(.milliseconds(1_500)),
                    message: "m",
                    status: .failed,
                    exception: exception
                ),
                timestamp: time
            )
        ),
        .attachment(
            Attachment(
                body: "YQ==",
                contentEncoding: .base64,
                fileName: "f",
                mediaType: "image/png",
                testCaseStartedId: "1",
                testStepId: "2",
                timestamp: time
            )
        ),
        .externalAttachment(
            ExternalAttachment(
                url: "attachments/a.png",
                mediaType: "image/png",
                testCaseStartedId: "1",
                testStepId: "2",
                timestamp: time
            )
        ),
        .testCaseFinished(TestCaseFinished(testCaseStartedId: "1", timestamp: time, willBeRetried: true)),
        .testRunFinished(
            TestRunFinished(message: "m", success: false, timestamp: time, exception: exception, testRunStartedId: "1")
        ),
    ]

    /// Without the fields that may be absent.
    static let sparse: [Envelope] = [
        .meta(
            Meta(
                protocolVersion: "34.2.1",
                implementation: Product(name: "assay"),
                runtime: Product(name: "Swift"),
                os: Product(name: "Debian"),
                cpu: Product(name: "x86_64")
            )
        ),
        .gherkinDocument(GherkinDocument()),
        .pickle(Pickle(id: "1", uri: "u", name: "n", language: "en", astNodeIds: ["1"])),
        .parseError(ParseError(source: SourceReference(), message: "m")),
        .hook(Hook(id: "1", sourceReference: SourceReference())),
        .testRunStarted(TestRunStarted(timestamp: time)),
        .testCase(TestCase(id: "1", pickleId: "2", testSteps: [TestStep(hookId: "h", id: "1")])),
        .testCaseStarted(TestCaseStarted(attempt: 0, id: "1", testCaseId: "2", timestamp: time)),
        .testStepFinished(
            TestStepFinished(
                testCaseStartedId: "1",
                testStepId: "2",
                testStepResult: TestStepResult(duration: MessageDuration(.zero), status: .passed),
                timestamp: time
            )
        ),
        .testRunHookStarted(TestRunHookStarted(id: "1", testRunStartedId: "2", hookId: "3", timestamp: time)),
        .testRunHookFinished(
            TestRunHookFinished(
                testRunHookStartedId: "1",
                result: TestStepResult(duration: MessageDuration(.zero), status: .passed),
                timestamp: time
            )
        ),
        .attachment(
            Attachment(body: "a", contentEncoding: .identity, mediaType: "text/plain", testRunHookStartedId: "1")
        ),
        .externalAttachment(ExternalAttachment(url: "attachments/a", mediaType: "text/plain")),
        .testRunFinished(TestRunFinished(success: true, timestamp: time)),
    ]

    private static let tag = Tag(location: place, name: "@t", id: "1")
    private static let row = TableRow(location: place, cells: [TableCell(location: place, value: "v")], id: "1")
    private static let step = Step(
        location: place,
        keyword: "Given ",
        keywordType: .context,
        text: "t",
        docString: DocString(location: place, mediaType: "json", content: "c", delimiter: "\"\"\""),
        dataTable: DataTable(location: place, rows: [row]),
        id: "1"
    )
    private static let background = Background(
        location: place,
        keyword: "Background",
        name: "n",
        description: "d",
        steps: [step],
        id: "1"
    )
    private static let scenario = Scenario(
        location: place,
        tags: [tag],
        keyword: "Scenario",
        name: "n",
        description: "d",
        steps: [step],
        examples: [
            Examples(
                location: place,
                tags: [tag],
                keyword: "Examples",
                name: "n",
                description: "d",
                tableHeader: row,
                tableBody: [row],
                id: "1"
            )
        ],
        id: "1"
    )
    private static let rule = Rule(
        location: place,
        tags: [tag],
        keyword: "Rule",
        name: "n",
        description: "d",
        children: [RuleChild(background: background), RuleChild(scenario: scenario)],
        id: "1"
    )
    private static let feature = Feature(
        location: place,
        tags: [tag],
        language: "en",
        keyword: "Feature",
        name: "n",
        description: "d",
        children: [
            FeatureChild(background: background), FeatureChild(scenario: scenario), FeatureChild(rule: rule),
        ]
    )
    private static let pickle = Pickle(
        id: "1",
        uri: "a.feature",
        location: place,
        name: "n",
        language: "en",
        steps: [
            PickleStep(
                argument: PickleStepArgument(docString: PickleDocString(mediaType: "json", content: "c")),
                astNodeIds: ["1"],
                id: "2",
                type: .action,
                text: "t"
            ),
            PickleStep(
                argument: PickleStepArgument(
                    dataTable: PickleTable(rows: [PickleTableRow(cells: [PickleTableCell(value: "v")])])
                ),
                astNodeIds: ["1"],
                id: "3",
                type: .unknown,
                text: "t"
            ),
        ],
        tags: [PickleTag(name: "@t", astNodeId: "1")],
        astNodeIds: ["1"]
    )
    private static let testStep = TestStep(
        id: "1",
        pickleStepId: "2",
        stepDefinitionIds: ["3"],
        stepMatchArgumentsLists: [
            StepMatchArgumentsList(stepMatchArguments: [
                StepMatchArgument(
                    group: MatchGroup(children: [MatchGroup(start: 1, value: "v")], start: 0, value: "v"),
                    parameterTypeName: "int"
                )
            ])
        ]
    )
}
