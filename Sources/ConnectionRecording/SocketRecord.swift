package import PacketDecoding

/// What the kernel says of one TCP socket of this network namespace.
package struct SocketRecord: Hashable, Sendable {
    package let local: Endpoint
    package let peer: Endpoint
    /// The bytes that came in order, read or not, and one for the end of the stream if it came.
    package let received: Int
    /// The kernel's own number of the socket.
    package let cookie: UInt64

    /// Creates a record.
    package init(local: Endpoint, peer: Endpoint, received: Int, cookie: UInt64) {
        (self.local, self.peer, self.received, self.cookie) = (local, peer, received, cookie)
    }
}

/// What became of a recording.
package struct SocketRecords: Sendable {
    /// One for each socket that had a peer.
    package let sockets: [SocketRecord]
    /// Why sockets may be missing; empty when none is.
    package let doubts: [String]
}
