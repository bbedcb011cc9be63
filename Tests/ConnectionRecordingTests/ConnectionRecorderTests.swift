import ConnectionRecording
import Glibc
import PacketDecoding
import TestSupport
import Testing

/// A TCP connection of this process with itself.
private struct Pair {
    let sending: Int32
    let receiving: Int32
    /// The end that receives, and the other: either alone is taken again by whoever comes next.
    let ends: [Endpoint]

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, listen(listener, 1) == 0 else { return Int32(-1) }
                getsockname(listener, address, &length)
                return connect(client, address, length)
            }
        }
        try #require(status == 0)
        sending = client
        receiving = accept(listener, nil, nil)
        ends = [Self.ownEnd(of: receiving), Self.ownEnd(of: sending)]
    }

    private static func ownEnd(of socket: Int32) -> Endpoint {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        return Endpoint(
            address: .v4(IPv4Address(rawValue: UInt32(INADDR_LOOPBACK))),
            port: UInt16(bigEndian: address.sin_port)
        )
    }

    func send(_ count: Int) { _ = write(sending, Array(repeating: 0x41, count: count), count) }

    /// Reads as much, so that it has arrived.
    func receive(_ count: Int) {
        var buffer = [UInt8](repeating: 0, count: count)
        _ = recv(receiving, &buffer, count, Int32(MSG_WAITALL))
    }

    /// Ends the sending side, and waits until that has arrived.
    func end() {
        close(sending)
        receive(1)
    }

    /// Ends the sending side by a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(sending, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(sending)
        receive(1)
    }
}

private let kernelTells = (try? ConnectionRecorder()) != nil

@Suite("Records of what sockets received", .enabled(if: kernelTells, "the kernel tells nothing of sockets here"))
struct ConnectionRecorderTests {
    private func received(_ records: SocketRecords, by pair: Pair) -> [Int] {
        records.sockets.filter { [$0.local, $0.peer] == pair.ends }.map(\.received)
    }

    @Test("a connection is recorded with its bytes and its end, also when nobody read them")
    func ended() async throws {
        let recorder = try ConnectionRecorder()
        let (read, unread) = (try Pair(), try Pair())
        read.send(1_000)
        read.receive(1_000)
        read.end()
        close(read.receiving)
        unread.send(777)
        var first = UInt8(0)
        recv(unread.receiving, &first, 1, Int32(MSG_PEEK))
        close(unread.receiving)
        close(unread.sending)
        let records = await recorder.close()
        #expect(records.doubts.isEmpty)
        #expect(received(records, by: read) == [1_001])
        #expect(received(records, by: unread) == [777])
    }

    @Test("a connection that is broken off keeps its count")
    func reset() async throws {
        let recorder = try ConnectionRecorder()
        let pair = try Pair()
        pair.send(500)
        pair.receive(500)
        pair.reset()
        close(pair.receiving)
        #expect(received(await recorder.close(), by: pair) == [500])
    }

    @Test("a connection that goes on is taken down once, with what it has by then")
    func open() async throws {
        let recorder = try ConnectionRecorder()
        let pair = try Pair()
        pair.send(100)
        pair.receive(100)
        recorder.takeStock()
        pair.send(50)
        pair.receive(50)
        #expect(received(await recorder.close(), by: pair) == [150])
        close(pair.sending)
        close(pair.receiving)
    }

    @Test("what a program leaves in the kernel's hands is known if stock was taken before it went")
    func stock() async throws {
        let recorder = try ConnectionRecorder()
        let pair = try Pair()
        pair.send(300)
        pair.receive(300)
        recorder.takeStock()
        // As a program does that forgets its peer: the socket's own count is gone.
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(pair.receiving, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(pair.receiving)
        close(pair.sending)
        #expect(received(await recorder.close(), by: pair) == [300])
    }

    @Test("many connections are all recorded")
    func many() async throws {
        let recorder = try ConnectionRecorder()
        var expected: [[Endpoint]: Int] = [:]
        for number in 1...300 {
            let pair = try Pair()
            pair.send(number)
            pair.receive(number)
            pair.end()
            close(pair.receiving)
            expected[pair.ends, default: 0] += number + 1
        }
        let records = await recorder.close()
        #expect(records.doubts.isEmpty)
        for (ends, bytes) in expected {
            #expect(records.sockets.filter { [$0.local, $0.peer] == ends }.reduce(0) { $0 + $1.received } == bytes)
        }
    }

    @Test("that records come is known by the canary's own record, however slowly time goes")
    func canary() async throws {
        let recorder = try ConnectionRecorder(clock: ManualClock())
        await recorder.proveAlive()
        #expect(await recorder.close().doubts.isEmpty)
    }

    @Test("a recorder to which the kernel tells nothing any more doubts itself when its patience ends")
    func deaf() async throws {
        let clock = ManualClock()
        let recorder = try ConnectionRecorder(clock: clock)
        #expect(await recorder.close().doubts.isEmpty)
        async let proof: Void = recorder.proveAlive()
        await clock.waitForSleeper()
        clock.advance(by: .seconds(5))
        await proof
        async let ending = recorder.close()
        await clock.waitForSleeper()
        clock.advance(by: .seconds(5))
        let doubt = "The kernel did not tell of a canary connection that had ended."
        #expect(await ending.doubts == [doubt, doubt])
    }

    @Test("whoever is cancelled gets no proof, and does not wait for one")
    func cancelled() async throws {
        let recorder = try ConnectionRecorder(clock: ManualClock())
        #expect(await recorder.close().doubts.isEmpty)
        let proof = Task { await recorder.proveAlive() }
        proof.cancel()
        await proof.value
        let ending = Task { await recorder.close() }
        ending.cancel()
        #expect(await ending.value.doubts.count == 2)
    }
}
