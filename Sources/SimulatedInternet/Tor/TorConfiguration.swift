package import SystemPackage

/// Configuration texts of the private network, after tor(1).
package struct TorConfiguration: Sendable {
    let plans: [TorNodePlan]
    /// By nickname.
    ///
    /// Empty while the keys are made.
    let identities: [String: TorNodeIdentity]
    /// Whether the relays begin with a directory in which all of them stand.
    let isSettled: Bool
    /// When the relays are started, in seconds since 1970.
    let start: Int

    /// Creates the configuration of a network.
    package init(plans: [TorNodePlan], identities: [String: TorNodeIdentity], isSettled: Bool = true, start: Int = 0) {
        (self.plans, self.identities) = (plans, identities)
        (self.isSettled, self.start) = (isSettled, start)
    }

    /// The `DirAuthority` lines by which relays and clients find the network.
    private var authorityLines: [String] {
        let lines: [String] = plans.compactMap { plan in
            guard plan.kind == .authority, let identity = identities[plan.nickname] else { return nil }
            guard let v3 = identity.authorityFingerprint else { return nil }
            let ports = "orport=\(TorNodePlan.orPort) no-v2 v3ident=\(v3) \(plan.address):\(TorNodePlan.dirPort)"
            return "DirAuthority \(plan.nickname) \(ports) \(identity.fingerprint)"
        }
        // A test network has to name an authority, even while there is none yet.
        let nobody = String(repeating: "F", count: 40)
        return lines.isEmpty ? ["DirAuthority nobody orport=1 no-v2 v3ident=\(nobody) 127.0.0.1:1 \(nobody)"] : lines
    }

    /// The `FallbackDir` lines: as the lists that Tor comes with, relays that clients ask before they know any.
    ///
    /// No relay here listens on a directory port; the one named is not used, since the OR port is known.
    private var fallbackLines: [String] {
        plans.compactMap { plan in
            guard plan.kind == .guard, let identity = identities[plan.nickname] else { return nil }
            let ports = "\(plan.address):\(TorNodePlan.dirPort) orport=\(TorNodePlan.orPort)"
            return "FallbackDir \(ports) id=\(identity.fingerprint)"
        }
    }

    /// Names the file that says which resolver a relay asks.
    static func resolverFile(in folder: FilePath) -> FilePath { folder.appending("resolv.conf") }

    /// The torrc of a relay whose data is in `folder`.
    package func torrc(of plan: TorNodePlan, in folder: FilePath) -> String {
        var lines = [
            "TestingTorNetwork 1",
            "AssumeReachable 1",
            "PathsNeededToBuildCircuits 0.67",
            "Nickname \(plan.nickname)",
            "DataDirectory \(folder)",
            "Log notice stdout",
            "LogTimeGranularity 1",
            "SafeLogging 0",
            "Address \(plan.address)",
            "OutboundBindAddress \(plan.address)",
            "ORPort \(plan.address):\(TorNodePlan.orPort) IPv4Only",
            "SocksPort 0",
            "ContactInfo nobody@example.invalid",
            "ShutdownWaitLength 0",
            // More would be one more thread, and its memory, for each CPU and relay.
            "NumCPUs 1",
            "MaxMemInQueues 256 MB",
            "DirReqStatistics 0",
            "ServerDNSResolvConfFile \(Self.resolverFile(in: folder))",
            "ServerDNSDetectHijacking 0",
            "ServerDNSTestAddresses",
            // Names are recorded as clients spell them.
            "ServerDNSRandomizeCase 0",
            plan.kind == .exit ? "ExitRelay 1" : "ExitRelay 0",
            plan.kind == .exit ? "ExitPolicy accept *:*" : "ExitPolicy reject *:*",
        ]
        switch plan.kind {
        case .authority: lines += authorityOptions(plan)
        case .bridge: lines += bridgeOptions(plan)
        // No client asks it for directories, and keeping them packed for clients takes 50 MB.
        case .exit: lines.append("DirCache 0")
        case .guard: break
        }
        return (lines + authorityLines).map { $0 + "\n" }.joined()
    }

    private func authorityOptions(_ plan: TorNodePlan) -> [String] {
        [
            "DirPort \(plan.address):\(TorNodePlan.dirPort)",
            "AuthoritativeDirectory 1",
            "V3AuthoritativeDirectory 1",
            // Nobody is more than one of these, so that the addresses a client connects to tell what for.
            "TestingDirAuthVoteExit \(addresses(.exit))",
            "TestingDirAuthVoteExitIsStrict 1",
            "TestingDirAuthVoteGuard \(addresses(.guard))",
            "TestingDirAuthVoteGuardIsStrict 1",
            "TestingDirAuthVoteHSDir *",
            "TestingMinExitFlagThreshold 0",
            "MinUptimeHidServDirectoryV2 0 seconds",
            "V3AuthNIntervalsValid 2",
        ] + votes
    }

    private func addresses(_ kind: TorRelay.Kind) -> String {
        plans.filter { $0.kind == kind }.map(\.address).joined(separator: ",")
    }

    /// When authorities vote.
    ///
    /// In a new network as often as Tor lets them: every 5 seconds until there is a consensus, then every 10, for the first
    /// may have been made before every relay had introduced itself. In a settled one seldom, since voting each 10 s costs
    /// a tenth of a core (and each 300 s fails at times).
    private var votes: [String] {
        let (first, later, delay) = isSettled ? (60, 60, 5) : (5, 10, 2)
        // The first consensus follows the start by so much that relays have introduced themselves: a settled network
        // begins with a directory that is better than a poor new one. Intervals are counted from midnight on.
        let offset = (start + (isSettled ? 45 : 8)) % first
        return [("TestingV3AuthInitial", first), ("V3Auth", later)].flatMap { prefix, interval in
            ["\(prefix)VotingInterval \(interval)", "\(prefix)VoteDelay \(delay)", "\(prefix)DistDelay \(delay)"]
        } + ["TestingV3AuthVotingStartOffset \(offset)"]
    }

    /// Whether a consensus (dir-spec, one line `r NICKNAME …` a relay) lists every relay that is no bridge.
    package func isComplete(_ consensus: String) -> Bool {
        let listed = consensus.split(separator: "\n").filter { $0.hasPrefix("r ") }.compactMap {
            $0.split(separator: " ").dropFirst().first.map(String.init)
        }
        return plans.allSatisfy { $0.kind == .bridge || listed.contains($0.nickname) }
    }

    private func bridgeOptions(_ plan: TorNodePlan) -> [String] {
        [
            "BridgeRelay 1",
            "BridgeDistribution none",
            "PublishServerDescriptor 0",
            "ServerTransportPlugin obfs4 exec /usr/bin/obfs4proxy",
            "ServerTransportListenAddr obfs4 \(plan.entry)",
            "ExtORPort auto",
        ]
    }

    /// The torrc lines that make a client use this network and no other.
    var client: String {
        let lines = [
            "TestingTorNetwork 1",
            "PathsNeededToBuildCircuits 0.67",
            // A test network switches this off; a live system must keep refusing private addresses.
            "ClientRejectInternalAddresses 1",
        ]
        return (lines + authorityLines + fallbackLines).map { $0 + "\n" }.joined()
    }

    /// The network as clients see it.
    package func network() -> TorNetwork {
        let relays = plans.compactMap { plan in
            identities[plan.nickname].map {
                TorRelay(
                    nickname: plan.nickname,
                    kind: plan.kind,
                    address: plan.address,
                    orPort: TorNodePlan.orPort,
                    dirPort: plan.dirPort,
                    fingerprint: $0.fingerprint
                )
            }
        }
        let bridges = plans.compactMap { plan -> String? in
            guard plan.kind == .bridge, let identity = identities[plan.nickname] else { return nil }
            return identity.bridgeArguments.map { "obfs4 \(plan.entry) \(identity.fingerprint) \($0)" }
        }
        return TorNetwork(relays: relays, clientConfiguration: client, bridgeLines: bridges)
    }
}
