public import Diagnostics
public import GuestChannel
import LeakPolicy
import ScenarioWorlds
public import Screen
import Synchronization
import SystemPackage

/// A live system in a sandbox, one for each scenario: what steps act on.
public final class LiveSystem: Sendable {
    /// The machine.
    public let computer: Computer
    /// The traffic that leaves the machine.
    public let traffic: Traffic
    /// The closed internet that the machine is connected to.
    public let internet: Internet
    /// The network between the two, which may be hostile or bad.
    public let network: Network
    /// What is known of the system under test.
    package let description: SystemDescription

    /// What the guest sent beside what its world received.
    let accounts: Accounts
    let scenario: ScenarioContext
    let timeoutScale: Double
    let screenshots = Screenshots()
    let video: ScenarioVideo?
    private let kept = Mutex(Notes())
    private let torIsConnected = Mutex(false)
    let arranged = Mutex(Arranged())

    init(
        computer: Computer,
        traffic: Traffic,
        accounts: Accounts,
        internet: Internet,
        network: Network,
        settings: LiveSystemSettings,
        scenario: ScenarioContext,
        video: ScenarioVideo? = nil
    ) {
        self.computer = computer
        self.traffic = traffic
        self.accounts = accounts
        self.internet = internet
        self.network = network
        description = settings.description
        timeoutScale = settings.timeoutScale
        self.scenario = scenario
        self.video = video
    }

    // MARK: - For steps

    /// The screen of the machine.
    ///
    /// - Throws: ``ComputerError/off``.
    public var screen: Screen { get async throws { try await computer.screen } }

    /// The channel into the guest that does not go through its screen.
    ///
    /// - Throws: ``ComputerError/off``.
    public var guest: any GuestChannel { get async throws { try await computer.guest } }

    /// What one step of a scenario leaves for the next.
    public struct Notes: Sendable {
        /// The page that was fetched last.
        public var page = ""
        /// The addresses that were looked up last.
        public var addresses: [String] = []
        /// Where traffic was sent to last.
        public var destination: Destination?
    }

    /// What one step of a scenario leaves for the next.
    public var notes: Notes {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }

    /// A deadline, scaled to how slow the guest is.
    public func patience(seconds: Int) -> Duration { .seconds(seconds) * timeoutScale }

    /// Runs a command in the guest as root, which has to succeed.
    ///
    /// - Throws: ``CommandFailed``, or a `GuestChannelError`.
    @discardableResult
    public func require(_ command: String) async throws -> CommandResult {
        let result = try await guest.run(command, within: patience(seconds: 40))
        guard result.succeeded else { throw CommandFailed(command: command, result: result) }
        return result
    }

    /// Waits until the guest has an address of the simulated internet and a way to it.
    ///
    /// - Throws: ``NetworkDown``.
    public func waitForNetwork() async throws {
        scenario.phase("waiting for the network")
        let limit = patience(seconds: 20)
        guard await internet.hasLeased(within: limit) else { throw NetworkDown(limit: limit, routes: nil) }
        // The lease is given before the guest has taken it.
        let seconds = Int(limit.components.seconds)
        // Not a look for a default route: a server may give a way to everywhere in parts.
        let look = "ip -4 route get \(Internet.someAddress) >/dev/null 2>&1"
        let loop = "timeout \(seconds) sh -c 'until \(look); do sleep 0.1; done' && exit; ip -4 route; exit 1"
        let result = try await guest.run(loop, within: limit + patience(seconds: 5))
        guard result.succeeded else { throw NetworkDown(limit: limit, routes: result.standardOutput) }
    }

    /// Tells Tor in the guest of the simulated network, and waits until a page can be fetched through it.
    ///
    /// - Throws: ``CommandFailed``, or the reason why the simulated network is not up.
    public func connectTor() async throws {
        scenario.phase("setting the clock")
        try await guest.setTime()
        try await joinTorNetwork()
    }

    /// Connects Tor in a guest whose clock is right.
    private func joinTorNetwork() async throws {
        scenario.phase("waiting for the simulated Tor network")
        try await internet.waitUntilReady(within: patience(seconds: 60))
        scenario.phase("connecting Tor")
        let network = try await internet.clientConfiguration(within: patience(seconds: 60))
        let bridges = try await bridgeConfiguration()
        // Before Tor can know of it; and when its network works, Tor has no reason to look for it any more.
        traffic.enter(.bootstrapping)
        try await guest.writeFile(description.tor.configuration, Array("\(network)\n\(bridges)DisableNetwork 0\n".utf8))
        try await require(description.tor.apply)
        try await waitForCircuit()
        traffic.enter(.connected)
        internet.forgetWhatWasSeen()
        torIsConnected.withLock { $0 = true }
    }

    /// Starts Tor in the guest anew, and waits until it works again.
    ///
    /// - Throws: ``CommandFailed``.
    public func restartTor() async throws {
        scenario.phase("restarting Tor")
        traffic.enter(.bootstrapping)
        try await require(description.tor.apply)
        try await waitForCircuit()
        traffic.enter(.connected)
    }

    /// Waits until a page can be fetched through Tor.
    ///
    /// - Throws: ``CommandFailed``.
    public func waitForCircuit() async throws {
        // A page is the only honest sign that circuits work; the loop runs in the guest, with a deadline.
        let probe =
            "curl --silent --fail --max-time 10 --output /dev/null --socks5-hostname \(description.tor.socks) \(internet.probeURL)"
        let seconds = Int(patience(seconds: 40).components.seconds)
        let loop = "timeout \(seconds) sh -c 'until \(probe); do sleep 0.2; done'"
        let result = try await guest.run(loop, within: patience(seconds: 60))
        guard result.succeeded else { throw CommandFailed(command: probe, result: result) }
    }

    // MARK: - Checkpoints

    /// Goes on from the checkpoint that the scenario starts from, and brings clock and Tor to the present.
    ///
    /// - Throws: A ``ComputerError``, a `GuestChannelError`, or what ``connectTor()`` throws.
    package func restore() async throws {
        if let start = scenario.start { scenario.phase("going on from the checkpoint \(start.key.prefix(12))") }
        let world = try await computer.goOn()
        if world.guest.hasLease { internet.noteLease() }
        arranged.withLock { $0 = Arranged(usesBridges: world.guest.torUsesBridges, authority: world.guest.authority) }
        if let authority = world.guest.authority, try await internet.credentials().authority != authority {
            throw StateError.otherAuthority
        }
        // What does not answer yet, such as a boot menu, has no clock but the machine's, which goes with the host's.
        guard world.answers else { return }
        scenario.phase("setting the clock")
        try await guest.setTime()
        if world.guest.torIsConnected { try await joinTorNetwork() }
    }

    /// Keeps the state of the machine in the folder that the scenario names.
    ///
    /// - Throws: A ``ComputerError``, a `MachineError`, or `Errno` when there is no room.
    package func keepState() async throws {
        guard let folder = scenario.stateFolder else { return }
        guard network.troubles.isEmpty else { throw NetworkError.notKeepable(network.troubles) }
        scenario.phase("keeping the state")
        try await computer.keep(
            in: FilePath(folder),
            KeptState.Guest(
                hasLease: internet.guestHasLease,
                torIsConnected: torIsConnected.withLock { $0 },
                torUsesBridges: arranged.withLock { $0.usesBridges },
                internet: internet.state,
                authority: arranged.withLock { $0.authority },
                // Known when the capture is over.
                connections: []
            )
        )
    }
}

/// A guest that has no network though one is offered to it.
public struct NetworkDown: ExplainedError {
    /// How long was waited.
    public let limit: Duration
    /// The guest's routes; `nil` when it did not even take an address.
    public let routes: String?

    public var blame: Blame { .systemUnderTest }
    public var summary: String { "The system had to have a network within \(limit), and has none." }
    public var context: [String] {
        routes.map { $0.split(separator: "\n").map { "route: \($0)" } } ?? ["it has not taken an address by DHCP"]
    }
    public var hint: String? { "Look at names.log and at the capture: does the guest ask for an address?" }
}

/// A command in the guest that did not do what it had to.
public struct CommandFailed: ExplainedError {
    /// The command line.
    public let command: String
    /// What it did.
    public let result: CommandResult

    public var blame: Blame { .systemUnderTest }

    public var summary: String {
        "The guest had to run \(command.debugDescription) with success, and it ended with status \(result.exitStatus)."
    }

    public var context: [String] {
        (result.standardError + result.standardOutput).split(separator: "\n").suffix(8).map { "output: \($0)" }
    }
}
