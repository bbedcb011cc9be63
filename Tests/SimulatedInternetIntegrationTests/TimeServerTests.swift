import SimulatedInternet
import Testing
import internet_probe

@Suite("Time server", .serialized, .enabled(if: Probe.isPossible, "\(Probe.requirement)"), .timeLimit(.minutes(5)))
struct TimeServerTests {
    @Test("the time is as wrong as it was chosen to be, and another one only within its scope")
    func wrongTime() async throws {
        let seen = try await Probe.shared { try await $0.run("time") }
        for (moment, offset) in [("past", -86_400 * 3650), ("future", 7 * 86_400), ("past again", -86_400 * 3650)] {
            let told = try #require(Int(seen.seen[moment] ?? ""), "\(seen.seen)")
            #expect(abs(told - offset) < 10)
        }
        #expect(seen.survivors.isEmpty)
    }
}
