import LeakPolicy
import OfflineJudging
import PacketDecoding
import StrictYAML
import Testing

@Suite("What is known of a run")
struct RunFactsTests {
    private static let text = """
        version: 1
        subnet: 10.2.1.0/24
        gateway: 10.2.1.1
        phase: connected
        prefixes: ["2001:db8:1::/64"]
        real-hardware-addresses: ["52:54:00:12:34:56"]
        guest-hardware-addresses: ["02:00:00:00:00:64"]
        groups:
          tor-relays: ["192.0.2.7:9001", "198.51.100.0/24:*"]
        secrets:
          hostname: tell-tale
        earlier-connections: ["10.2.1.5:40000 -> 192.0.2.7:9001"]
        """

    @Test("a file says all that options can")
    func file() throws {
        let facts = try RunFacts(yaml: Self.text, file: "run.yaml")
        let guest = try facts.guest()
        #expect(guest.subnet.description == "10.2.1.0/24")
        #expect(guest.gateway.description == "10.2.1.1")
        #expect(guest.hardwareAddresses.map(\.description) == ["52:54:00:12:34:56"])
        #expect(guest.secrets.map(\.name) == ["hostname"])
        #expect(guest.prefixes == [0x2001_0db8_0001_0000])
        #expect(facts.phase == .connected)
        #expect(facts.guestAddresses.map(\.description) == ["02:00:00:00:00:64"])
        #expect(facts.earlierConnections.map { "\($0.guest) \($0.other)" } == ["10.2.1.5:40000 192.0.2.7:9001"])
        var options = RunFacts()
        try options.addGroup("tor-relays=192.0.2.7:9001,198.51.100.0/24:*")
        #expect(facts.groups == options.groups)
    }

    @Test(
        "each mistake is told with its place",
        arguments: [
            ("version: 1", "version: 9", "run.yaml:1"), ("10.2.1.0/24", "10.2.1.0", "run.yaml:2"),
            ("connected", "online", "run.yaml:4"), ("2001:db8:1::/64", "2001:db8:1::/63", "run.yaml:5"),
            ("52:54:00:12:34:56", "52-54", "run.yaml:6"), ("192.0.2.7:9001", "192.0.2.7", "run.yaml:9"),
            ("tell-tale", "short", "run.yaml:11"), (" -> ", " to ", "run.yaml:12"),
            ("gateway:", "gatewey:", "run.yaml:3"),
        ]
    )
    func mistakes(_ right: String, _ wrong: String, _ place: String) {
        let text = Self.text.replacing(right, with: wrong, maxReplacements: 1)
        let error = #expect(throws: YAMLError.self) { try RunFacts(yaml: text, file: "run.yaml") }
        #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
    }

    @Test("options that can't be read, and facts that are missing, are errors")
    func options() throws {
        var facts = RunFacts()
        #expect(throws: OfflineError.self) { try facts.addGroup("relays") }
        #expect(throws: OfflineError.self) { try facts.addGroup("relays=192.0.2.7") }
        #expect(throws: OfflineError.self) { try facts.addSecret("name=short") }
        #expect(throws: OfflineError.self) { try facts.addPrefix("2001:db8::1/64") }
        let error = #expect(throws: OfflineError.self) { try facts.guest() }
        #expect(error?.summary == "--subnet is missing: the network that the guest is in.")
    }
}
