/// A hook around all scenarios has begun.
package struct TestRunHookStarted: Codable, Hashable, Sendable {
    /// Unique in the run.
    package var id: String
    /// The run it belongs to.
    package var testRunStartedId: String
    /// The hook.
    package var hookId: String
    /// The worker that runs it.
    package var workerId: String?
    /// When.
    package var timestamp: Timestamp

    /// Creates the message from its fields.
    package init(id: String, testRunStartedId: String, hookId: String, workerId: String? = nil, timestamp: Timestamp) {
        self.id = id
        self.testRunStartedId = testRunStartedId
        self.hookId = hookId
        self.workerId = workerId
        self.timestamp = timestamp
    }
}

/// A hook around all scenarios has ended.
package struct TestRunHookFinished: Codable, Hashable, Sendable {
    /// The execution of the hook.
    package var testRunHookStartedId: String
    /// How it ended.
    package var result: TestStepResult
    /// When.
    package var timestamp: Timestamp

    /// Creates the message from its fields.
    package init(testRunHookStartedId: String, result: TestStepResult, timestamp: Timestamp) {
        self.testRunHookStartedId = testRunHookStartedId
        self.result = result
        self.timestamp = timestamp
    }
}
