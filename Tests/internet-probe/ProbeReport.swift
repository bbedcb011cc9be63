package import SimulatedInternet

/// What a check saw, for the test that started it.
package struct ProbeReport: Codable, Sendable {
    /// Seconds from the start of the scope.
    package var linksAfter = 0.0
    package var readyAfter = 0.0
    package var goneAfter = 0.0
    /// The error that ended the scope, if a check expects one.
    package var error: String?
    /// Programs that still ran after the scope.
    package var survivors: [String] = []
    /// Memory of the services in kilobytes, shared pages divided among their users.
    package var memory = 0
    package var requests: [WebRequest] = []
    package var queries: [NameQuery] = []
    package var exitQueries: [NameQuery] = []
    package var leases: [AddressLease] = []
    package var leases6: [AddressLease6] = []
    package var visits: [ServiceVisit] = []
    /// By name.
    package var addresses: [String: String] = [:]
    package var unreadable = 0
    package var exits: [String] = []
    package var evidence: [String] = []
    package var conversations: [SunkConversation] = []
    package var droppedConversations = 0
    /// What commands run as a guest printed, or frames a guest received, by a name that the test knows.
    package var seen: [String: String] = [:]

    mutating func take(_ internet: SimulatedInternet) {
        let traffic = internet.traffic
        (requests, queries, leases, unreadable) = (
            traffic.requests, traffic.queries, traffic.leases, traffic.unreadable
        )
        leases6 = traffic.leases6
        visits = traffic.visits
        exitQueries = internet.namesResolvedAtExits
        (conversations, droppedConversations) = (
            internet.sunkTraffic.conversations, internet.sunkTraffic.dropped
        )
        exits = internet.exitAddresses.sorted()
        evidence = internet.evidenceFiles.compactMap { $0.lastComponent?.string }
    }
}
