import SimulatedInternet
import Testing

@Suite("Link plan")
struct LinkPlanTests {
    private let plan = LinkPlan(configuration: InternetConfiguration(), tapOwner: 1000)

    @Test("the gateway's link address is the same in every sandbox")
    func fixedLinkAddress() {
        #expect(plan.makeLinks.contains("link add lan0 address 02:00:0a:02:01:01 type bridge mcast_snooping 0\n"))
        #expect(plan.makeLinks.contains("tuntap add dev tap0 mode tap user 1000\n"))
        #expect(plan.anotherPort(2).hasPrefix("tuntap add dev tap2 mode tap user 1000\nlink set tap2 address "))
        #expect(plan.anotherPort(2).contains(" master lan0\nlink set tap2 up\n"))
    }

    @Test("relays, resolver and web have addresses of different networks")
    func addresses() {
        for address in ["192.0.2.11", "192.0.2.22", "198.51.100.61", "203.0.113.11", "203.0.113.53", "203.0.113.80"] {
            #expect(plan.makeLinks.contains("addr add \(address)/32 dev pub0\n"))
        }
        #expect(!plan.makeLinks.contains("198.51.100.63"))
    }

    @Test("no text makes a default route")
    func noDefaultRoute() {
        #expect(!(plan.makeLinks + plan.bringUp).contains("route"))
    }

    @Test("the gateway speaks ARP in its own name alone, also for hosts behind it")
    func gatewaySpeaksForItself() {
        for setting in [("arp_ignore", "1"), ("arp_announce", "2")] {
            #expect(
                plan.settingsBeforeUp.contains { $0.name == "ipv4/conf/lan0/\(setting.0)" && $0.value == setting.1 }
            )
        }
    }

    @Test("IPv6 is off before the links exist, and on only where it is wanted")
    func ipv6() {
        #expect(plan.settingsBeforeLinks.contains { $0.name == "ipv6/conf/default/disable_ipv6" && $0.value == "1" })
        #expect(plan.settingsBeforeUp.contains { $0.name == "ipv6/conf/lan0/disable_ipv6" && $0.value == "0" })
        #expect(!plan.settingsBeforeUp.contains { $0.name.contains("tap0") })
        #expect(plan.bringUp.contains("addr add 2001:db8:1::1/64 dev lan0 nodad\n"))

        let without = LinkPlan(configuration: InternetConfiguration(offersIPv6: false), tapOwner: 1000)
        #expect(!(without.makeLinks + without.bringUp).contains("2001:db8"))
        #expect(!without.settingsBeforeUp.contains { $0.name.hasPrefix("ipv6") })
    }
}

@Suite("Isolation")
struct IsolationTests {
    @Test("interfaces are read by name")
    func interfaces() {
        let text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
                lo:       0       0    0    0    0     0          0         0        0       0    0    0
              eth0: 8342000    9061    0    0    0     0          0         0   521094    5032    0    0
            """
        #expect(Isolation.interfaces(text) == ["lo", "eth0"])
    }

    @Test("a default route is found, and a route to a network is not taken for one")
    func defaultRoute() {
        let head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        let lan = "lan0\t0001020A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
        #expect(!Isolation.hasDefaultRoute(head + lan))
        #expect(Isolation.hasDefaultRoute(head + lan + "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"))
    }

    @Test("a default route for IPv6 is found, and the kernel's unreachable ones are not taken for one")
    func defaultRoute6() {
        let zero = String(repeating: "0", count: 32)
        let unreachable = "\(zero) 00 \(zero) 00 \(zero) ffffffff 00000001 00000000 00200200       lo\n"
        let lan =
            "20010db8000100000000000000000000 40 \(zero) 00 \(zero) 00000100 00000001 00000000 00000001     lan0\n"
        #expect(!Isolation.hasDefaultRoute6(unreachable + lan))
        let gateway = "fe800000000000000000000000000001"
        #expect(
            Isolation.hasDefaultRoute6(
                "\(zero) 00 \(zero) 00 \(gateway) 00000400 00000001 00000000 00000003     eth0\n"
            )
        )
    }
}
