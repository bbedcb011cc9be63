import FrameBuilding
import PacketDecoding
import Testing
import TrafficAccounting

private let relayAddress = IPv4Address(rawValue: 0xc000_020b)
private let relay = Endpoint(address: .v4(relayAddress), port: 9001)
private let guestAddress = FrameBuilder().address
private let guest = Endpoint(address: .v4(guestAddress), port: 40_000)
private let otherPort = Endpoint(address: .v4(guestAddress), port: 40_001)

/// A guest and a relay that speak over a tap, and what their world writes down of it.
private struct Conversation {
    var books = GuestBooks()
    var world = WorldBooks()
    private var count = 0

    init() { (world.leaseMessages, world.nameQueries) = (0, 0) }

    mutating func frame(_ bytes: [UInt8], _ direction: FrameDirection = .fromGuest, isReported: Bool = false) {
        count += 1
        books.add(
            CapturedFrame(number: count, timestamp: UInt64(count), direction: direction, bytes: bytes),
            isReported: isReported
        )
    }

    mutating func send(
        _ sequence: UInt32,
        _ flags: TCP.Flags = .ack,
        _ payload: Int = 0,
        from port: UInt16 = guest.port,
        isReported: Bool = false
    ) {
        var builder = FrameBuilder()
        builder.sequence = sequence
        let bytes = Array(repeating: UInt8(0x41), count: payload)
        frame(builder.tcp(to: relay, from: port, flags: flags.rawValue, bytes), isReported: isReported)
    }

    /// The relay's side answers.
    mutating func answer(_ flags: TCP.Flags, acknowledging number: UInt32 = 0) {
        var builder = FrameBuilder()
        builder.address = relayAddress
        let bytes = builder.tcp(
            to: guest,
            from: relay.port,
            flags: flags.rawValue,
            acknowledgement: number
        )
        frame(bytes, .toGuest)
    }

    mutating func record(_ received: Int, from peer: Endpoint = guest) {
        world.streams.append(.init(local: relay, peer: peer, received: received))
    }

    mutating func reconciled(
        tapCounts counted: Int? = nil,
        earlier: Set<ConnectionEnds> = []
    ) -> Reconciliation {
        world.bytesCountedByTaps = counted ?? books.total.bytes
        return Reconciliation(
            books,
            world,
            isGuest: { $0 == .v4(guestAddress) },
            earlier: earlier
        )
    }
}

@Suite("Accounts of both sides")
struct ReconciliationTests {
    @Test("equal accounts balance, repetitions and the end of the stream included")
    func equal() {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        both.send(1000, .ack, 100)
        both.send(1050, .ack, 150)
        both.send(1200, [.ack, .fin])
        both.send(1200, [.ack, .fin])
        both.record(201)
        let result = both.reconciled()
        #expect(result.isComplete, "\(result)")
        #expect((result.connections, result.bytes) == (1, 200))
    }

    @Test("the end of a stream that found its socket gone is no difference")
    func endNotReceived() {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        both.send(1100, [.ack, .fin])
        both.record(100)
        #expect(both.reconciled().isComplete)
    }

    @Test("bytes that no socket received are missing")
    func missing() throws {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        let reason = try #require(both.reconciled().missing.first)
        #expect(reason.contains("10.2.1.100:40000 → 192.0.2.11:9001"))
        #expect(reason.contains("100 bytes left the guest"))
        #expect(reason.contains("nobody received them"))
    }

    /// A hundred bytes left the guest, from 1000 on, and a socket of its world has received sixty of them.
    private func partlyReceived(acknowledging next: UInt32) -> Conversation {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        both.answer(.ack, acknowledging: next)
        both.record(60)
        return both
    }

    @Test("bytes that somebody else acknowledged are missing")
    func acknowledgedByAnother() {
        var both = partlyReceived(acknowledging: 1100)
        #expect(both.reconciled().missing.first?.contains("60 were received") == true)
    }

    @Test("bytes that were neither acknowledged nor refused are a doubt")
    func onTheWay() {
        var both = partlyReceived(acknowledging: 1060)
        let result = both.reconciled()
        #expect(result.missing.isEmpty)
        #expect(result.doubts.first?.contains("the last 40 were neither") == true)
    }

    @Test("bytes at the end of a connection that the network was told to keep back are no doubt")
    func keptBack() {
        var both = partlyReceived(acknowledging: 1060)
        both.world.framesKeptBack = 1
        let result = both.reconciled()
        #expect(result.isComplete && result.keptBackBytes == 40 && result.bytes == 60)
    }

    @Test("bytes that somebody else acknowledged are missing, whatever the network keeps back")
    func keptBackByAnother() {
        var both = partlyReceived(acknowledging: 1100)
        both.world.framesKeptBack = 1
        #expect(both.reconciled().missing.count == 1)
    }

    @Test("more at the relay than at the tap means that the capture is blind")
    func surplus() {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        both.record(160)
        let result = both.reconciled()
        #expect(result.missing.isEmpty)
        #expect(result.doubts.first?.contains("the capture did not see them all") == true)
    }

    @Test("a connection of which the tap saw nothing means the same; one of the world with itself is nobody's business")
    func unseenConnection() {
        var both = Conversation()
        both.record(500, from: Endpoint(address: .v4(IPv4Address(rawValue: 0xc633_643d)), port: 50_000))
        #expect(both.reconciled().isComplete)
        both.record(500, from: otherPort)
        #expect(both.reconciled().doubts.first?.contains("of which the capture saw nothing") == true)
    }

    @Test("without a complete record of the world, what is not in it is a doubt")
    func recordsLost() {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        both.world.doubts = ["Records of sockets were lost."]
        let result = both.reconciled()
        #expect(result.missing.isEmpty)
        #expect(result.doubts.count == 2)
    }

    @Test("bytes on the way when the relay breaks off are refused ones; bytes after that are missing")
    func brokenOff() {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        both.send(1100, .ack, 50)
        both.answer([.rst])
        both.record(100)
        let result = both.reconciled()
        #expect(result.isComplete, "\(result)")
        #expect((result.refusedConnections, result.refusedBytes, result.bytes) == (1, 50, 100))
        both.send(1150, .ack, 10)
        #expect(both.reconciled().missing.count == 0, "unacknowledged, so it may be on its way")
        #expect(both.reconciled().doubts.count == 1)
    }

    @Test("no more than what can be on the way is taken for refused")
    func muchRefused() {
        var both = Conversation()
        both.send(999, .syn)
        for part in 0..<70 { both.send(1000 + UInt32(part) * 1000, .ack, 1000) }
        both.answer([.rst])
        #expect(both.reconciled().missing.count == 1)
    }

    @Test("a connection that is refused at once has no bytes to account for")
    func neverOpened() {
        var both = Conversation()
        both.send(999, .syn)
        both.answer([.rst, .ack], acknowledging: 1000)
        let result = both.reconciled()
        #expect(result.isComplete)
        #expect((result.connections, result.refusedConnections, result.refusedBytes) == (0, 1, 0))
    }

    @Test("what a restored guest sends in connections from before is refused; in others it is missing")
    func beforeTheCheckpoint() {
        var both = Conversation()
        both.send(5_000, .ack, 543)
        both.answer(.rst)
        let known = both.reconciled(earlier: [ConnectionEnds(guest: guest, other: relay)])
        #expect(known.isComplete, "\(known)")
        #expect((known.earlierConnections, known.earlierBytes) == (1, 543))
        #expect(both.reconciled().missing.count == 1)
    }

    @Test("two connections between the same ends are told apart by their bytes")
    func sameEnds() {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1000, .ack, 100)
        both.send(1100, [.rst, .ack])
        both.send(70_999, .syn)
        both.send(71_000, .ack, 30)
        both.record(30)
        both.record(100)
        let result = both.reconciled()
        #expect(result.isComplete, "\(result)")
        #expect((result.connections, result.bytes) == (2, 130))
    }

    @Test("numbers that wrap around are followed")
    func wrapping() {
        var both = Conversation()
        both.send(.max - 49, .syn)
        both.send(.max - 48, .ack, 40)
        both.send(.max - 8, .ack, 60)
        both.record(100)
        #expect(both.reconciled().isComplete)
    }

    @Test("segments in another order count once; a gap is a doubt")
    func order() {
        var both = Conversation()
        both.send(999, .syn)
        both.send(1200, .ack, 100)
        both.send(1100, .ack, 150)
        both.record(300)
        #expect(both.reconciled().doubts.contains { $0.contains("with a gap") })
        both.send(1000, .ack, 100)
        #expect(both.reconciled().isComplete)
    }

    @Test("a connection that was reported needs no account of its own, nor does it hide another")
    func reported() {
        var both = Conversation()
        both.send(999, .syn, isReported: true)
        both.send(1000, .ack, 100, isReported: true)
        both.send(999, .syn, from: 40_001)
        both.send(1000, .ack, 100, from: 40_001)
        #expect(both.reconciled().missing.count == 1)
        both.record(100, from: otherPort)
        #expect(both.reconciled().isComplete)
    }

    @Test("each byte is in one account, and the sum is what the tap counted")
    func accounts() {
        var both = Conversation()
        let builder = FrameBuilder()
        both.frame(builder.dhcp(builder.dhcpMessage(options: builder.discover)))
        both.frame(builder.arp(target: IPv4Address(rawValue: 0x0a02_0101)))
        both.send(999, .syn)
        both.frame(builder.ping(IPv4Address(rawValue: 0x0808_0808)), isReported: true)
        both.world.leaseMessages = 1
        let result = both.reconciled()
        #expect(result.isComplete, "\(result)")
        #expect(result.accounts.count == 5)
        #expect(result.accounts.last == "from the guest in all: 4 frames, \(both.books.total.bytes) bytes")
        let sum = both.books.total.bytes
        #expect(
            both.reconciled(tapCounts: 7).doubts == ["The taps counted 7 bytes from the guest, and \(sum) are booked."]
        )
    }

    @Test("a question that was reported may have arrived; one more means that the capture is blind")
    func reportedQuestion() {
        var both = Conversation()
        let question = FrameBuilder().udp(
            to: Endpoint(address: .v4(relayAddress), port: 53),
            FrameBuilder.query("web.test")
        )
        both.frame(question, isReported: true)
        #expect(both.reconciled().isComplete)
        both.world.nameQueries = 1
        #expect(both.reconciled().isComplete)
        both.world.nameQueries = 2
        #expect(both.reconciled().doubts == ["2 questions for names arrived, and the capture saw 1."])
    }

    @Test("questions in connections are no surplus")
    func questionsInConnections() {
        var both = Conversation()
        let resolver = Endpoint(address: .v4(relayAddress), port: 53)
        both.frame(FrameBuilder().tcp(to: resolver), isReported: true)
        both.world.nameQueries = 1
        #expect(both.reconciled().isComplete)
    }

    @Test("messages that the server's log lacks are missing; of other traffic nobody keeps books")
    func messages() {
        var both = Conversation()
        let builder = FrameBuilder()
        both.frame(builder.dhcp(builder.dhcpMessage(options: builder.discover)))
        #expect(both.reconciled().missing == ["1 messages to the DHCP server left the guest, and only 0 arrived."])
        both.world.leaseMessages = nil
        #expect(both.reconciled().missing.isEmpty)
        #expect(both.reconciled().doubts.count == 1)
        both.world.leaseMessages = 1
        #expect(both.reconciled().isComplete)
        both.frame(builder.udp(to: Endpoint(address: .v4(relayAddress), port: 123), [1, 2, 3]))
        #expect(both.reconciled().doubts == ["Nobody keeps books of UDP to port 123, which the guest sent."])
    }

    @Test("the time server and the server of DHCPv6 keep books, where there are such servers")
    func timeAndLeases6() {
        let server = Endpoint(address: .v4(relayAddress), port: 123)
        let builder = FrameBuilder()
        let servers = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_0002)
        var both = Conversation()
        both.books = GuestBooks(timeServers: [server])
        both.frame(builder.udp(to: server, [1, 2, 3]))
        both.frame(builder.udp6(to: servers, 547, from: 546, [1, 2, 3, 4]))
        #expect(both.reconciled().missing.isEmpty && both.reconciled().doubts.count == 2)
        (both.world.timeQuestions, both.world.leaseMessages6) = (1, 1)
        #expect(both.reconciled().isComplete)
        (both.world.timeQuestions, both.world.leaseMessages6) = (0, 0)
        #expect(both.reconciled().missing.count == 2)
        (both.world.timeQuestions, both.world.leaseMessages6) = (2, 1)
        #expect(both.reconciled().doubts == ["2 questions for the time arrived, and the capture saw 1."])
    }
}
