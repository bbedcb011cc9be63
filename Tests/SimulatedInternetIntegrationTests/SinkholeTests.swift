import FoundationEssentials
import SimulatedInternet
import Testing
import internet_probe

/// A guest that speaks to whoever it likes, in namespaces of their own.
@Suite("Sinkhole", .serialized, .enabled(if: Probe.isPossible, "\(Probe.requirement)"), .timeLimit(.minutes(5)))
struct SinkholeTests {
    @Test("whatever a guest says to anybody is answered and kept, and services keep what is theirs")
    func leaks() async throws {
        let seen = try await Probe.shared { try await $0.run("sinkhole") }
        let http = try #require(seen.conversations.first { $0.summary == "HTTP GET /secret at 8.8.8.8:8080" })
        #expect(http.source.address == "10.2.1.50" && http.transport == .tcp && http.protocolName == "HTTP")
        #expect(http.destination == ServiceEndpoint(address: "8.8.8.8", port: 8080))
        #expect(String(decoding: http.firstBytes, as: UTF8.self).hasPrefix("GET /secret HTTP/1.1\r\n"))
        #expect(seen.seen["http"]?.contains("Your address is 10.2.1.50.") == true)

        #expect(seen.conversations.contains { $0.summary == "HTTP GET /secret6 at [2606:4700::1]" })
        #expect(seen.seen["http6"]?.contains("Your address is 2001:db8:1:") == true)
        #expect(
            seen.conversations.contains {
                $0.summary.hasPrefix("TLS client hello for tracker.example") && $0.destination.address == "1.2.3.4"
            }
        )
        // A service of the world is not covered by it, but its other ports are.
        #expect(seen.seen["own service"]?.contains("Assay simulated web") == true)
        #expect(seen.requests.map(\.path) == ["/direct"])
        #expect(seen.seen["service's other port"]?.contains("Assay sinkhole") == true)

        for (name, address) in [("dns", "8.8.8.8"), ("dns6", "2001:4860:4860::8888"), ("dns over tcp", "8.8.4.4")] {
            // 198.18.0.1, by its bytes.
            #expect(seen.seen[name]?.hasSuffix("c6120001") == true)
            let asked = seen.conversations.first { $0.destination == ServiceEndpoint(address: address, port: 53) }
            #expect(asked?.summary == "DNS query A canary.example")
        }
        // Nor does the resolver of the LAN know better, so that a leak goes on.
        #expect(seen.seen["name"]?.hasSuffix("c6120001") == true)
        #expect(seen.queries.contains { $0.name == "canary.example" && $0.client == "10.2.1.50" })
        #expect(seen.seen["exit"]?.contains("Your address is 198.51.100.61.") == true)
        // A server's mode in NTP version 4.
        #expect(seen.seen["ntp"]?.hasPrefix("2402") == true)
        #expect(seen.seen["smtp"]?.hasPrefix("323230") == true)
        for (transport, port) in [(SunkConversation.Transport.udp, UInt16(4000)), (.tcp, 4001)] {
            let unknown = seen.conversations.first { $0.transport == transport && $0.destination.port == port }
            #expect(unknown?.protocolName == nil && unknown?.firstBytes == Data("hello, I am amnesia".utf8))
        }
        #expect(seen.droppedConversations == 0)
        #expect(seen.survivors.isEmpty)
    }

    @Test("what is kept has a bound, and what exceeds it is counted")
    func limits() async throws {
        let seen = try await Probe.shared { try await $0.run("smallSinkhole") }
        #expect(seen.conversations.map(\.destination.port) == [1000, 1001, 1002])
        #expect(seen.conversations.last?.firstBytes == Data("01234567".utf8))
        #expect(seen.conversations.last?.byteCount == 17)
        #expect(seen.droppedConversations == 2)
    }

    @Test("without a sinkhole nobody answers for others")
    func off() async throws {
        let seen = try await Probe.shared { try await $0.run("noSinkhole") }
        #expect(seen.seen["own service"]?.contains("Assay simulated web") == true)
        #expect(seen.seen["stranger"] == "unreachable\n")
        #expect(seen.conversations.isEmpty)
    }
}
