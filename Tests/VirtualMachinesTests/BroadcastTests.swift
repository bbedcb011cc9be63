import Testing
import VirtualMachines

@Suite("Broadcasts", .timeLimit(.minutes(5)))
struct BroadcastTests {
    @Test("a listener that comes late gets everything from the first value on, and the end")
    func late() async {
        let broadcast = Broadcast<Int>()
        broadcast.send(1)
        var early = broadcast.elements.makeAsyncIterator()
        broadcast.send(2)
        broadcast.finish()
        broadcast.send(3)
        #expect(await broadcast.elements.reduce(into: []) { $0.append($1) } == [1, 2])
        #expect(await early.next() == 1)
    }

    @Test("only so many values are remembered")
    func limit() async {
        let broadcast = Broadcast<Int>(limit: 2)
        for value in 1...5 { broadcast.send(value) }
        broadcast.finish()
        #expect(await broadcast.elements.reduce(into: []) { $0.append($1) } == [4, 5])
    }
}
