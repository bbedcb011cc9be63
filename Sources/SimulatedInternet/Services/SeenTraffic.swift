/// What the services of a simulated internet have seen, with a bound: guests can make them see a lot.
package struct SeenTraffic: Sendable {
    /// The records of each kind that are kept; what comes later only counts.
    static let limit = 20_000

    /// Requests at the web server, oldest first.
    package private(set) var requests: [WebRequest] = []
    /// Names asked for on the LAN and by the exits, oldest first.
    package private(set) var queries: [NameQuery] = []
    /// Leases given, oldest first.
    package private(set) var leases: [AddressLease] = []
    /// Leases of IPv6 addresses, oldest first.
    package private(set) var leases6: [AddressLease6] = []
    /// Uses of parts, oldest first.
    package private(set) var visits: [ServiceVisit] = []
    /// How many messages clients of DHCPv4 sent.
    package private(set) var leaseMessages = 0
    /// How many messages clients of DHCPv6 sent.
    package private(set) var leaseMessages6 = 0
    /// How many datagrams the time server got.
    package private(set) var timeQuestions = 0
    /// Lines that were about one of these and could not be read.
    ///
    /// Not 0 means that the lists prove nothing.
    package private(set) var unreadable = 0
    /// Records beyond the bound.
    ///
    /// Not 0 means that the lists are incomplete.
    package private(set) var dropped = 0

    mutating func add(_ request: WebRequest) { keep(request, in: \.requests) }
    mutating func add(_ query: NameQuery) { keep(query, in: \.queries) }
    mutating func add(_ lease: AddressLease) { keep(lease, in: \.leases) }
    mutating func add(_ lease: AddressLease6) { keep(lease, in: \.leases6) }
    mutating func add(_ visit: ServiceVisit) { keep(visit, in: \.visits) }
    mutating func addLeaseMessage() { leaseMessages += 1 }
    mutating func addLeaseMessage6() { leaseMessages6 += 1 }
    mutating func addTimeQuestion() { timeQuestions += 1 }
    mutating func addUnreadable() { unreadable += 1 }

    private mutating func keep<Record>(_ record: Record, in list: WritableKeyPath<Self, [Record]>) {
        if self[keyPath: list].count < Self.limit {
            self[keyPath: list].append(record)
        } else {
            dropped += 1
        }
    }
}
