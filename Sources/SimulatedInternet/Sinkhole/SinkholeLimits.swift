/// How much the sinkhole keeps, since a guest decides how much it is told.
package struct SinkholeLimits: Hashable, Sendable, Codable {
    /// How many of the first bytes of a conversation are kept.
    package var bytesKept: Int
    /// How many conversations are kept; later ones are answered and only counted.
    package var conversationsKept: Int
    /// How many connections may be open; the one that was silent for longest makes room.
    package var openConnections: Int

    /// Creates limits; with the defaults, what is kept never exceeds 16 MiB.
    package init(bytesKept: Int = 4096, conversationsKept: Int = 4096, openConnections: Int = 256) {
        self.bytesKept = bytesKept
        self.conversationsKept = conversationsKept
        self.openConnections = openConnections
    }

    func validate() throws(SimulatedInternetError) {
        guard (1...65_536).contains(bytesKept), (1...65_536).contains(conversationsKept) else {
            throw .configuration("a sinkhole may keep 1 to 65536 bytes of each of 1 to 65536 conversations")
        }
        guard (1...512).contains(openConnections) else {
            throw .configuration("a sinkhole may have 1 to 512 connections open")
        }
    }
}
