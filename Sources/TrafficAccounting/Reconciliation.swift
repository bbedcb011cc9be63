package import PacketDecoding

/// The guest's books beside those of its world.
///
/// What left the guest and was received by nobody is missing: a leak, for somebody on the way may have it. What can't be
/// told, since a record is incomplete, is a doubt.
package struct Reconciliation: Hashable, Sendable {
    /// What left the guest and nobody has.
    package private(set) var missing: [String] = []
    /// Why it can't be said that everything is accounted for; a bounded number of reasons.
    package private(set) var doubts: [String] = []
    /// The connections of which the world has exactly the bytes that the guest sent.
    package private(set) var connections = 0
    /// The bytes that the guest sent in them, without headers.
    package private(set) var bytes = 0
    /// Connections that the other side refused or broke off, and the bytes that were on their way then.
    package private(set) var refusedConnections = 0
    package private(set) var refusedBytes = 0
    /// Connections from before the checkpoint, which this world refused, and the bytes that the guest sent in them.
    package private(set) var earlierConnections = 0
    package private(set) var earlierBytes = 0
    /// The bytes at the ends of connections that the network kept back, as it was told to.
    package private(set) var keptBackBytes = 0
    /// Every byte from the guest in exactly one line.
    package let accounts: [String]

    /// More can't be on its way when a connection is refused: what Linux lets a sender have in flight by then.
    private static let mostBytesOnTheWay = 64 << 10
    private static let mostReasons = 32

    /// Puts the books side by side.
    ///
    /// `isGuest` says which addresses of the world's streams are the guest's; `earlier` names connections that the guest
    /// took with it from a checkpoint, and that this world has never seen.
    package init(
        _ guest: GuestBooks,
        _ world: WorldBooks,
        isGuest: (IPAddress) -> Bool,
        earlier: Set<ConnectionEnds> = []
    ) {
        accounts = guest.lines(world)
        var received: [ConnectionEnds: [Int]] = [:]
        for stream in world.streams where isGuest(stream.peer.address) {
            received[ConnectionEnds(guest: stream.peer, other: stream.local), default: []].append(stream.received)
        }
        for reason in guest.doubts.sorted() + world.doubts { doubt(reason) }
        // Exact ones first: what is left of the same ends can then only belong to the others.
        var inexact: [GuestConnection] = []
        for connection in guest.connections {
            let records = received[connection.ends, default: []]
            if let match = records.firstIndex(where: connection.hasSent) {
                received[connection.ends]?.remove(at: match)
                if !connection.isReported { book(connection) }
            } else {
                inexact.append(connection)
            }
        }
        for connection in inexact {
            let record = received[connection.ends]?.popLast()
            settle(connection, received: record, isEarlier: earlier.contains(connection.ends), world)
        }
        for (ends, records) in received.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            for bytes in records where bytes > 0 {
                doubt("\(ends.other) received \(bytes) bytes from \(ends.guest) of which the capture saw nothing.")
            }
        }
        compareMessages(guest, world)
    }

    /// Whether every byte is accounted for on both sides.
    package var isComplete: Bool { missing.isEmpty && doubts.isEmpty }

    // MARK: - Connections

    private mutating func book(_ connection: GuestConnection) {
        connections += 1
        bytes += connection.coverage.bytes
    }

    private mutating func settle(
        _ connection: GuestConnection,
        received record: Int?,
        isEarlier: Bool,
        _ world: WorldBooks
    ) {
        let (sent, received) = (connection.coverage.bytes, record ?? 0)
        let what = "\(connection.ends): \(sent) bytes left the guest"
        if connection.coverage.hasGap || connection.coverage.isIncomplete {
            return doubt("\(what), with a gap in them.")
        }
        if received > sent {
            return doubt("\(what), and \(received) were received: the capture did not see them all.")
        }
        // A leak already, and the verdict on traffic says so.
        if connection.isReported { return }
        // Opened and never answered, or refused at once.
        if sent == 0 { return refuse(connection, 0) }
        let rest = sent - received
        if connection.bytesSinceRefusal == 0 {
            if isEarlier, !connection.hasBeginning, record == nil {
                earlierConnections += 1
                earlierBytes += sent
                return
            }
            if connection.hasBeginning, rest <= Self.mostBytesOnTheWay { return refuse(connection, rest) }
        }
        if !doubts.isEmpty, record == nil {
            return doubt("\(what); the record of the other side may be missing.")
        }
        if record != nil, connection.acknowledged <= received {
            if world.framesKeptBack > 0, rest <= Self.mostBytesOnTheWay {
                keptBackBytes += rest
                bytes += received
                return
            }
            return doubt("\(what), and the last \(rest) were neither acknowledged nor refused.")
        }
        note("\(what), \(record == nil ? "and nobody received them" : "\(received) were received").", in: \.missing)
    }

    private mutating func refuse(_ connection: GuestConnection, _ rest: Int) {
        refusedConnections += 1
        refusedBytes += rest
        bytes += connection.coverage.bytes - rest
    }

    // MARK: - Messages

    private mutating func compareMessages(_ guest: GuestBooks, _ world: WorldBooks) {
        let lost = world.framesKeptBack
        compare(.leases, guest, world.leaseMessages, "messages to the DHCP server", lost: lost)
        compare(.leases6, guest, world.leaseMessages6, "messages to the DHCPv6 server", lost: lost)
        compare(.time, guest, world.timeQuestions, "questions for the time", lost: lost)
        compare(
            .names,
            guest,
            world.nameQueries,
            "questions for names",
            lost: lost,
            mayBeMore: guest.asksOverConnections
        )
        for case .other(let kind) in guest.sums.keys.sorted(by: { "\($0)" < "\($1)" }) {
            doubt("Nobody keeps books of \(kind), which the guest sent.")
        }
        if let counted = world.bytesCountedByTaps {
            let seen = guest.total.bytes
            if counted != seen { doubt("The taps counted \(counted) bytes from the guest, and \(seen) are booked.") }
        } else {
            doubt("The taps could not be asked for the bytes that they counted.")
        }
    }

    private mutating func compare(
        _ account: GuestBooks.Account,
        _ guest: GuestBooks,
        _ received: Int?,
        _ what: String,
        lost: Int,
        mayBeMore: Bool = false
    ) {
        let sent = guest.sums[account]?.frames ?? 0
        // What was reported may have arrived or not: it is a leak either way.
        let most = sent + guest.reported[account, default: 0]
        guard let received else {
            if sent > 0 { doubt("The guest sent \(sent) \(what), and there is no record of what arrived.") }
            return
        }
        if received > most, !mayBeMore { doubt("\(received) \(what) arrived, and the capture saw \(most).") }
        if received + lost < sent {
            note("\(sent) \(what) left the guest, and only \(received) arrived.", in: \.missing)
        }
    }

    private mutating func doubt(_ reason: String) { note(reason, in: \.doubts) }

    private mutating func note(_ reason: String, in list: WritableKeyPath<Reconciliation, [String]>) {
        if self[keyPath: list].count < Self.mostReasons { self[keyPath: list].append(reason) }
    }
}

extension GuestConnection {
    /// Whether a socket that received this much has all that was sent; the end may have found it gone.
    fileprivate func hasSent(_ received: Int) -> Bool {
        !coverage.hasGap && !coverage.isIncomplete && (received == coverage.bytes || received == coverage.length)
    }
}

extension GuestBooks {
    /// One line for each account, and the sum.
    fileprivate func lines(_ world: WorldBooks) -> [String] {
        let sorted = sums.sorted { ($1.value.bytes, "\($0.key)") < ($0.value.bytes, "\($1.key)") }
        return sorted.map { "\($0.name): \($1)\(note($0, world))" } + ["from the guest in all: \(total)"]
    }

    private func note(_ account: Account, _ world: WorldBooks) -> String {
        switch account {
        case .link: questionsOnLink > 0 ? "; \(questionsOnLink) questions, \(answersOnLink) answers" : ""
        case .leases: world.leaseMessages.map { "; \($0) at the server" } ?? ""
        case .leases6: world.leaseMessages6.map { "; \($0) at the server" } ?? ""
        case .time: world.timeQuestions.map { "; \($0) at the server" } ?? ""
        case .names: world.nameQueries.map { "; \($0) at the resolver" } ?? ""
        case .connections, .reported, .other: ""
        }
    }
}

extension GuestBooks.Account {
    fileprivate var name: String {
        switch self {
        case .connections: "connections, headers included"
        case .leases: "DHCP"
        case .leases6: "DHCPv6"
        case .time: "questions for the time"
        case .names: "questions for names"
        case .link: "neighbours on the link"
        case .reported: "reported as leaks"
        case .other(let kind): kind
        }
    }
}

extension GuestBooks.Sum: CustomStringConvertible {
    package var description: String { "\(frames) frames, \(bytes) bytes" }
}
