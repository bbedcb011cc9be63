import HostileNetwork
import PacketDecoding
import SimulatedInternet
public import StepDefinitions

/// A way in which the network turns against the system, by the name that features use.
public enum Hostility: String, Sendable, CaseIterable, StepArgument {
    case routerFlood = "a flood of router advertisements"
    case rogueLeases = "a rogue DHCP server"
    case gatewaySpoofing = "spoofing of the gateway"
    case forgedNames = "forged DNS answers"
    case resets = "resets of all connections"
    case blockedAuthorities = "blocking of the directory authorities"
    case blockedRelays = "blocking of all relays but bridges"
    case refusedRelays = "refusal of all relays but bridges"

    /// The attack, in a simulated internet.
    ///
    /// - Throws: A `SimulatedInternetError` when the internet has nothing of what is to be blocked.
    func attack(in internet: SimulatedInternet) throws -> any Attack {
        switch self {
        case .routerFlood: RouterFlood()
        case .rogueLeases:
            RogueLeases(
                onLease: { internet.noteForeignLease(of: $0.description, to: $1.description) },
                onMessage: { internet.noteForeignLeaseMessage() }
            )
        case .gatewaySpoofing:
            GatewayImpostor(
                gateway: IPv4Address(internet.guestPort.gateway) ?? .unspecified,
                gateways6: [internet.guestPort.gateway6, internet.guestPort.gatewayLinkLocal].compactMap {
                    $0.flatMap { IPv6Address($0) }
                }
            )
        case .forgedNames: NameForger()
        case .resets: ConnectionResets()
        case .blockedAuthorities:
            Censorship(of: "authorities", try internet.destinations(named: "tor-authorities"), by: .drop)
        case .blockedRelays: Censorship(of: "relays", try internet.destinations(named: "tor-relays"), by: .drop)
        case .refusedRelays: Censorship(of: "relays", try internet.destinations(named: "tor-relays"), by: .reset)
        }
    }
}
