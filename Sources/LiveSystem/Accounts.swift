package import ConnectionRecording
package import PacketCapture
package import PacketDecoding
import Synchronization
import TrafficAccounting
package import Verdicts

/// The two-sided accounts of a scenario: what the tap saw of the guest, and what its world received.
///
/// A condition of every scenario, beside the verdict on its traffic: that verdict says whether the guest may send what it
/// sent, this one whether it got where it was sent, to the byte.
package final class Accounts: Sendable {
    private struct State {
        var books: GuestBooks
        var earlier: Set<ConnectionEnds> = []
    }

    private let state: Mutex<State>

    /// Opens accounts with nothing in them.
    ///
    /// `timeServers` count what the guest asks them.
    package init(timeServers: Set<Endpoint> = []) { state = Mutex(State(books: GuestBooks(timeServers: timeServers))) }

    /// Books a frame, on the thread that captures it.
    package func book(_ frame: CapturedFrame, isReported: Bool) {
        state.withLock { $0.books.add(frame, isReported: isReported) }
    }

    /// Notes connections that the guest takes with it from a checkpoint.
    func carryOver(_ connections: [ConnectionEnds]) {
        state.withLock { $0.earlier.formUnion(connections) }
    }

    /// What the guest takes with it into a checkpoint: connections of its own, and those that it already brought along.
    var openConnections: [ConnectionEnds] {
        state.withLock { $0.books.openConnections + $0.earlier }
    }

    /// How much was booked of the messages that services write into their logs.
    var messages: MessageCounts {
        state.withLock { state in
            func count(_ account: GuestBooks.Account) -> Int { state.books.sums[account]?.frames ?? 0 }
            return MessageCounts(
                leases: count(.leases),
                leases6: count(.leases6),
                names: count(.names),
                time: count(.time)
            )
        }
    }

    /// Puts both sides together, once the world is gone.
    package func report(
        _ records: SocketRecords,
        _ captures: [CaptureEvidence],
        _ messages: WorldMessages,
        framesKeptBack: Int = 0,
        isGuest: (IPAddress) -> Bool
    ) -> ConditionReport {
        var world = WorldBooks()
        world.streams = records.sockets.map { .init(local: $0.local, peer: $0.peer, received: $0.received) }
        (world.leaseMessages, world.nameQueries) = (messages.leases, messages.names)
        (world.leaseMessages6, world.timeQuestions) = (messages.leases6, messages.time)
        world.framesKeptBack = framesKeptBack
        let counts = captures.map(\.bytesFromGuestCountedByInterface)
        if counts.allSatisfy({ $0 != nil }) { world.bytesCountedByTaps = counts.reduce(0) { $0 + ($1 ?? 0) } }
        world.doubts = records.doubts + messages.doubts
        if let blind = captures.first(where: { !$0.isConclusive }) {
            world.doubts.append("The capture on \(blind.interface) can't prove that it saw everything.")
        }
        let (books, earlier) = state.withLock { ($0.books, $0.earlier) }
        return Reconciliation(books, world, isGuest: isGuest, earlier: earlier).condition
    }
}

extension Reconciliation {
    /// The condition of a scenario.
    fileprivate var condition: ConditionReport {
        var counts = "\(connections) connections, \(bytes) bytes"
        if refusedConnections > 0 {
            counts += "; \(refusedConnections) refused or broken off by the other side, \(refusedBytes) bytes"
        }
        if earlierConnections > 0 {
            counts += "; \(earlierConnections) from before the checkpoint, \(earlierBytes) bytes, refused"
        }
        if keptBackBytes > 0 { counts += "; \(keptBackBytes) bytes kept back by the network, as it was told to" }
        if !missing.isEmpty {
            return ConditionReport(
                name: "accounts",
                state: .broken,
                word: "unaccounted",
                summary: "Something left the guest that nobody received: \(missing[0])",
                details: missing + doubts + [counts] + accounts
            )
        }
        guard doubts.isEmpty else {
            return ConditionReport(
                name: "accounts",
                state: .unproven,
                word: "inconclusive",
                summary: "It can't be proven that all that left the guest was received: \(doubts[0])",
                details: doubts + [counts] + accounts
            )
        }
        return ConditionReport(
            name: "accounts",
            state: .held,
            word: "balanced",
            summary: "\(counts), all accounted for on both sides.",
            details: accounts
        )
    }
}
