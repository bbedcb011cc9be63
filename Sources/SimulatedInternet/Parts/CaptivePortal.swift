import FoundationEssentials
import SystemPackage

/// A portal as in a hotel: until its form is sent, every name and every page leads to it, and all else is refused.
///
/// It also tells by DHCP where it is (RFC 8910), and by its interface whether one has passed it (RFC 8908).
package struct CaptivePortal: Sendable {
    static let address = AddressPlan.address(of: .portal)
    static let name = "portal.test"
    /// What DHCP says of it: where a program can ask whether the way is free.
    static let interface = "https://\(name)/api"
    /// On its page, to be recognised on a screen too.
    package static let marker = "Assay captive portal"
    /// Where names are answered meanwhile.
    private static let namePort = 5300

    /// A file that is there once the form was sent.
    let passed: FilePath
    let keys: ServiceKeys

    // MARK: - Rules

    /// Input of `nft -f` that closes the way.
    package static let closing = """
        table inet portal {
            # Before anybody else changes where a packet goes.
            chain closed {
                type filter hook prerouting priority -155; policy accept;
                iifname != "\(LinkPlan.lan)" accept
                udp dport { 67, 547 } accept
                icmpv6 type { 133, 135, 136 } accept
                fib daddr type { broadcast, multicast } accept
                ip daddr \(AddressPlan.lanGateway) icmp type echo-request accept
                meta l4proto { tcp, udp } th dport 53 accept
                meta nfproto ipv4 tcp dport 80 accept
                ip daddr \(address) tcp dport 443 accept
                reject with icmpx admin-prohibited
            }
            # What the sinkhole would otherwise hear as well.
            chain names {
                type filter hook prerouting priority -140; policy accept;
                iifname "\(LinkPlan.lan)" meta l4proto { tcp, udp } th dport 53 meta mark set 0
            }
            chain hijacked {
                type nat hook prerouting priority -110; policy accept;
                iifname "\(LinkPlan.lan)" meta l4proto { tcp, udp } th dport 53 redirect to :\(namePort)
                iifname "\(LinkPlan.lan)" meta nfproto ipv4 tcp dport 80 dnat ip to \(address)
            }
        }

        """

    /// Input of `nft -f` that opens it.
    static let opening = "delete table inet portal\n"

    // MARK: - Services

    /// The page and the names, which keep their files in `folder`.
    func services(folder: FilePath, offersIPv6: Bool, logs: (_ name: String) throws -> ServiceLog) throws -> [Service] {
        let web = try NginxConfiguration(blocks: blocks)
            .service("captive portal (nginx)", folder: folder.appending("web"), log: try logs("portal"))
        let file = folder.appending("dnsmasq.conf")
        try writeFile(file, names(in: folder, offersIPv6: offersIPv6))
        let names = Service(
            name: "the portal's names (dnsmasq)",
            program: .dnsmasq,
            arguments: ["--keep-in-foreground", "--conf-file=\(file)"],
            workingFolder: folder,
            log: try logs("portal-names")
        )
        return [web, names]
    }

    private func names(in folder: FilePath, offersIPv6: Bool) -> String {
        let addresses = [AddressPlan.lanGateway] + (offersIPv6 ? [AddressPlan.lanGateway6] : [])
        let lines =
            [
                "port=\(Self.namePort)", "except-interface=lo", "bind-interfaces", "no-resolv", "no-hosts",
                "pid-file=\(folder.appending("dnsmasq.pid"))", "log-facility=-", "log-queries=extra",
                "address=/#/\(Self.address)",
            ] + addresses.map { "listen-address=\($0)" }
        return lines.map { $0 + "\n" }.joined()
    }

    private var blocks: String {
        let form =
            "<form method=post action=/accept><button name=accept value=yes>Accept and connect</button></form>"
        let head = "<head><meta charset=utf-8><title>\(Self.marker)</title></head>"
        let page = "<!doctype html><html>\(head)<body><h1>\(Self.marker)</h1>\(form)</body></html>"
        let thanks = "<!doctype html><html>\(head)<body><h1>You are connected</h1></body></html>"
        let status = #"{"captive":%,"user-portal-url":"http://\#(Self.name)/"}"#
        func answer(captive: Bool) -> String { status.replacing("%", with: captive ? "true" : "false") }
        return """
                server {
                    listen \(Self.address):80 default_server;
                    location / { return 302 http://\(Self.name)/; }
                }
                server {
                    listen \(Self.address):80;
                    listen \(Self.address):443 ssl;
                    server_name \(Self.name);
            \(keys.tlsDirectives)
                    default_type text/html;
                    add_header Cache-Control no-store;
                    location / { return 302 http://\(Self.name)/; }
                    location = / { return 200 "\(page)"; }
                    location = /accept {
                        if ($request_method != POST) { return 405; }
                        return 200 "\(thanks)";
                    }
                    location = /api {
                        default_type application/captive+json;
                        if (-f \(quoted(passed))) { return 200 '\(answer(captive: false))'; }
                        return 200 '\(answer(captive: true))';
                    }
                }

            """
    }

    /// Whether a line of its web server's output says that the form was sent, and taken.
    static func isPassed(_ line: String) -> Bool {
        guard WebRequest.isRequest(line), let request = WebRequest(line: line) else { return false }
        return request.method == "POST" && request.path == "/accept" && request.status == 200
            && request.host == name
    }
}
