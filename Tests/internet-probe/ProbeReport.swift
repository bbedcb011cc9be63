import SimulatedInternet

/// What a check saw, for the test that started it.
struct ProbeReport: Codable, Sendable {
    /// Seconds from the start of the scope.
    var linksAfter = 0.0
    var readyAfter = 0.0
    var goneAfter = 0.0
    /// The error that ended the scope, if a check expects one.
    var error: String?
    /// Programs that still ran after the scope.
    var survivors: [String] = []
    /// Memory of the services in kilobytes, shared pages divided among their users.
    var memory = 0
    var requests: [WebRequest] = []
    var queries: [NameQuery] = []
    var exitQueries: [NameQuery] = []
    var leases: [AddressLease] = []
    var unreadable = 0
    var exits: [String] = []
    var evidence: [String] = []
    /// What commands run as a guest printed, or frames a guest received, by a name that the test knows.
    var seen: [String: String] = [:]

    mutating func take(_ internet: SimulatedInternet) {
        let traffic = internet.traffic
        (requests, queries, leases, unreadable) = (
            traffic.requests, traffic.queries, traffic.leases, traffic.unreadable
        )
        exitQueries = internet.namesResolvedAtExits
        exits = internet.exitAddresses.sorted()
        evidence = internet.evidenceFiles.compactMap { $0.lastComponent?.string }
    }
}
