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
    /// The address that the guest's card comes with, which must never be seen on the wire.
    private static let hardwareAddress = "52:54:00:5a:11:0e"
    /// Private to the sandbox, and the same in every one, so that checkpoints can refer to it.
    private static let scratch: FilePath = "/run/assay"

    /// A name that nothing but a step asks for, so that no cache of a relay answers in the resolver's place.
    private static let internet = InternetConfiguration(names: ["news.test": ["203.0.113.80"]])

    private let settings: LiveSystemSettings

    /// Creates a provider.
    package init(settings: LiveSystemSettings) { self.settings = settings }

    package func withWorld(
        for scenario: ScenarioContext,
        _ body: @escaping @Sendable (LiveSystem) async -> Void
    ) async throws -> [ConditionReport] {
        let policy = try LeakPolicy(yaml: settings.policy, file: settings.policyFile)
        let eyes = try Eyesight(settings)
        let mode = MachineDescription.Video()
        let video = ScenarioVideo(settings.video, of: scenario, width: mode.width, height: mode.height)
        return try await withSimulatedInternet(
            Self.internet,
            scratch: Self.scratch.appending("internet"),
            cache: FilePath(settings.cache).appending("internet")
        ) { internet in
            let traffic = Traffic(
                policy: try policy.resolved(with: internet),
                guest: try GuestFacts(of: internet.guestPort, hardwareAddress: Self.hardwareAddress),
                scenario: scenario
            )
            let folder = FilePath(scenario.evidenceFolder)
            let (result, evidence) = try await withPacketCapture(
                on: internet.guestPort.tap,
                writingTo: folder.appending("traffic.pcapng"),
                deliver: { traffic.judge($0) },
                // A scenario that nobody watches proves nothing, however it would end.
                alarm: { scenario.interruption.interrupt(with: LeakError.inconclusive(reasons: $0)) }
            ) { capture in
                traffic.attach(capture)
                if let video {
                    try await video.record { try await withMachines(traffic, internet, eyes, scenario, video, body) }
                } else {
                    try await withMachines(traffic, internet, eyes, scenario, nil, body)
                }
            }
            let conditions = [traffic.report(evidence)]
            let isPlain = conditions.allSatisfy { $0.state == .held || $0.state == .brokenAsExpected }
            let hasWorked = if case .success = result { true } else { false }
            await video?.conclude(isPlain: isPlain && hasWorked && !traffic.hasFailedSteps)
            keepEvidence(of: internet, scenario, explains: !isPlain || traffic.hasFailedSteps)
            if case .failure(let error) = result { throw BrokenWorld(cause: error, conditions: conditions) }
            return conditions
        }
    }

    private func withMachines(
        _ traffic: Traffic,
        _ internet: SimulatedInternet,
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
                card: .init("card", address: Self.hardwareAddress, tap: internet.guestPort.tap),
                scenario: scenario
            )
            let system = LiveSystem(
                computer: computer,
                traffic: traffic,
                internet: Internet(internet),
                settings: settings,
                scenario: scenario,
                video: video
            )
            let unprepared: (any Error)? = await withTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { await computer.serve(eyes, video) }
                do {
                    if let start = scenario.start {
                        // A guest that is connected to Tor finds its network when it goes on. Any other may never need
                        // one, and does not pay for it before a step asks.
                        if try await computer.prepare(start).torIsConnected { internet.startTor() }
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
                await computer.cutPower()
                return nil
            }
            if let unprepared { throw unprepared }
        }
    }

    /// Keeps what the machines wrote, and the capture; what the services wrote only when it has something to explain.
    ///
    /// What explains most comes last: reports name the latest first.
    private func keepEvidence(of internet: SimulatedInternet, _ scenario: ScenarioContext, explains: Bool) {
        for file in explains ? internet.evidenceFiles : [] {
            let name = file.lastComponent?.string ?? "log"
            scenario.keep(copyOf: URL(filePath: file.string), mediaType: "text/plain; name=\"\(name)\"", name: name)
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: scenario.evidenceFolder)) ?? []
        for file in files.sorted() where file.hasPrefix("serial-") {
            scenario.keep(file: file, mediaType: "text/plain; name=\"\(file)\"")
        }
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
    fileprivate init(of port: GuestPort, hardwareAddress: String) throws(PlanMismatch) {
        guard let address = MACAddress(hardwareAddress), let subnet = IPv4Subnet(port.subnet),
            let gateway = IPv4Address(port.gateway)
        else { throw PlanMismatch(port: port) }
        self.init(hardwareAddresses: [address], subnet: subnet, gateway: gateway)
    }
}

/// The simulated internet described its port in a way that the judge of traffic does not understand.
private struct PlanMismatch: ExplainedError {
    let port: GuestPort

    var blame: Blame { .harness }
    var summary: String { "The guest's port needs a subnet and a gateway that can be parsed, and is \(port)." }
}
