import HostileNetwork
import Testing

@Suite("One direction of a link")
struct LinkDirectionTests {
    private static let millisecond: UInt64 = 1_000_000
    private static let second: UInt64 = 1_000_000_000

    /// What arrives of frames that are sent one after the other, with the time of each arrival, in the order of arrival.
    private func carried(
        _ frames: [(time: UInt64, frame: [UInt8])],
        by direction: inout LinkDirection,
        _ quality: LinkQuality
    ) -> [(time: UInt64, frame: [UInt8])] {
        var arrived: [(UInt64, [UInt8])] = []
        func arrivals(until limit: UInt64, _ direction: inout LinkDirection) {
            while let due = direction.nextDue, due <= limit {
                while let frame = direction.arrival(by: due) { arrived.append((due, frame)) }
            }
        }
        for (time, frame) in frames {
            arrivals(until: time, &direction)
            direction.take(frame, at: time, quality)
        }
        arrivals(until: .max, &direction)
        return arrived
    }

    private func numbered(_ count: Int, every step: UInt64, size: Int = 100) -> [(time: UInt64, frame: [UInt8])] {
        (0..<count).map { index in
            var frame = [UInt8](repeating: 0, count: size)
            (frame[0], frame[1], frame[2]) = (UInt8(index >> 16 & 255), UInt8(index >> 8 & 255), UInt8(index & 255))
            return (UInt64(index) * step, frame)
        }
    }

    @Test("a perfect link carries everything at once")
    func perfect() {
        var link = LinkDirection(seed: 1)
        let frames = numbered(100, every: Self.millisecond)
        let arrived = carried(frames, by: &link, LinkQuality())
        #expect(arrived.map(\.frame) == frames.map(\.frame) && arrived.map(\.time) == frames.map(\.time))
    }

    @Test("what is under way when a link ends is kept back, and what has arrived is not")
    func end() {
        var link = LinkDirection(seed: 1)
        let quality = LinkQuality(delay: .milliseconds(200))
        for (time, frame) in numbered(5, every: 50 * Self.millisecond) { link.take(frame, at: time, quality) }
        while link.arrival(by: 260 * Self.millisecond) != nil {}
        #expect(link.counts.carried == 2)
        #expect(link.counts.keptBack == 0)
        link.end()
        #expect(link.counts.abandoned == 3)
        #expect(link.counts.keptBack == 3)
        #expect(link.nextDue == nil)
    }

    @Test("what is lost depends on the seed and the order alone", arguments: [0.01, 0.05, 0.5])
    func loss(_ loss: Double) {
        func survivors(seed: UInt64, step: UInt64, _ quality: LinkQuality) -> [[UInt8]] {
            var link = LinkDirection(seed: seed)
            return carried(numbered(20_000, every: step), by: &link, quality).map(\.frame)
        }
        let quality = LinkQuality(loss: loss)
        let slow = LinkQuality(loss: loss, delay: .milliseconds(30), jitter: .milliseconds(30))
        let first = survivors(seed: 7, step: 10, quality)
        #expect(first == survivors(seed: 7, step: 10, quality))
        #expect(first == survivors(seed: 7, step: 5000, slow), "neither time nor delay plays a part")
        #expect(first != survivors(seed: 8, step: 10, quality))
        // Six standard deviations of a binomial distribution.
        let lost = Double(20_000 - first.count) / 20_000
        #expect(abs(lost - loss) < 6 * (loss * (1 - loss) / 20_000).squareRoot())
    }

    @Test("everything and nothing can be lost")
    func extremes() {
        var link = LinkDirection(seed: 1)
        #expect(carried(numbered(1000, every: 1), by: &link, LinkQuality(loss: 1)).isEmpty)
        #expect(link.counts.lost == 1000)
        #expect(carried(numbered(1000, every: 1), by: &link, LinkQuality(loss: 0)).count == 1000)
    }

    @Test("each frame arrives after the delay, within the jitter, and in order", arguments: 1...5)
    func delay(_ seed: UInt64) {
        var link = LinkDirection(seed: seed)
        let quality = LinkQuality(delay: .milliseconds(200), jitter: .milliseconds(50))
        let frames = numbered(2000, every: 3 * Self.millisecond)
        let arrived = carried(frames, by: &link, quality)
        #expect(arrived.map(\.frame) == frames.map(\.frame))
        let delays = zip(frames, arrived).map { $1.time - $0.time }
        #expect(delays.allSatisfy { (150 * Self.millisecond...250 * Self.millisecond).contains($0) })
        #expect(Set(delays).count > 1000)
    }

    @Test("no more than the rate gets through, and that much does", arguments: [64_000, 1_000_000, 100_000_000])
    func rate(_ bits: Int) {
        var link = LinkDirection(seed: 1)
        let quality = LinkQuality(bitsPerSecond: bits)
        // Twice as much as fits, for two seconds.
        let step = UInt64(1000 * 8) * Self.second / UInt64(bits) / 2
        let count = Int(2 * Self.second / step)
        let arrived = carried(numbered(count, every: step, size: 1000), by: &link, quality)
        for (index, arrival) in arrived.enumerated() {
            #expect(arrival.time >= UInt64(index + 1) * 8000 * Self.second / UInt64(bits))
        }
        let span = Double(arrived.last?.time ?? 0) / 1e9
        #expect(abs(Double(arrived.count * 8000) / span - Double(bits)) < 0.01 * Double(bits))
        #expect(link.counts.overflowed == count - arrived.count && link.counts.overflowed > 0)
    }

    @Test("a queue that had time to empty is empty")
    func idle() {
        var link = LinkDirection(seed: 1)
        let quality = LinkQuality(bitsPerSecond: 8_000_000)
        let frames = numbered(10, every: Self.second, size: 1000)
        let arrived = carried(frames, by: &link, quality)
        #expect(zip(frames, arrived).allSatisfy { $1.time - $0.time == Self.millisecond })
    }

    @Test("what is under way takes bounded memory, whatever the delay")
    func bound() {
        var link = LinkDirection(seed: 1)
        let quality = LinkQuality(delay: .seconds(60))
        let frame = [UInt8](repeating: 0, count: 1500)
        let most = LinkDirection.mostBytes / frame.count
        for index in 0..<most + 100 { link.take(frame, at: UInt64(index), quality) }
        #expect(link.counts.overflowed == 100)
        while link.arrival(by: .max) != nil {}
        #expect(link.counts.carried == most && link.nextDue == nil)
        link.take(frame, at: Self.second, quality)
        #expect(link.counts.overflowed == 100, "there is room again")
    }

    @Test("a link that can't be is refused")
    func limits() {
        #expect(throws: Never.self) { try LinkQuality(loss: 1, delay: .seconds(60), jitter: .seconds(60)).validate() }
        for quality in [
            LinkQuality(loss: 1.01), LinkQuality(loss: -0.1), LinkQuality(loss: .nan), LinkQuality(delay: .seconds(61)),
            LinkQuality(delay: .seconds(-1)), LinkQuality(delay: .seconds(1), jitter: .seconds(2)),
            LinkQuality(bitsPerSecond: 0), LinkQuality(bitsPerSecond: -5),
        ] {
            #expect(throws: (any Error).self) { try quality.validate() }
        }
    }

    @Test("a report says how bad it was")
    func summary() {
        let quality = LinkQuality(
            loss: 0.055,
            delay: .milliseconds(200),
            jitter: .milliseconds(20),
            bitsPerSecond: 1_500_000
        )
        #expect(
            quality.summary
                == "the link loses 5.5% of the frames (seed 1), delays by 200 ms ± 20 ms, carries 1.5 Mbit/s"
        )
        #expect(LinkQuality(bitsPerSecond: 2_000_000).summary == "the link carries 2 Mbit/s")
        #expect(LinkQuality().summary == "the link is perfect")
    }
}
