import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let authority = guest.tcp(to: TrialPolicy.authority)
private let opening = guest.tcp(to: TrialPolicy.directory)
private let secondOpening = {
    var builder = guest
    builder.sequence &+= 77_777
    return builder.tcp(to: TrialPolicy.directory)
}()
private let ending = guest.tcp(to: TrialPolicy.directory, flags: 0x11, acknowledgement: 9)

extension LeakTrial {
    /// What no single frame can break: when, how much, where to, who.
    static let runTrials: [LeakTrial] = [
        LeakTrial(
            .phase,
            leak: Side("an authority asked once Tor is connected", [.entered(.connected), .sent(authority)]),
            neighbour: Side("an authority asked while Tor starts", [.entered(.bootstrapping), .sent(authority)])
        ),
        LeakTrial(
            .phase,
            leak: Side("a relay before the user's choice", [.entered(.greeter), .sent(guest.tcp(to: World.relay))]),
            neighbour: Side(
                "a relay afterwards",
                [.entered(.greeter), .entered(.bootstrapping), .sent(guest.tcp(to: World.relay))]
            )
        ),
        LeakTrial(
            .phase,
            leak: Side("DHCP of a system that is to be offline", [.entered(.offline), .sent(World.discover())]),
            neighbour: Side("DHCP while it boots", [.entered(.boot), .sent(World.discover())])
        ),
        LeakTrial(
            .phase,
            leak: Side(
                "a directory that is connected to once Tor is connected",
                [.entered(.bootstrapping), .sent(guest.tcp(to: World.relay)), .entered(.connected), .sent(opening)]
            ),
            neighbour: Side(
                "the end of a connection that was opened before",
                [.entered(.bootstrapping), .sent(opening), .entered(.connected), .sent(ending)]
            )
        ),
        LeakTrial(
            .phase,
            leak: Side(
                "a second connection with the ports of such a one",
                [.entered(.bootstrapping), .sent(opening), .entered(.connected), .sent(ending), .sent(secondOpening)]
            ),
            neighbour: Side(
                "a second one while Tor starts again",
                [
                    .entered(.bootstrapping), .sent(opening), .entered(.connected), .sent(ending),
                    .entered(.bootstrapping), .sent(secondOpening),
                ]
            )
        ),
        LeakTrial(
            .phase,
            leak: Side(
                "another connection after one that nobody answered",
                [.entered(.bootstrapping), .sent(opening), .entered(.connected), .sent(secondOpening)]
            ),
            neighbour: Side(
                "the one that nobody answered, tried again",
                [.entered(.bootstrapping), .sent(opening), .entered(.connected), .sent(opening)]
            )
        ),
        LeakTrial(
            .phase,
            leak: Side("a segment of a connection that nobody saw opened", [.entered(.connected), .sent(ending)]),
            neighbour: Side("such a segment while Tor starts", [.entered(.bootstrapping), .sent(ending)])
        ),
        LeakTrial(
            .unknownPhase,
            leak: Side("a relay when nobody says which phase it is", [.sent(guest.tcp(to: World.relay))]),
            neighbour: Side("a relay when somebody does", [.entered(.connected), .sent(guest.tcp(to: World.relay))])
        ),
        LeakTrial(
            .firstFrame,
            leak: Side(
                "a relay before anything of the link",
                by: .timed,
                [.entered(.connected), .sent(guest.tcp(to: World.relay))]
            ),
            neighbour: Side(
                "a relay after the link",
                by: .timed,
                [.entered(.connected), .sent(guest.arp(target: World.gateway)), .sent(guest.tcp(to: World.relay))]
            )
        ),
        LeakTrial(
            .firstFrame,
            leak: Side(
                "the same at the second boot",
                by: .timed,
                [
                    .entered(.boot), .sent(guest.arp(target: World.gateway)), .entered(.boot), .entered(.connected),
                    .sent(guest.tcp(to: World.relay)),
                ]
            ),
            neighbour: Side(
                "the link first at both boots",
                by: .timed,
                [
                    .entered(.boot), .sent(guest.arp(target: World.gateway)), .entered(.boot),
                    .sent(guest.arp(target: World.gateway)),
                ]
            )
        ),
        LeakTrial(
            .volume,
            leak: Side(
                "any frame of a system that is to be silent",
                by: .timed,
                [.entered(.offline), .sent(guest.arp(target: World.gateway))]
            ),
            neighbour: Side(
                "the frame in another phase",
                by: .timed,
                [.entered(.greeter), .sent(guest.arp(target: World.gateway))]
            )
        ),
        LeakTrial(
            .volume,
            leak: Side("five frames within a minute", by: .timed, [.entered(.connected)] + spread(over: 14)),
            neighbour: Side("five frames in four minutes", by: .timed, [.entered(.connected)] + spread(over: 50))
        ),
        LeakTrial(
            .distinctDestinations,
            leak: Side("a third entry relay", frames: TrialPolicy.relays.map { guest.tcp(to: $0) }),
            neighbour: Side(
                "two entry relays, again and again",
                frames: (TrialPolicy.relays.prefix(2) + TrialPolicy.relays.prefix(2)).map { guest.tcp(to: $0) }
            )
        ),
        LeakTrial(
            .foreignOwner,
            leak: Side(
                "another user's connection",
                [
                    .entered(.connected), .sent(guest.tcp(to: World.ssh)),
                    .attributed(flow, TrafficOwner(user: "root", process: "/usr/bin/ssh")),
                ]
            ),
            neighbour: Side("the user's own", proven)
        ),
        LeakTrial(
            .foreignOwner,
            leak: Side(
                "another program's connection",
                [
                    .entered(.connected), .sent(guest.tcp(to: World.ssh)),
                    .attributed(flow, TrafficOwner(user: "amnesia", process: "/usr/bin/curl")),
                ]
            ),
            neighbour: Side("the right program's", proven)
        ),
        LeakTrial(
            .unprovenOwner,
            leak: Side(
                "a connection that nobody tells the owner of",
                [.entered(.connected), .sent(guest.tcp(to: World.ssh)), .ended]
            ),
            neighbour: Side("one that was told", proven)
        ),
    ]

    private static let flow = Flow(
        protocol: .tcp,
        source: .endpoint(World.at(40_000, World.lease)),
        destination: .endpoint(World.ssh)
    )

    private static let proven: [Event] = [
        .entered(.connected), .sent(guest.tcp(to: World.ssh)),
        .attributed(flow, TrafficOwner(user: "amnesia", process: "/usr/bin/ssh")), .ended,
    ]

    private static func spread(over seconds: UInt64) -> [Event] {
        (0..<5).flatMap { _ -> [Event] in [.sent(guest.arp(target: World.gateway)), .waited(seconds)] }
    }
}
