import SimulatedInternet
import Testing

@Suite("Configuration texts of services")
struct ServiceTextTests {
    @Test("names that nobody configured do not exist, rather than being refused")
    func unknownNames() {
        let text = NameService(configuration: InternetConfiguration(), hiddenNames: []).text(in: "/scratch")
        #expect(text.contains("address=/#/\n"))
        #expect(text.contains("no-resolv\n"))
        #expect(text.contains("no-ping\n"))
    }

    @Test("configured names, the web's and hidden ones are answered, one record for each address")
    func names() {
        let configuration = InternetConfiguration(names: ["two.test": ["192.0.2.1", "192.0.2.2"]])
        let text = NameService(configuration: configuration, hiddenNames: ["word.test"]).text(in: "/scratch")
        for record in [
            "two.test,192.0.2.1", "two.test,192.0.2.2", "web.test,2001:db8:80::80", "word.test,203.0.113.80",
        ] {
            #expect(text.contains("host-record=\(record)\n"))
        }
    }

    @Test("without IPv6 there are no router advertisements and no IPv6 listeners")
    func withoutIPv6() {
        let without = InternetConfiguration(offersIPv6: false)
        let names = NameService(configuration: without, hiddenNames: []).text(in: "/scratch")
        #expect(!names.contains("2001:db8") && !names.contains("fe80") && !names.contains("enable-ra"))
        #expect(!WebServer(configuration: without).text(in: "/scratch").contains("listen ["))
        #expect(
            WebServer(configuration: InternetConfiguration()).text(in: "/scratch").contains(
                "listen [2001:db8:80::80]:80;"
            )
        )
    }

    @Test("addresses are leased over IPv6 only where that is wanted, by a server that is always the same")
    func leases6() {
        let with = NameService(configuration: InternetConfiguration(leasesIPv6: true), hiddenNames: [])
            .text(in: "/scratch")
        #expect(with.contains("dhcp-range=2001:db8:1::100,2001:db8:1::1ff,slaac,64,1h\n"))
        #expect(with.contains("dhcp-duid=32473,00:00:00:01\n"))
        let without = NameService(configuration: InternetConfiguration(), hiddenNames: []).text(in: "/scratch")
        #expect(without.contains("dhcp-range=2001:db8:1::,ra-only,64,1h\n") && !without.contains("duid"))
        #expect(throws: SimulatedInternetError.self) {
            try InternetConfiguration(offersIPv6: false, leasesIPv6: true).validate()
        }
    }

    @Test("the web server keeps all its files in its folder and shows the visitor's address")
    func web() {
        let text = WebServer(configuration: InternetConfiguration(pageMarker: "Hello there")).text(in: "/scratch/web")
        #expect(!text.contains("/var/"))
        #expect(text.contains("client_body_temp_path /scratch/web/client_body_temp;"))
        #expect(text.contains("<h1>Hello there</h1>"))
        #expect(text.contains("$remote_addr"))
    }
}
