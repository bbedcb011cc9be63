package import PacketDecoding

/// What the guest's world says that it received, from records that no capture has a part in.
package struct WorldBooks: Sendable {
    /// What a socket of the world received from its peer.
    package struct Stream: Hashable, Sendable {
        package let local: Endpoint
        package let peer: Endpoint
        /// The bytes that came in order, and one for the end if it was seen.
        package let received: Int

        /// Creates a record.
        package init(local: Endpoint, peer: Endpoint, received: Int) {
            (self.local, self.peer, self.received) = (local, peer, received)
        }
    }

    /// What the sockets received, of connections that are over and of those that are not.
    package var streams: [Stream] = []
    /// Messages of DHCPv4 clients in the server's log; `nil` is no log.
    package var leaseMessages: Int?
    /// Messages of DHCPv6 clients in the server's log; `nil` when there is no such server.
    package var leaseMessages6: Int?
    /// Questions that the time server got; `nil` when there is none.
    package var timeQuestions: Int?
    /// Questions of the guest in the resolver's log; `nil` is no log.
    package var nameQueries: Int?
    /// The bytes that the taps themselves counted from the guest, without canaries; `nil` when they could not be asked.
    package var bytesCountedByTaps: Int?
    /// Frames of the guest that the network was told to lose or block, by its own count: they explain as many missing
    /// messages, and ends of connections that nobody acknowledged.
    package var framesKeptBack = 0
    /// Why the records are not complete.
    package var doubts: [String] = []

    /// Creates empty books.
    package init() {}
}
