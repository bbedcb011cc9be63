/// The way on which commands get to an agent in the guest and its answers come back.
package protocol AgentTransport: Sendable {
    /// Sends one JSON command and returns the JSON answer.
    ///
    /// The limit is how long the answer may take; some transports round it up to whole seconds.
    func agentCommand(_ command: String, within limit: Duration) async throws(AgentTransportError) -> String
}

/// A reason why an agent's answer did not come.
package enum AgentTransportError: Error, Equatable {
    /// The agent has not opened its port, or does not react.
    case notConnected(String)
    /// The command was sent, and no answer came in time.
    case timedOut
    /// The agent refused the command, with this text.
    case refused(String)
    /// The machine is off.
    case machineIsOff
}
