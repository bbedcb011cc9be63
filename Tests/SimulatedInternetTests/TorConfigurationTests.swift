import SimulatedInternet
import SystemPackage
import Testing

private let key = String(repeating: "A1", count: 20)
private let long = String(repeating: "B2", count: 20)

@Suite("Tor configuration")
struct TorConfigurationTests {
    private let plans = TorNodePlan.nodes(TorNetworkSize(authorities: 2, guards: 2, exits: 1, bridges: 1))
    private var configuration: TorConfiguration {
        TorConfiguration(
            plans: plans,
            identities: [
                "authority1": TorNodeIdentity(fingerprint: key, authorityFingerprint: long),
                "authority2": TorNodeIdentity(fingerprint: key, authorityFingerprint: long),
                "guard1": TorNodeIdentity(fingerprint: key),
                "guard2": TorNodeIdentity(fingerprint: long),
                "exit1": TorNodeIdentity(fingerprint: key),
                "bridge1": TorNodeIdentity(fingerprint: key, bridgeArguments: "cert=abc iat-mode=0"),
            ]
        )
    }

    private func torrc(_ nickname: String) throws -> String {
        let plan = try #require(plans.first { $0.nickname == nickname })
        return configuration.torrc(of: plan, in: FilePath("/scratch/\(nickname)"))
    }

    @Test("a client knows the authorities and leaves DisableNetwork to its owner")
    func client() {
        let network = configuration.network()
        for line in [
            "DirAuthority authority2 orport=9001 no-v2 v3ident=\(long) 192.0.2.12:9030 \(key)\n",
            "FallbackDir 192.0.2.22:9030 orport=9001 id=\(long)\n",
        ] { #expect(network.clientConfiguration.contains(line)) }
        #expect(network.clientConfiguration.contains("ClientRejectInternalAddresses 1\n"))
        #expect(!network.clientConfiguration.contains("DisableNetwork"))
        #expect(network.bridgeLines == ["obfs4 203.0.113.11:9443 \(key) cert=abc iat-mode=0"])
        #expect(network.relays.map(\.nickname) == ["authority1", "authority2", "guard1", "guard2", "exit1", "bridge1"])
        #expect(network.relays.map(\.dirPort) == [9030, 9030, nil, nil, nil, nil])
    }

    @Test("only exits connect to the web, and only authorities vote")
    func roles() throws {
        #expect(try torrc("exit1").contains("ExitPolicy accept *:*\n"))
        #expect(try !torrc("exit1").contains("DirPort"))
        for other in ["authority1", "guard1", "bridge1"] {
            #expect(try torrc(other).contains("ExitPolicy reject *:*\n"))
        }
        #expect(try torrc("authority1").contains("V3AuthoritativeDirectory 1\n"))
        // Strictly: no exit and no authority is ever entered by.
        #expect(try torrc("authority1").contains("TestingDirAuthVoteGuard 192.0.2.21,192.0.2.22\n"))
        #expect(try torrc("authority1").contains("TestingDirAuthVoteGuardIsStrict 1\n"))
        #expect(try torrc("authority1").contains("TestingDirAuthVoteExit 198.51.100.61\n"))
        #expect(try torrc("authority1").contains("TestingDirAuthVoteExitIsStrict 1\n"))
        #expect(try !torrc("bridge1").contains("V3AuthoritativeDirectory"))
        #expect(try torrc("bridge1").contains("ServerTransportListenAddr obfs4 203.0.113.11:9443\n"))
    }

    @Test("a directory is complete when every relay but the bridge stands in it")
    func completeDirectory() {
        func directory(_ nicknames: String...) -> String {
            nicknames.map { "r \($0) AAAA 2026-01-01 00:00:00 192.0.2.1 9001 0\ns Exit\n" }.joined()
        }
        #expect(configuration.isComplete(directory("exit1", "guard2", "authority2", "guard1", "authority1")))
        #expect(!configuration.isComplete(directory("guard1", "guard2", "authority2", "authority1")))
        #expect(!configuration.isComplete(directory("guard1", "guard2", "authority2", "authority1", "exit10")))
        #expect(!configuration.isComplete(""))
    }

    @Test("a network without a complete directory votes again soon, a settled one seldom")
    func votes() throws {
        let plan = try #require(plans.first)
        let young = TorConfiguration(plans: plans, identities: [:], isSettled: false, start: 1_700_000_001)
        #expect(young.torrc(of: plan, in: "/scratch/a").contains("V3AuthVotingInterval 10\n"))
        #expect(try torrc("authority1").contains("V3AuthVotingInterval 60\n"))
        // 8 seconds after its start, by intervals of 5 seconds from midnight on; that start is a second after one.
        #expect(young.torrc(of: plan, in: "/scratch/a").contains("TestingV3AuthVotingStartOffset 4\n"))
    }

    @Test("while keys are made no public authority is named")
    func keysOnly() throws {
        let plan = try #require(plans.first)
        let text = TorConfiguration(plans: [plan], identities: [:]).torrc(of: plan, in: "/scratch/a")
        #expect(text.contains("DirAuthority nobody orport=1 "))
    }

    @Test("destinations are where clients connect to: no directory port, no bridge's OR port")
    func destinations() throws {
        let groups = SimulatedInternet.destinations(InternetConfiguration())
        let relays = try #require(groups["tor-relays"])
        #expect(relays.count == 5)
        #expect(relays.allSatisfy { $0.port == 9001 })
        let roles = ["tor-authorities", "tor-guards", "tor-exits"].map { groups[$0] ?? [] }
        #expect(roles.allSatisfy { !$0.isEmpty } && roles.reduce(0) { $0 + $1.count } == relays.count)
        #expect(roles.reduce([]) { $0.union($1) } == relays)
        #expect(groups["tor-bridges"] == [ServiceEndpoint(address: "203.0.113.11", port: 9443)])
        let v4 = SimulatedInternet.destinations(InternetConfiguration(offersIPv6: false))
        #expect(v4["web"] == [ServiceEndpoint(address: "203.0.113.80", port: 80)])
        #expect(groups["web"]?.count == 2)
    }
}

@Suite("Tor's programs")
struct TorProgramTests {
    @Test("a fingerprint is read in both spellings, and nothing else is taken for one")
    func fingerprint() {
        let groups = "exit1 9C11 264B E47E CE94 855A E3FB F94E 4308 98C8 721F"
        #expect(TorKeys.fingerprint(endOf: groups) == "9C11264BE47ECE94855AE3FBF94E430898C8721F")
        #expect(
            TorKeys.fingerprint(endOf: "fingerprint 7b034df27adf49ba18d4c2702f8184fafe4105e6")
                == "7B034DF27ADF49BA18D4C2702F8184FAFE4105E6"
        )
        #expect(TorKeys.fingerprint(endOf: "fingerprint 7b034df27adf") == nil)
        #expect(TorKeys.fingerprint(endOf: String(repeating: "g", count: 40)) == nil)
    }

    @Test("a transport's answer becomes the end of a bridge line")
    func bridgeArguments() {
        let output = "VERSION 1\nSMETHOD obfs4 127.0.0.1:4242 ARGS:cert=AB/c+d,iat-mode=0\nSMETHODS DONE\n"
        #expect(TorKeys.bridgeArguments(output) == "cert=AB/c+d iat-mode=0")
        #expect(TorKeys.bridgeArguments("VERSION 1\nSMETHOD-ERROR obfs4 no\n") == nil)
    }

    @Test("a version is fit for a folder's name")
    func version() {
        #expect(TorService.version("Tor version 0.4.9.11.\nThis build …\n") == "0.4.9.11")
        #expect(TorService.version("Tor version 0.4.7.16-dev (git-1).\n") == "0.4.7.16-dev")
        #expect(TorService.version("Tor version ../../x\n") == nil)
        #expect(TorService.version("") == nil)
    }

    @Test("keys and directories are kept, locks and statistics are not")
    func kept() {
        for name in ["keys", "pt_state", "fingerprint", "fingerprint-ed25519", "cached-microdesc-consensus"] {
            #expect(TorCache.isKept(name))
        }
        for name in [
            "lock", "state", "torrc", "resolv.conf", "diff-cache", "key-pinning-journal", "cached-microdescs.new.tmp",
        ] {
            #expect(!TorCache.isKept(name))
        }
    }
}
