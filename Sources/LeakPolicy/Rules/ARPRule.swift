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

    /// Whose address the guest may tell as its own.
    enum Sender: String, Hashable, Sendable, CaseIterable {
        /// Any of the subnet.
        case subnet
        /// The one that the server gave it last.
        case leased
    }

    private let operations: Set<Operation>
    private let sender: Sender
    /// What may be sent while the guest has no address.
    private let beforeLease: Set<Operation>

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        operations = try mapping.cases("operations")
        sender = try mapping.optionalCase("sender") ?? .subnet
        beforeLease = try mapping.optionalCases("before-lease") ?? Set(Operation.allCases)
    }

    func verdict(on frame: DecodedFrame, guest: GuestFacts, state: GuestState) -> RuleVerdict {
        guard case .arp(let arp) = frame.content, arp.operation.rawValue <= 2 else { return .unconcerned }
        return RuleVerdict(flaw(of: arp, in: frame, guest: guest, state: state))
    }

    private func flaw(
        of arp: ARP,
        in frame: DecodedFrame,
        guest: GuestFacts,
        state: GuestState
    ) -> Flaw? {
        let operation: Operation =
            arp.isProbe ? .probe : arp.isAnnouncement ? .announcement : arp.operation == .request ? .request : .reply
        if !operations.contains(operation) {
            return Flaw(.arpOperation, "an ARP \(operation.rawValue) is not allowed")
        }
        if state.lease == nil, !beforeLease.contains(operation) {
            return Flaw(.arpBeforeLease, "an ARP \(operation.rawValue) is not allowed before the guest has an address")
        }
        if let flaw = flawOfLink(frame) { return flaw }
        if let source = frame.link.source, arp.senderHardware != source {
            let reason = "the sender \(arp.senderHardware) is not the frame's source \(source)"
            return Flaw(.arpSenderHardware, reason)
        }
        if operation != .probe, !guest.isHost(arp.sender) {
            return Flaw(.arpSender, "the sender's address \(arp.sender) is not in the guest's subnet \(guest.subnet)")
        }
        if operation != .probe, sender == .leased, arp.sender != state.lease {
            return Flaw(.arpSender, "the sender's address \(arp.sender) is not the one that the server gave")
        }
        if !guest.isHost(arp.target) {
            return Flaw(.arpTarget, "the target \(arp.target) is not in the guest's subnet \(guest.subnet)")
        }
        if arp.operation == .request, arp.targetHardware != .zero, arp.targetHardware != .broadcast {
            return Flaw(.arpTargetHardware, "a request gives a hardware address for its target")
        }
        if operation == .reply, !frame.link.canBeFor(arp.targetHardware) {
            return Flaw(.arpStation, "a reply goes to another station than it names")
        }
        return nil
    }
}
