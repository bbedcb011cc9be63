package import FoundationEssentials

/// Something that the guest, or an exit, said to an address that nobody else of the simulated internet has.
package struct SunkConversation: Hashable, Sendable, Codable {
    package enum Transport: String, Hashable, Sendable, Codable {
        case tcp, udp
    }

    /// When it began.
    package let time: Date
    package let transport: Transport
    /// Who spoke.
    package let source: ServiceEndpoint
    /// Whom they meant to reach.
    package let destination: ServiceEndpoint
    /// The protocol it looks like, such as `TLS`, or `nil` while that can't be told.
    package internal(set) var protocolName: String?
    /// What was said, in a few words, such as `TLS client hello for example.org`; may be empty.
    package internal(set) var summary = ""
    /// What was said first, up to the sinkhole's limit.
    package internal(set) var firstBytes = Data()
    /// How much was said in all.
    package internal(set) var byteCount = 0
}

/// What the sinkhole was told so far.
package struct SunkTraffic: Hashable, Sendable {
    /// The conversations, oldest first; of UDP, all datagrams between two endpoints.
    package private(set) var conversations: [SunkConversation] = []
    /// Conversations beyond the limit.
    ///
    /// Not 0 means that the list is incomplete.
    package private(set) var dropped = 0

    /// Keeps a conversation and returns its place, or `nil` when there is no room.
    mutating func begin(_ conversation: SunkConversation, limit: Int) -> Int? {
        guard conversations.count < limit else {
            dropped += 1
            return nil
        }
        conversations.append(conversation)
        return conversations.count - 1
    }

    mutating func replace(at place: Int, with conversation: SunkConversation) {
        conversations[place] = conversation
    }
}
