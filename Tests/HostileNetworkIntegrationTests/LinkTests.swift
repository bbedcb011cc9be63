import Testing
import hostility_probe

/// What a victim notices of its link.
///
/// No test has an upper bound of time: a busy machine is slower still.
@Suite("Bad links", .serialized, .enabled(if: Probe.isPossible, Probe.requirement), .timeLimit(.minutes(5)))
struct LinkTests {
    @Test("frames are lost in both directions, and none before and after")
    func loss() async throws {
        let seen = try await Probe.run("lossyLink")
        #expect(seen.before.contains(" 0% packet loss") && seen.after.contains(" 0% packet loss"))
        #expect(!seen.during.contains(" 0% packet loss") && !seen.during.contains("100% packet loss"))
        #expect(seen.link.fromGuest.lost > 0 && seen.link.toGuest.lost > 0)
        #expect(seen.link.fromGuest.lost + seen.link.fromGuest.carried >= 200)
    }

    @Test("an echo takes the delay twice, and not before and after")
    func delay() async throws {
        let seen = try await Probe.run("slowLink")
        // min/avg/max
        func fastest(_ text: String) -> Double? {
            text.split(separator: " ").first { $0.contains("/") && $0.contains(".") }?.split(separator: "/").first
                .flatMap { Double($0) }
        }
        #expect(try #require(fastest(seen.during)) >= 160)
        #expect(try #require(fastest(seen.before)) < 160 && #require(fastest(seen.after)) < 160)
        #expect(seen.during.contains(" 0% packet loss"))
    }

    @Test("bytes take as long as the rate makes them")
    func rate() async throws {
        let seen = try await Probe.run("narrowLink")
        for name in ["before", "during", "after"] { #expect(seen.measured["\(name) bytes"] == Double(1 << 20)) }
        #expect(try #require(seen.measured["during seconds"]) >= Double(1 << 20) * 8 / 4_000_000)
    }

    @Test("a link can get better and worse while it is there")
    func change() async throws {
        let seen = try await Probe.run("changingLink")
        #expect(seen.before.contains(" 0% packet loss") && seen.after.contains(" 0% packet loss"))
        #expect(seen.during.contains("100% packet loss"))
    }

    @Test("a second link is refused, which leaves the first one as it was, and that leaves nothing behind")
    func two() async throws {
        let seen = try await Probe.run("twoLinks")
        #expect(seen.before.contains("File exists"))
        #expect(seen.during.contains(" 0% packet loss"))
        #expect(seen.after.contains(" 0% packet loss"))
        #expect(!seen.after.contains("near") && !seen.after.contains("foe"))
    }
}
