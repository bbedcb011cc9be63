package import LeakPolicy
import PacketDecoding

/// A proof that a check is neither blind nor too keen: a leak that it has to report, and the nearest innocent traffic.
package struct LeakTrial: Sendable {
    /// What happens to the judge, one after the other.
    enum Event: Sendable {
        case sent([UInt8])
        case received([UInt8])
        /// A frame of which the capture kept only the beginning.
        case sentCut([UInt8], originalLength: Int)
        case entered(Phase)
        /// Time that passes before the next frame, in seconds.
        case waited(UInt64)
        /// The guest tells who sends the flow of a frame.
        case attributed(Flow, TrafficOwner)
        case ended
    }

    /// One of the two sides.
    package struct Side: Sendable {
        /// What the guest does, in words.
        package let words: String
        let events: [Event]
        let policy: TrialPolicy

        init(_ words: String, by policy: TrialPolicy = .strict, _ events: [Event]) {
            (self.words, self.policy, self.events) = (words, policy, events)
        }

        init(_ words: String, by policy: TrialPolicy = .strict, sends frames: [UInt8]...) {
            self.init(words, by: policy, frames: frames)
        }

        init(_ words: String, by policy: TrialPolicy = .strict, frames: [[UInt8]]) {
            // The strict policy allows most things when Tor is connected.
            self.init(words, by: policy, (policy == .strict ? [.entered(.connected)] : []) + frames.map { .sent($0) })
        }
    }

    /// The check that has to fire, and fire first.
    package let check: LeakCheck
    package let leak: Side
    package let neighbour: Side

    package init(_ check: LeakCheck, leak: Side, neighbour: Side) {
        (self.check, self.leak, self.neighbour) = (check, leak, neighbour)
    }
}

extension LeakTrial {
    /// All trials, by topic.
    package static let all: [LeakTrial] =
        linkTrials + protocolTrials + multicastTrials + identityTrials + arpTrials + packetTrials + streamTrials
        + dnsTrials + dhcpTrials + dhcpOptionTrials + neighbourTrials + ipv6Trials + runTrials + blindSpotTrials
}
