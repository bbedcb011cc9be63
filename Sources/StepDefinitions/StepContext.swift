public import Foundation

/// The running step's way to the report: what is attached here is kept as evidence.
///
/// ```swift
/// StepContext.current.attach(picture, mediaType: "image/png", name: "desktop.png")
/// StepContext.current.log("The relay answered after 3 s.")
/// ```
public struct StepContext: Sendable {
    /// The scenario that runs.
    public let scenario: ScenarioDescription
    private let services: StepServices

    /// The context of the step or hook that this task runs; outside of a run it keeps nothing.
    @TaskLocal public static var current = StepContext(scenario: ScenarioDescription(), services: StepServices())

    package init(scenario: ScenarioDescription, services: StepServices) {
        self.scenario = scenario
        self.services = services
    }

    /// Keeps some data, such as a screenshot.
    public func attach(_ data: Data, mediaType: String, name: String? = nil) {
        services.keep(.data(data, mediaType: mediaType, name: name))
    }

    /// Keeps some text, such as the output of a command.
    public func attach(_ text: String, mediaType: String = "text/plain", name: String? = nil) {
        services.keep(.text(text, mediaType: mediaType, name: name))
    }

    /// Keeps a file, which must stay where it is until the scenario has ended.
    public func attach(file: URL, mediaType: String, name: String? = nil) {
        services.keep(.file(file, mediaType: mediaType, name: name ?? file.lastPathComponent))
    }

    /// Writes a line into the report.
    public func log(_ line: String) {
        services.keep(.log(line))
    }

    /// Puts an address into the report, to be followed by its reader.
    public func link(to address: URL, title: String? = nil) {
        attach(address.absoluteString, mediaType: "text/uri-list", name: title)
    }

    /// Keeps an error that lets the step go on.
    func note(softFailure error: any Error) { services.failSoftly(error) }

    /// Watches a condition until the scenario's last step has ended.
    func open(_ condition: OpenedCondition) throws { try services.open(condition) }

    /// Runs an operation with this context as the current one.
    package func run<Value: Sendable>(_ operation: () async throws -> Value) async rethrows -> Value {
        try await Self.$current.withValue(self, operation: operation)
    }
}

/// What a step may know of the scenario that it is part of.
public struct ScenarioDescription: Hashable, Sendable {
    /// The scenario's name.
    public let name: String
    /// The tags, inherited ones included, each with its `@`.
    public let tags: [String]
    /// The feature file.
    public let uri: String
    /// Whether a step has failed already; for hooks that run afterwards.
    public let hasFailed: Bool

    /// Creates a description from its parts.
    public init(name: String = "", tags: [String] = [], uri: String = "", hasFailed: Bool = false) {
        self.name = name
        self.tags = tags
        self.uri = uri
        self.hasFailed = hasFailed
    }
}

/// Something that a step hands to the report.
package enum StepOutput: Hashable, Sendable {
    case data(Data, mediaType: String, name: String?)
    case text(String, mediaType: String, name: String?)
    case file(URL, mediaType: String, name: String)
    case log(String)
}

/// What the runner does for a step.
package struct StepServices: Sendable {
    /// Takes what the step hands to the report.
    package var keep: @Sendable (StepOutput) -> Void = { _ in }
    /// Takes an error that lets the step go on, and the scenario fail at its end.
    package var failSoftly: @Sendable (any Error) -> Void = { _ in }
    /// Watches a condition until the scenario's last step has ended.
    package var open: @Sendable (OpenedCondition) throws -> Void = { throw ConditionError.noScenario($0.name) }

    /// Creates services that keep nothing.
    package init() {}
}
