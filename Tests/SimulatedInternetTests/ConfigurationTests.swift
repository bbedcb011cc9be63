import Diagnostics
import SimulatedInternet
import Testing

@Suite("Internet configuration")
struct ConfigurationTests {
    @Test("the default is possible")
    func byDefault() throws {
        try InternetConfiguration().validate()
    }

    @Test("names and addresses of all kinds are possible")
    func names() throws {
        try InternetConfiguration(names: ["a.example": ["203.0.113.200", "2001:db8::7"], "x-1.test": ["192.0.2.1"]])
            .validate()
    }

    @Test(
        "what could not be, or would change the meaning of a service's configuration, is refused",
        arguments: [
            InternetConfiguration(torNetwork: TorNetworkSize(authorities: 0)),
            InternetConfiguration(torNetwork: TorNetworkSize(guards: 0)),
            InternetConfiguration(torNetwork: TorNetworkSize(bridges: 10)),
            InternetConfiguration(names: ["a b": ["192.0.2.1"]]),
            InternetConfiguration(names: ["a\naddress=/x/": ["192.0.2.1"]]),
            InternetConfiguration(names: ["-a.test": ["192.0.2.1"]]),
            InternetConfiguration(names: ["a..test": ["192.0.2.1"]]),
            InternetConfiguration(names: ["a.test": ["192.0.2.1,1.1.1.1"]]),
            InternetConfiguration(names: ["a.test": ["192.0.2.256"]]),
            InternetConfiguration(names: ["a.test": []]),
            InternetConfiguration(pageMarker: "\" ; return 500; \""),
            InternetConfiguration(pageMarker: "$remote_port"),
            InternetConfiguration(pageMarker: ""),
        ]
    )
    func refused(_ configuration: InternetConfiguration) {
        #expect(throws: SimulatedInternetError.self) { try configuration.validate() }
    }

    @Test("an error says who has to act and what to try")
    func message() {
        let error = SimulatedInternetError.unknownDestinations("tor-relay", known: ["tor-relays", "web"])
        #expect(
            error.description == """
                The simulated internet has no destinations named 'tor-relay'.
                  known: tor-relays, web
                Hint: Did you mean 'tor-relays'?
                """
        )
        #expect(error.blame == .testAuthor)
        let missing = SimulatedInternetError.programMissing("tor", package: "tor")
        #expect(missing.hint == "Run: apt-get install --no-install-recommends tor")
        #expect(missing.blame == .host)
    }
}
