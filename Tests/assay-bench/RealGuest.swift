import Foundation

/// The smallest reference image, in a machine with as much memory as a desktop has, and checkpoints of it.
struct RealGuest {
    static let system = "guest"
    static let mebibytes = 2048

    /// How much of its memory the guest uses.
    enum Filling: String, CaseIterable {
        case little = "little memory in use"
        case much = "1.5 GiB in use"

        /// The step that starts a scenario from the checkpoint.
        var checkpoint: String {
            switch self {
            case .little: "Given the guest is up"
            case .much: "Given much of its memory is in use"
            }
        }

        /// The steps by which the same state is reached without a checkpoint.
        var steps: [String] {
            switch self {
            // A system that answers is still busy with its start, and would go on with it in every clone.
            case .little:
                ["Given the computer is booted", "And the network is up"]
                    + Array(repeating: RealGuest.pause, count: 3)
            case .much: Self.little.steps + [RealGuest.fill]
            }
        }
    }

    // Steps that do nothing but run a command in the guest, for which the description of the bench's own system names
    // other commands than those that they are made for.

    /// Fills 1.5 GiB of memory with what can't be compressed.
    static let fill = "Given the firewall is switched off"
    /// Does nothing for four seconds.
    static let pause = "Given IPv6 is switched on"

    let image: URL
    private let workshop: Workshop

    /// Writes the system's description and its checkpoints into a workshop.
    init(_ image: URL, in workshop: Workshop, children: Int) throws {
        self.image = image
        self.workshop = workshop
        func write(_ text: String, to path: String) throws {
            try text.write(to: workshop.folder.appending(path: path), atomically: false, encoding: .utf8)
        }
        try write(Self.description, to: "features/systems/\(Self.system).yaml")
        try write(Self.policy, to: "features/systems/\(Self.system).policy.yaml")
        var states = [Feature.Scenario("the guest is up", Filling.little.steps)]
        states.append(.init("much of its memory is in use", [Filling.little.checkpoint, Self.fill]))
        for filling in Filling.allCases {
            for number in 1...max(children, 1) {
                // What is typed tells them apart: equal steps make one checkpoint, whatever its titles.
                let steps = [filling.checkpoint, "When I type \"\(number)\""]
                states.append(.init(Self.child(number, of: filling), steps))
            }
        }
        try write(Feature("states", states).text, to: "snapshots/checkpoints/states.feature")
    }

    /// The title of a checkpoint that is made from another one, only to be made.
    static func child(_ number: Int, of filling: Filling) -> String { "child \(number) of \(filling.rawValue)" }

    /// Runs scenarios that all have the same steps.
    func run<Seen: Sendable>(
        _ count: Int,
        steps: [String],
        options: [String] = [],
        watch: @escaping @Sendable (URL) async -> Seen
    ) async throws -> AssayRun<Seen> {
        try await run((1...count).map { .init("scenario \($0)", steps) }, options: options, watch: watch)
    }

    /// Runs scenarios that all have the same steps, and looks only at the record.
    func run(_ count: Int, steps: [String], options: [String] = []) async throws -> AssayRun<Void> {
        try await run(count, steps: steps, options: options, watch: { _ in })
    }

    /// Runs scenarios.
    func run<Seen: Sendable>(
        _ scenarios: [Feature.Scenario],
        options: [String] = [],
        watch: @escaping @Sendable (URL) async -> Seen
    ) async throws -> AssayRun<Seen> {
        try await workshop.run(
            feature: Feature("scenarios", scenarios),
            system: Self.system,
            image: image,
            options: options,
            watch: watch
        )
    }

    /// Has a checkpoint made, if there is none yet, so that no measured run has to.
    func prepare(_ filling: Filling) async throws {
        note("the checkpoint “\(filling.checkpoint.dropFirst("Given ".count))”")
        _ = try await run(1, steps: [filling.checkpoint])
    }

    /// The folder of the checkpoints.
    var cache: URL { workshop.cache }

    // MARK: - Texts

    private static let description = """
        version: 1
        name: \(system)
        policy: \(system).policy.yaml
        images:
          recipe: none
          sizes:
            - name: minimal
              memory: \(mebibytes)
        boot:
          menu: Assay reference
          bios:
            edit: [Tab]
            start: [Return]
          uefi:
            edit: [e, Down, Down, End]
            start: [ctrl+x]
          options:
            emulated: no_timer_check
        tor:
          configuration: none
          apply: none
          socks: 127.0.0.1:9050
        protection:
          firewall-off: \(fillCommand)
          ipv6-on: sleep 4
          drop-log: none

        """

    /// Also for the rivals' guests.
    static let fillCommand =
        "mkdir /run/fill && mount -t tmpfs -o size=90% none /run/fill && head -c 1536M /dev/urandom > /run/fill/noise"

    private static let policy = """
        version: 1
        name: \(system)
        ipv6: none
        real-hardware-addresses: forbidden
        allowed:
          - purpose: Getting an address on the local network
            dhcpv4:
              messages: [discover, request, decline, release]
              options: [50, 54, 55, 57]
              client-identifier: frame-source
          - purpose: Finding the stations of the local network
            arp:
              operations: [request, reply]

        """
}
