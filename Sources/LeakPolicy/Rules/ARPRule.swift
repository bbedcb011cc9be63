import PacketDecoding
import StrictYAML

/// Allows ARP about the guest's own subnet, in the name of the card that sends it.
struct ARPRule: Hashable, Sendable {
    enum Operation: String, Hashable, Sendable, CaseIterable {
        case request
        case reply
        /// Asking whether an address is taken, before the guest has one.
        case probe
        /// Telling the guest's address unasked.
        case announcement
    }

    let operations: Set<Operation>

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        var operations: Set<Operation> = []
        let names = Operation.allCases.map(\.rawValue).joined(separator: ", ")
        for element in try mapping.list("operations") {
            operations.insert(try element.parsed(as: "one of \(names)") { Operation(rawValue: $0) })
        }
        self.operations = operations
    }

    func verdict(on frame: DecodedFrame, _ ethernet: Ethernet, guest: GuestFacts) -> RuleVerdict {
        guard case .arp(let arp) = frame.content, arp.operation.rawValue <= 2 else { return .unconcerned }
        return flaw(of: arp, in: frame, ethernet, guest: guest).map { .broken($0) } ?? .allowed
    }

    private func flaw(of arp: ARP, in frame: DecodedFrame, _ ethernet: Ethernet, guest: GuestFacts) -> String? {
        let operation: Operation =
            arp.isProbe ? .probe : arp.isAnnouncement ? .announcement : arp.operation == .request ? .request : .reply
        if !operations.contains(operation) { return "an ARP \(operation.rawValue) is not allowed" }
        if !ethernet.tags.isEmpty { return "the frame has a VLAN tag" }
        if !frame.trailerIsZero { return "the padding behind the message is not zero" }
        if arp.senderHardware != ethernet.source {
            return "the sender \(arp.senderHardware) is not the frame's source \(ethernet.source)"
        }
        if operation != .probe, !guest.isHost(arp.sender) {
            return "the sender's address \(arp.sender) is not in the guest's subnet \(guest.subnet)"
        }
        if !guest.isHost(arp.target) {
            return "the target \(arp.target) is not in the guest's subnet \(guest.subnet)"
        }
        if arp.operation == .request, arp.targetHardware != .zero, arp.targetHardware != .broadcast {
            return "a request gives a hardware address for its target"
        }
        if operation == .reply, arp.targetHardware != ethernet.destination {
            return "a reply goes to another station than it names"
        }
        return nil
    }
}
