import PacketDecoding
import StrictYAML

/// Allows what stations of one link tell each other below the Internet's packets, each protocol by its name only.
struct LinkRule: Hashable, Sendable {
    enum Name: String, Hashable, Sendable, CaseIterable {
        case lldp, eapol, lacp, pause, cdp, rarp
        case spanningTree = "spanning-tree"
    }

    private let names: Set<Name>

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        names = try mapping.cases("protocols")
    }

    func verdict(on frame: DecodedFrame) -> RuleVerdict {
        let name: Name? =
            switch LeakCheck(unallowed: frame) {
            case .lldp: .lldp
            case .eapol: .eapol
            case .slowProtocol: .lacp
            case .pause: .pause
            case .cdp: .cdp
            case .rarp: .rarp
            case .spanningTree: .spanningTree
            default: nil
            }
        guard let name, names.contains(name) else { return .unconcerned }
        return RuleVerdict(flawOfLink(frame))
    }
}
