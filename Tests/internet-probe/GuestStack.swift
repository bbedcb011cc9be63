import FoundationEssentials
import GuestNetwork
import SimulatedInternet
import SystemPackage

/// A network stack of its own on the guest's LAN, which uses everything that a guest may use.
func checkGuest(_ internet: SimulatedInternet, _ scratch: FilePath, _ report: inout ProbeReport) async throws {
    let network = try await internet.torNetwork()
    let folder = scratch.appending("guest")
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    try await plugInGuest(internet.guestPort)
    report.seen["direct"] = try await shell("\(enter) curl -sS -m5 http://203.0.113.80/direct")
    report.seen["neighbour"] = try await shell("\(enter) ip neigh show \(internet.guestPort.gateway)")
    // The address is made from a router advertisement, so this waits for one.
    report.seen["direct6"] = try await shell(
        "\(enter) curl -sS -m15 --retry 30 --retry-all-errors --retry-delay 1 'http://[2001:db8:80::80]/direct6'"
    )
    report.seen["dns"] = try await shell("\(enter) bash -c '\(dnsQuestion)'")
    for (name, bridges) in [("tor", [String]()), ("obfs4", network.bridgeLines)] {
        let data = folder.appending(name)
        try FileManager.default.createDirectory(
            atPath: data.string,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var torrc =
            network.clientConfiguration
            + "DataDirectory \(data)\nSocksPort 127.0.0.1:9050\nLog notice file \(data)/log\n"
        if !bridges.isEmpty {
            torrc += "UseBridges 1\nClientTransportPlugin obfs4 exec /usr/bin/obfs4proxy\n"
            torrc += bridges.map { "Bridge \($0)\n" }.joined()
        }
        try torrc.write(toFile: data.appending("torrc").string, atomically: false, encoding: .utf8)
        report.seen[name] = try await shell(
            """
            \(enter) tor --quiet --defaults-torrc /dev/null -f \(data)/torrc & tor=$!
            for try in $(seq 100); do
                \(enter) curl -sS -m 20 --socks5-hostname 127.0.0.1:9050 http://web.test/\(name) && break
                sleep 0.2
            done
            \(enter) curl -sS -m 20 --socks5-hostname 127.0.0.1:9050 http://no-such-name.test/ || true
            \(enter) curl -sS -m 20 --socks5-hostname 127.0.0.1:9050 http://web.test/\(name)-again
            echo
            \(enter) ss -tnH state established '( dport != 9050 and sport != 9050 )' | awk '{print "peer " $4}'
            kill $tor; wait $tor || true
            """
        )
    }
}

/// Plugs a network namespace into the guest's LAN, with 10.2.1.50 and an address made from router advertisements.
func plugInGuest(_ port: GuestPort) async throws {
    try await shell(
        """
        ip netns add guest
        ip link add guest0 type veth peer name eth0 netns guest
        echo 1 > /proc/sys/net/ipv6/conf/guest0/disable_ipv6
        ip link set guest0 master \(port.bridge) up
        guest() { nsenter --net=/run/netns/guest "$@"; }
        guest sh -c 'echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6'
        guest ip link set lo up
        guest ip addr add 10.2.1.50/24 dev eth0
        guest ip link set eth0 up
        guest ip route add default via \(port.gateway)
        """
    )
}

/// Asks the resolver for web.test over UDP with nothing but bash, and prints nothing.
private let dnsQuestion = """
    exec 3<>/dev/udp/10.2.1.1/53
    printf "\\\\0\\\\7\\\\1\\\\0\\\\0\\\\1\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\3web\\\\4test\\\\0\\\\0\\\\1\\\\0\\\\1" >&3
    head -c 1 <&3 >/dev/null && echo answered
    """
