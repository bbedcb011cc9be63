package import LeakPolicy
package import PacketDecoding

/// A leak and all that was known when it was seen.
package struct LeakMoment: Sendable {
    /// Its place among the leaks of the scenario, counted from 1.
    package let number: Int
    package let finding: LeakFinding
    /// Whether a step announced it.
    package let isExpected: Bool
    /// The step during which it was seen.
    package let step: String?
    /// The frame; `nil` of a leak that no single frame shows.
    package let frame: CapturedFrame?
    /// How much of the flow had left the guest.
    package let flow: FlowRecord?
    /// The last frames of the flow and of its answers, the leak's own among them.
    package let before: [CapturedFrame]
}

/// What has to be found out at once, before the guest is gone.
package enum LeakQuestion: Sendable {
    case leak(LeakMoment)
    /// The policy wants to know who sends a new flow.
    case owners
}
