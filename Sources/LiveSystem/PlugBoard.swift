import Diagnostics
import LeakPolicy
import PacketCapture
import PacketDecoding
import ScenarioWorlds
import SimulatedInternet
import Synchronization
import SystemPackage
import Verdicts
import VirtualMachines

/// Where network cards are plugged in while the machine runs.
///
/// Each gets a port of its own, and a capture that has proven itself and a judge before the card exists, so that not even
/// its first frame can pass unseen. They stay until the machine is gone or the card is plugged out.
actor PlugBoard {
    private struct Slot {
        let card: MachineDescription.NetworkCard
        let judge: CardJudge
        let capture: PacketCapture
        var isOpen = true
    }

    /// The addresses that cards come with, the one that is there from the start first; none may be seen on the wire.
    static let hardwareAddresses = (0...SimulatedInternet.mostMorePorts).map {
        let last = String(0x0e + $0, radix: 16)
        return "52:54:00:5a:11:" + (last.count == 1 ? "0\(last)" : last)
    }

    private let internet: SimulatedInternet
    private let policy: ResolvedLeakPolicy
    private let traffic: Traffic
    private let accounts: Accounts
    private let scenario: ScenarioContext
    /// The card that is there from the start.
    nonisolated let first: MachineDescription.NetworkCard

    private var slots: [Slot] = []
    private var evidence: [CaptureEvidence] = []
    private var doubts: [String] = []

    init(
        internet: SimulatedInternet,
        policy: ResolvedLeakPolicy,
        traffic: Traffic,
        accounts: Accounts,
        scenario: ScenarioContext
    ) {
        (self.internet, self.policy, self.traffic) = (internet, policy, traffic)
        (self.accounts, self.scenario) = (accounts, scenario)
        first = .init("card", address: Self.hardwareAddresses[0], tap: internet.guestPort.tap)
    }

    /// Makes everything ready for one more card, and says what to plug in.
    func makeCard() async throws -> MachineDescription.NetworkCard {
        let number = slots.count + 1
        let port = try await internet.addPort(number)
        let card = MachineDescription.NetworkCard(
            "card-\(number + 1)",
            address: Self.hardwareAddresses[number],
            tap: port.tap
        )
        let judge = CardJudge(
            card.name,
            LeakJudge(policy: policy, guest: try GuestFacts(of: port, hardwareAddresses: Self.hardwareAddresses)),
            traffic
        )
        traffic.tellPhases(to: judge)
        let (accounts, scenario) = (accounts, scenario)
        let folder = FilePath(scenario.evidenceFolder)
        try RunDescription(policy.policy, internet, port, hardwareAddresses: Self.hardwareAddresses)
            .write(to: folder.appending(Self.descriptionFile(card.name)))
        let capture = try await PacketCapture.open(
            on: port.tap,
            writingTo: folder.appending(Self.file(card.name)),
            deliver: { frame in
                let comment = judge.judge(frame)
                accounts.book(frame, isReported: comment != nil)
                return comment
            },
            alarm: { scenario.interruption.interrupt(with: LeakError.inconclusive(reasons: $0)) }
        )
        judge.attach(capture)
        slots.append(Slot(card: card, judge: judge, capture: capture))
        return card
    }

    /// Ends the capture of a card that the guest no longer has.
    func cardIsOut(_ name: String) async {
        guard let index = slots.firstIndex(where: { $0.card.name == name && $0.isOpen }) else { return }
        slots[index].isOpen = false
        evidence.append(await slots[index].capture.close())
        slots[index].judge.finish()
    }

    /// The name of the card that was plugged in last, if it is still there.
    var lastCard: String? { slots.last { $0.isOpen }?.card.name }

    /// How many frames of a card were reported.
    func findings(of name: String) -> Int { slots.first { $0.card.name == name }?.judge.findings ?? 0 }

    /// Compares the cards that the machine says it has with those that are captured.
    func audit(_ machine: Machine) async {
        let captured = Set([first.name] + slots.filter(\.isOpen).map(\.card.name))
        do {
            for card in try await machine.networkCards() where !captured.contains(card) {
                doubts.append("The machine has a network card, \(card), that nobody captures.")
            }
        } catch MachineError.isOff {
            return
        } catch {
            doubts.append("The machine could not be asked for its network cards: \(error)")
        }
    }

    /// Ends the captures that are still open; the machine has to be gone.
    func close() async -> [CaptureEvidence] {
        for name in slots.filter(\.isOpen).map(\.card.name) { await cardIsOut(name) }
        return evidence
    }

    /// Whether every card was captured all the time.
    var condition: ConditionReport {
        let reasons =
            doubts
            + evidence.flatMap { evidence in evidence.reasons.map { "\(evidence.interface): \($0)" } }
            + slots.flatMap { slot in slot.judge.doubts.map { "\(slot.card.name): \($0)" } }
        let counts =
            evidence.map {
                "\($0.interface): \($0.framesFromGuest) frames from the guest and \($0.framesToGuest) to it"
            }
        return ConditionReport(
            name: "cards",
            state: reasons.isEmpty ? .held : .unproven,
            word: reasons.isEmpty ? "captured" : "inconclusive",
            summary: reasons.first
                ?? (slots.isEmpty
                    ? "The machine had one network card." : "Each of \(slots.count + 1) network cards was captured."),
            details: reasons + counts
        )
    }

    private static func file(_ card: String) -> String { "traffic-\(card).pcapng" }
    private static func descriptionFile(_ card: String) -> String { "traffic-\(card).run.yaml" }

    /// The captures, as they lie in the evidence folder.
    var files: [String] { slots.map { Self.file($0.card.name) } }
    /// What is known of the run that they were made in.
    var descriptionFiles: [String] { slots.map { Self.descriptionFile($0.card.name) } }
}
