import Testing
import VideoRecording

@Suite("The pace of a video")
struct FramePaceTests {
    /// Takes a picture at each of the moments at which one is due, on a screen that never stops changing.
    private func taken(within limit: Duration) -> [Duration] {
        var pace = FramePace()
        var (now, taken): (Duration, [Duration]) = (.zero, [])
        while now < limit {
            let wait = pace.wait(at: now)
            if wait > .zero {
                now += wait
            } else {
                pace.take(at: now)
                taken.append(now)
            }
        }
        return taken
    }

    @Test("the first picture is due at once")
    func first() { #expect(FramePace().wait(at: .seconds(5)) == .zero) }

    @Test("a burst is taken closely, and never more closely than allowed")
    func burst() {
        let taken = taken(within: .seconds(1))
        #expect(taken.count == 10)
        #expect(zip(taken, taken.dropFirst()).allSatisfy { $1 - $0 >= FramePace.closest })
    }

    @Test("a screen that never stops gets a picture a second in the long run")
    func bounded() {
        let count = taken(within: .seconds(600)).count
        #expect((600...600 + Int(FramePace.burst)).contains(count))
    }

    @Test("after a still time a burst is possible again, and no longer one than before")
    func recovers() {
        var pace = FramePace()
        for time in taken(within: .seconds(60)) { pace.take(at: time) }
        #expect(pace.wait(at: .seconds(61)) <= .seconds(1))
        var now = Duration.seconds(3600)
        var count = 0
        while pace.wait(at: now) <= FramePace.closest {
            now += pace.wait(at: now)
            pace.take(at: now)
            count += 1
        }
        #expect((Int(FramePace.burst)...Int(FramePace.burst) + 2).contains(count))
    }

    @Test("a clock that goes back makes nobody wait for ever")
    func backwards() {
        var pace = FramePace()
        pace.take(at: .seconds(10))
        #expect(pace.wait(at: .seconds(9)) <= .seconds(2))
    }
}
