/// The run has begun.
package struct TestRunStarted: Codable, Hashable, Sendable {
    /// When.
    package var timestamp: Timestamp
    /// Unique among all runs.
    package var id: String?

    /// Creates the message from its fields.
    package init(timestamp: Timestamp, id: String? = nil) {
        self.timestamp = timestamp
        self.id = id
    }
}

/// A pickle joined with the step definitions that will run it.
package struct TestCase: Codable, Hashable, Sendable {
    /// Unique in the run.
    package var id: String
    /// The pickle.
    package var pickleId: String
    /// Hooks and steps in the order in which they run.
    package var testSteps: [TestStep]
    /// The run it belongs to.
    package var testRunStartedId: String?

    /// Creates the message from its fields.
    package init(id: String, pickleId: String, testSteps: [TestStep] = [], testRunStartedId: String? = nil) {
        self.id = id
        self.pickleId = pickleId
        self.testSteps = testSteps
        self.testRunStartedId = testRunStartedId
    }
}

/// One hook or step of a test case.
package struct TestStep: Codable, Hashable, Sendable {
    /// The hook, when this is one.
    package var hookId: String?
    /// Unique in the run.
    package var id: String
    /// The pickle's step, when this is one.
    package var pickleStepId: String?
    /// The definitions that match: none is undefined, several are ambiguous.
    package var stepDefinitionIds: [String]?
    /// The arguments of each definition.
    package var stepMatchArgumentsLists: [StepMatchArgumentsList]?

    /// Creates the message from its fields.
    package init(
        hookId: String? = nil,
        id: String,
        pickleStepId: String? = nil,
        stepDefinitionIds: [String]? = nil,
        stepMatchArgumentsLists: [StepMatchArgumentsList]? = nil
    ) {
        self.hookId = hookId
        self.id = id
        self.pickleStepId = pickleStepId
        self.stepDefinitionIds = stepDefinitionIds
        self.stepMatchArgumentsLists = stepMatchArgumentsLists
    }
}

/// The arguments that one step definition takes from a step's text.
package struct StepMatchArgumentsList: Codable, Hashable, Sendable {
    /// One per parameter.
    package var stepMatchArguments: [StepMatchArgument]

    /// Creates the message from its fields.
    package init(stepMatchArguments: [StepMatchArgument] = []) {
        self.stepMatchArguments = stepMatchArguments
    }
}

/// An argument taken from a step's text.
package struct StepMatchArgument: Codable, Hashable, Sendable {
    /// The text, and where it stands.
    package var group: MatchGroup
    /// The parameter's type.
    package var parameterTypeName: String?

    /// Creates the message from its fields.
    package init(group: MatchGroup, parameterTypeName: String? = nil) {
        self.group = group
        self.parameterTypeName = parameterTypeName
    }
}

/// A part of a step's text that was captured.
package struct MatchGroup: Codable, Hashable, Sendable {
    /// The groups inside.
    package var children: [MatchGroup]?
    /// The offset in the step's text, in UTF-16 units.
    package var start: Int?
    /// The text; absent when an optional group did not take part.
    package var value: String?

    /// Creates the message from its fields.
    package init(children: [MatchGroup]? = nil, start: Int? = nil, value: String? = nil) {
        self.children = children
        self.start = start
        self.value = value
    }
}

/// An attempt to run a test case has begun.
package struct TestCaseStarted: Codable, Hashable, Sendable {
    /// The number of the attempt, from 0.
    package var attempt: Int
    /// Unique in the run.
    package var id: String
    /// The test case.
    package var testCaseId: String
    /// The worker that runs it.
    package var workerId: String?
    /// When.
    package var timestamp: Timestamp

    /// Creates the message from its fields.
    package init(attempt: Int, id: String, testCaseId: String, workerId: String? = nil, timestamp: Timestamp) {
        self.attempt = attempt
        self.id = id
        self.testCaseId = testCaseId
        self.workerId = workerId
        self.timestamp = timestamp
    }
}

/// A step has begun.
package struct TestStepStarted: Codable, Hashable, Sendable {
    /// The attempt.
    package var testCaseStartedId: String
    /// The step.
    package var testStepId: String
    /// When.
    package var timestamp: Timestamp

    /// Creates the message from its fields.
    package init(testCaseStartedId: String, testStepId: String, timestamp: Timestamp) {
        self.testCaseStartedId = testCaseStartedId
        self.testStepId = testStepId
        self.timestamp = timestamp
    }
}

/// A step has ended.
package struct TestStepFinished: Codable, Hashable, Sendable {
    /// The attempt.
    package var testCaseStartedId: String
    /// The step.
    package var testStepId: String
    /// How it ended.
    package var testStepResult: TestStepResult
    /// When.
    package var timestamp: Timestamp

    /// Creates the message from its fields.
    package init(
        testCaseStartedId: String,
        testStepId: String,
        testStepResult: TestStepResult,
        timestamp: Timestamp
    ) {
        self.testCaseStartedId = testCaseStartedId
        self.testStepId = testStepId
        self.testStepResult = testStepResult
        self.timestamp = timestamp
    }
}

/// How a step ended.
package struct TestStepResult: Codable, Hashable, Sendable {
    /// How long it took.
    package var duration: MessageDuration
    /// Why, when it did not pass.
    package var message: String?
    /// The status.
    package var status: TestStepStatus
    /// The error's type and texts.
    package var exception: MessageException?

    /// Creates the message from its fields.
    package init(
        duration: MessageDuration,
        message: String? = nil,
        status: TestStepStatus,
        exception: MessageException? = nil
    ) {
        self.duration = duration
        self.message = message
        self.status = status
        self.exception = exception
    }
}

/// The status of a step.
package enum TestStepStatus: String, Codable, Hashable, Sendable {
    case unknown = "UNKNOWN"
    case passed = "PASSED"
    case skipped = "SKIPPED"
    case pending = "PENDING"
    case undefined = "UNDEFINED"
    case ambiguous = "AMBIGUOUS"
    case failed = "FAILED"
}

/// The error that ended a step.
package struct MessageException: Codable, Hashable, Sendable {
    /// The error's type.
    package var type: String
    /// What it says.
    package var message: String?
    /// Where it came from.
    package var stackTrace: String?

    /// Creates the message from its fields.
    package init(type: String, message: String? = nil, stackTrace: String? = nil) {
        self.type = type
        self.message = message
        self.stackTrace = stackTrace
    }
}

/// An attempt has ended.
package struct TestCaseFinished: Codable, Hashable, Sendable {
    /// The attempt.
    package var testCaseStartedId: String
    /// When.
    package var timestamp: Timestamp
    /// Whether another attempt follows.
    package var willBeRetried: Bool

    /// Creates the message from its fields.
    package init(testCaseStartedId: String, timestamp: Timestamp, willBeRetried: Bool) {
        self.testCaseStartedId = testCaseStartedId
        self.timestamp = timestamp
        self.willBeRetried = willBeRetried
    }
}

/// The run has ended.
package struct TestRunFinished: Codable, Hashable, Sendable {
    /// Why, when it did not succeed.
    package var message: String?
    /// Whether everything that was to run passed.
    package var success: Bool
    /// When.
    package var timestamp: Timestamp
    /// The error that ended the run.
    package var exception: MessageException?
    /// The run.
    package var testRunStartedId: String?

    /// Creates the message from its fields.
    package init(
        message: String? = nil,
        success: Bool,
        timestamp: Timestamp,
        exception: MessageException? = nil,
        testRunStartedId: String? = nil
    ) {
        self.message = message
        self.success = success
        self.timestamp = timestamp
        self.exception = exception
        self.testRunStartedId = testRunStartedId
    }
}
