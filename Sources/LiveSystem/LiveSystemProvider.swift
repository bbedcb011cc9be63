import ConnectionRecording
import Diagnostics
import Foundation
import LeakPolicy
import PacketCapture
import PacketDecoding
package import ScenarioWorlds
import SimulatedInternet
import SystemPackage
package import Verdicts
import VirtualMachines

/// Makes the world of a scenario inside a sandbox.
///
/// ```
/// simulated internet ──> capture ──> hypervisor ──> machines, as steps order them
///        links first      opened before and closed after every machine
/// ```
package struct LiveSystemProvider: WorldProvider {
    /// Private to the sandbox, and the same in every one, so that checkpoints can refer to it.
    private static let scratch: FilePath = "/run/assay"

    private let settings: LiveSystemSettings

    /// Creates a provider.
    package init(settings: LiveSystemSettings) { self.settings = settings }

    private static func timeServers(_ configuration: InternetConfiguration) -> Set<Endpoint> {
        let servers = SimulatedInternet.destinations(configuration)[InternetPart.time.rawValue] ?? []
        return Set(servers.compactMap { Endpoint($0.description) })
    }

    package func withWorld(
        for scenario: ScenarioContext,
        _ body: @escaping @Sendable (LiveSystem) async -> Void
    ) async throws -> [ConditionReport] {
        let (text, file) = settings.policy(for: scenario.tags)
        let policy = try LeakPolicy(yaml: text, file: file)
        let eyes = try Eyesight(settings)
        let accounts = Accounts(timeServers: Self.timeServers(settings.internet))
        // From before the first service until after the last, so that it has the end of every connection.
        let recorder = try ConnectionRecorder()
        let mode = MachineDescription.Video()
        let video = ScenarioVideo(settings.video, of: scenario, width: mode.width, height: mode.height)
        let ending = try await withSimulatedInternet(
            settings.internet,
            scratch: Self.scratch.appending("internet"),
            cache: FilePath(settings.cache).appending("internet")
        ) { internet in
            await recorder.proveAlive()
            let resolved = try policy.resolved(with: internet)
            let traffic = Traffic(
                policy: resolved,
                guest: try GuestFacts(of: internet.guestPort, hardwareAddresses: PlugBoard.hardwareAddresses),
                scenario: scenario
            )
            let board = PlugBoard(
                internet: internet,
                policy: resolved,
                traffic: traffic,
                accounts: accounts,
                scenario: scenario
            )
            let network = Network(internet, scenario: scenario, timeoutScale: settings.timeoutScale)
            let folder = FilePath(scenario.evidenceFolder)
            try RunDescription(policy, internet, internet.guestPort, hardwareAddresses: PlugBoard.hardwareAddresses)
                .write(to: folder.appending(RunDescription.file))
            let (result, evidence) = try await withPacketCapture(
                on: internet.guestPort.tap,
                writingTo: folder.appending("traffic.pcapng"),
                deliver: { frame in
                    let comment = traffic.judge(frame)
                    accounts.book(frame, isReported: comment != nil)
                    return comment
                },
                // A scenario that nobody watches proves nothing, however it would end.
                alarm: { scenario.interruption.interrupt(with: LeakError.inconclusive(reasons: $0)) }
            ) { capture in
                traffic.attach(capture)
                // The machines are gone, by whatever way, when this has returned: then the captures of cards can end.
                let result: Result<Void, any Error>
                do {
                    result = .success(
                        try await Self.filmed(by: video) {
                            try await withMachines(
                                traffic,
                                accounts,
                                board,
                                internet,
                                network,
                                eyes,
                                scenario,
                                video,
                                body
                            )
                        }
                    )
                } catch {
                    result = .failure(error)
                }
                return (result, await board.close())
            }
            // The action throws nothing: it returns how the machines ended.
            let (ended, others) = try result.get()
            recorder.takeStock()
            if let kept = scenario.stateFolder {
                try KeptState(folder: FilePath(kept)).note(accounts.openConnections)
            }
            return Ending(
                internet: internet,
                world: await internet.messages(atLeast: accounts.messages),
                captures: [evidence] + others,
                conditions: [traffic.report(evidence), await board.condition, network.report],
                framesKeptBack: network.framesKeptBack,
                files: await board.files,
                descriptionFiles: await board.descriptionFiles,
                hasFailedSteps: traffic.hasFailedSteps,
                result: ended
            )
        }
        let isGuest = try ending.internet.guestPort.guests()
        let conditions =
            ending.conditions + [
                accounts.report(
                    await recorder.close(),
                    ending.captures,
                    ending.world,
                    framesKeptBack: ending.framesKeptBack,
                    isGuest: isGuest
                )
            ]
        let isPlain = conditions.allSatisfy { $0.state == .held || $0.state == .brokenAsExpected }
        let hasWorked = if case .success = ending.result { true } else { false }
        await video?.conclude(isPlain: isPlain && hasWorked && !ending.hasFailedSteps)
        keepEvidence(
            of: ending.internet,
            ending.files,
            ending.descriptionFiles,
            scenario,
            explains: !isPlain || ending.hasFailedSteps
        )
        if case .failure(let error) = ending.result { throw BrokenWorld(cause: error, conditions: conditions) }
        return conditions
    }

    /// What is left of a world when its machines and services are gone.
    private struct Ending: Sendable {
        let internet: SimulatedInternet
        let world: WorldMessages
        let captures: [CaptureEvidence]
        let conditions: [ConditionReport]
        let framesKeptBack: Int
        /// Captures of cards that were plugged in.
        let files: [String]
        let descriptionFiles: [String]
        let hasFailedSteps: Bool
        let result: Result<Void, any Error>
    }

    /// Runs an action while a video is recorded, if one is wanted.
    private static func filmed(by video: ScenarioVideo?, _ action: @Sendable () async throws -> Void) async throws {
        if let video { try await video.record(action) } else { try await action() }
    }

    private func withMachines(
        _ traffic: Traffic,
        _ accounts: Accounts,
        _ board: PlugBoard,
        _ internet: SimulatedInternet,
        _ network: Network,
        _ eyes: Eyesight,
        _ scenario: ScenarioContext,
        _ video: ScenarioVideo?,
        _ body: @escaping @Sendable (LiveSystem) async -> Void
    ) async throws {
        scenario.phase("opening the hypervisor")
        try await withHypervisor(
            root: Self.scratch.appending("libvirt"),
            capabilitiesCache: FilePath(settings.cache).appending("libvirt")
        ) { hypervisor in
            let computer = Computer(
                hypervisor: hypervisor,
                settings: settings,
                board: board,
                traffic: traffic,
                scenario: scenario
            )
            let inquiry = LeakInquiry(
                traffic: traffic,
                computer: computer,
                commands: settings.description.attribution,
                limit: .seconds(3) * settings.timeoutScale,
                scenario: scenario
            )
            let system = LiveSystem(
                computer: computer,
                traffic: traffic,
                accounts: accounts,
                internet: Internet(internet),
                network: network,
                settings: settings,
                scenario: scenario,
                video: video
            )
            let unprepared: (any Error)? = await withTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { await computer.serve(eyes, video) }
                group.addTask { await network.serve() }
                group.addTask { await inquiry.serve() }
                do {
                    if let start = scenario.start {
                        // A guest that is connected to Tor finds its network when it goes on. Any other may never need
                        // one, and does not pay for it before a step asks.
                        let world = try await computer.prepare(start)
                        try await internet.goOn(from: world.guest.internet)
                        if world.guest.torIsConnected { internet.startTor() }
                        // Before the guest goes on, and with it what it remembers of its connections.
                        traffic.carryOver(world.guest.connections)
                        accounts.carryOver(world.guest.connections)
                        try RunDescription.add(
                            world.guest.connections,
                            to: FilePath(scenario.evidenceFolder).appending(RunDescription.file)
                        )
                    } else {
                        // Beside a boot it costs no time.
                        group.addTask {
                            await computer.waitForFirstStart()
                            internet.startTor()
                        }
                    }
                } catch {
                    return error
                }
                await body(system)
                await traffic.settle()
                await computer.cutPower()
                return nil
            }
            if let unprepared { throw unprepared }
        }
    }

    /// Keeps what the machines wrote, and the capture; what the services wrote only when it has something to explain.
    ///
    /// What explains most comes last: reports name the latest first.
    private func keepEvidence(
        of internet: SimulatedInternet,
        _ captures: [String],
        _ descriptions: [String],
        _ scenario: ScenarioContext,
        explains: Bool
    ) {
        let names = internet.namesResolvedAtExits.map { "\($0.name ?? "(unprintable)") \($0.type) by \($0.client)" }
        if !names.isEmpty {
            scenario.attach(names.joined(separator: "\n"), mediaType: "text/plain", name: "names-resolved-at-exits.txt")
        }
        for file in explains ? internet.evidenceFiles : [] {
            let name = file.lastComponent?.string ?? "log"
            scenario.keep(copyOf: URL(filePath: file.string), mediaType: "text/plain; name=\"\(name)\"", name: name)
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: scenario.evidenceFolder)) ?? []
        for file in files.sorted() where file.hasPrefix("serial-") {
            scenario.keep(file: file, mediaType: "text/plain; name=\"\(file)\"")
        }
        scenario.keep(file: RunDescription.file, mediaType: "application/yaml; name=\"\(RunDescription.file)\"")
        for file in descriptions { scenario.keep(file: file, mediaType: "application/yaml; name=\"\(file)\"") }
        for file in captures { scenario.keep(file: file, mediaType: "application/x-pcapng; name=\"\(file)\"") }
        scenario.keep(file: "traffic.pcapng", mediaType: "application/x-pcapng")
    }
}

extension LeakPolicy {
    /// Fills in the destinations that only the simulated internet knows.
    fileprivate func resolved(with internet: SimulatedInternet) throws -> ResolvedLeakPolicy {
        var known: [String: Set<Endpoint>] = [:]
        for group in groups {
            known[group] = Set(
                try internet.destinations(named: group).compactMap { service in
                    IPAddress(service.address).map { Endpoint(address: $0, port: service.port) }
                }
            )
        }
        return try resolved(with: known)
    }
}

extension GuestFacts {
    /// What the judge has to know of a guest that is plugged into a port.
    init(of port: GuestPort, hardwareAddresses: [String]) throws(PlanMismatch) {
        guard let subnet = IPv4Subnet(port.subnet),
            let gateway = IPv4Address(port.gateway)
        else { throw PlanMismatch(port: port) }
        var prefixes: Set<UInt64> = []
        if let text = port.prefix6 {
            guard let prefix = text.split(separator: "/").first.flatMap({ IPv6Address($0) }), text.hasSuffix("/64")
            else {
                throw PlanMismatch(port: port)
            }
            prefixes = [prefix.high]
        }
        self.init(
            hardwareAddresses: Set(hardwareAddresses.compactMap { MACAddress($0) }),
            subnet: subnet,
            gateway: gateway,
            prefixes: prefixes
        )
    }
}

/// The simulated internet described its port in a way that the judge of traffic does not understand.
struct PlanMismatch: ExplainedError {
    let port: GuestPort

    var blame: Blame { .harness }
    var summary: String { "The guest's port needs a subnet and a gateway that can be parsed, and is \(port)." }
}
