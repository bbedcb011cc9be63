import LeakPolicy
import OfflineJudging
import StrictYAML

/// A policy in which everything is judged that can be, and a run of which everything is known, for ``TorMix``.
enum EveryRule {
    static func policy(identity: String = "forbidden") -> String {
        """
        version: 1
        name: bench, every rule
        ipv6: none
        real-hardware-addresses: \(identity)
        planted-secrets: \(identity)
        most-hardware-addresses: 1
        limits:
          - purpose: Not without end
            phases: [connected]
            bytes-per-minute: 1000000000000
        allowed:
          - purpose: Tor relays
            phases: [bootstrapping, connected]
            tcp:
              to: [relays]
              except: [authorities]
              opens-with: tls
              direction: outgoing
              time-to-live: [64]
              distinct-destinations: 8
          - purpose: Names
            dns:
              to: ["10.2.1.1:53"]
              names: [portal.test]
          - purpose: Addresses
            dhcpv4:
              messages: [discover, request, release]
              options: [50, 54, 55, 57]
              client-identifier: frame-source
          - purpose: Stations
            arp:
              operations: [request, reply]

        """
    }

    static let run = """
        version: 1
        subnet: 10.2.1.0/24
        gateway: 10.2.1.1
        real-hardware-addresses: ["52:54:00:12:34:56"]
        phase: connected
        groups:
          relays: ["198.51.100.0/24:9001"]
          authorities: ["192.0.2.99:9001"]
        secrets:
          hostname: amnesia-host
          serial: QM00042-SERIAL
          machine: 0123456789abcdef0123456789abcdef
          canary: canary-file-7251

        """

    static func terms(identity: String = "forbidden") throws -> (ResolvedLeakPolicy, GuestFacts) {
        let facts = try RunFacts(yaml: run, file: "run.yaml")
        let policy = try LeakPolicy(yaml: policy(identity: identity), file: "every-rule.policy.yaml")
        return (try policy.resolved(to: facts.groups), try facts.guest())
    }
}
