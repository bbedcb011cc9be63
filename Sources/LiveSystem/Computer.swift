public import Diagnostics
import Foundation
public import GuestChannel
import GuestDisplay
import LeakPolicy
import Pictures
import ScenarioWorlds
public import Screen
public import StepDefinitions
import SystemPackage
import TrafficAccounting
import VirtualMachines

/// The machine that the system under test runs on.
///
/// ```
///            start                powerOff, or the guest switches itself off
///   off ───────────────> on ─────────────────────────────────────────────────> off
///    │                    ▲│
///    │ prepare            ││ keep: stands still for good
///    └──> stands still ───┘└──> kept ──> off
///                 goOn
///                         │ panic, crash, power-off that no step asked for
///                         └──────────────────────────────────────────────────> the scenario is interrupted
/// ```
public actor Computer {
    private let hypervisor: Hypervisor
    let settings: LiveSystemSettings
    private let size: SystemDescription.Size
    let board: PlugBoard
    let scenario: ScenarioContext
    private let traffic: Traffic
    private let supply = PowerSupply()

    private var running: RunningMachine?
    private var machinesStarted = 0
    /// What was kept of the guest that the scenario goes on with.
    private var kept: KeptState.World?

    init(
        hypervisor: Hypervisor,
        settings: LiveSystemSettings,
        board: PlugBoard,
        traffic: Traffic,
        scenario: ScenarioContext
    ) {
        self.hypervisor = hypervisor
        self.traffic = traffic
        self.settings = settings
        self.board = board
        self.scenario = scenario
        size = settings.description.size(for: scenario.tags)
    }

    // MARK: - For steps

    /// Powers the machine on, and passes the boot menu as a person would.
    ///
    /// - Throws: ``ComputerError``, a `MachineError`, or a `ScreenError` when the menu does not show.
    public func start(from medium: Medium = .cd, firmware: Firmware = .bios) async throws {
        guard running == nil else { throw ComputerError.alreadyOn }
        scenario.phase("powering on")
        let machine = try await powerOn(describe(medium, firmware))
        scenario.phase("waiting for the boot menu")
        try await passBootMenu(of: machine, firmware)
        try machine.screen.keyboard.useLayout(settings.description.keyboard)
        scenario.phase("booting")
    }

    /// Waits until the system in the machine answers on its guest channel.
    public func waitUntilBooted() async throws {
        let machine = try on()
        let limit = Duration.seconds(100) * settings.timeoutScale
        do {
            try await machine.guest.waitUntilReachable(within: limit)
        } catch {
            throw ComputerError.didNotBoot(
                limit: limit,
                screen: (try? await machine.screen.readText().map(\.text)) ?? [],
                "\(error)"
            )
        }
        // Without a greeter nobody is asked, and until a step wants a network none is wanted.
        if settings.description.greeter == nil { traffic.enter(.offline, after: [.boot]) }
        scenario.phase("the system is up")
    }

    /// Waits until the system asks its user what it may do.
    ///
    /// - Throws: ``ComputerError/noGreeter`` where the system has none, or a `ScreenError`.
    public func waitForGreeter(within limit: Duration) async throws {
        guard let greeter = settings.description.greeter else { throw ComputerError.noGreeter }
        try await on().screen.wait(forText: greeter.shows, within: limit)
        traffic.enter(.greeter, after: [.boot])
    }

    /// Presses what makes the system's greeter go on.
    ///
    /// - Throws: ``ComputerError/noGreeter`` where the system has none.
    public func leaveGreeter(pressing keys: String) async throws {
        guard settings.description.greeter != nil else { throw ComputerError.noGreeter }
        let keyboard = try on().screen.keyboard
        // Before the keys: whatever they start must not be too early.
        traffic.enter(.offline, after: [.boot, .greeter])
        try await keyboard.press(keys)
    }

    /// Switches the machine off as by pulling its plug.
    public func pullPlug() async throws {
        try on().mayEnd.open()
        try on().off.open()
        await running?.gone.wait()
        running = nil
    }

    /// Presses the power button; the system shuts itself down while the scenario goes on.
    public func beginShutDown() async throws {
        let machine = try on()
        machine.mayEnd.open()
        traffic.enter(.shuttingDown)
        try await machine.machine.pressPowerButton()
    }

    /// Presses the power button, and waits until the system has shut itself down.
    public func pressPowerButton() async throws {
        let machine = try on()
        try await beginShutDown()
        let limit = Duration.seconds(60) * settings.timeoutScale
        try await withDeadline(limit) {
            await machine.gone.wait()
        } else: {
            ComputerError.didNotShutDown(limit: limit)
        }
        running = nil
    }

    /// The screen.
    public var screen: Screen { get throws { try on().screen } }

    /// The guest channel.
    public var guest: any GuestChannel { get throws { try on().guest } }

    /// Returns at once when the machine is there; else when it is known why it has gone.
    ///
    /// A machine that ends takes its screen away a moment before the hypervisor tells of it. What a step says of the
    /// missing screen must not hide that the guest switched itself off.
    public func waitForReasonIfGone() async {
        guard let running, !running.isThere() else { return }
        try? await withDeadline(.seconds(10)) {
            await running.gone.wait()
        } else: {
            CancellationError()
        }
    }

    // MARK: - Checkpoints

    /// Makes the machine of the checkpoint that the scenario starts from; its processors stand still.
    ///
    /// - Returns: What is known of the guest.
    func prepare(_ start: StartingPoint) async throws -> KeptState.World {
        let state = KeptState(folder: FilePath(start.folder))
        let world = try state.world()
        guard let image = settings.images[size.name], world.size == size.name else {
            throw ComputerError.otherImage(kept: world.size, wanted: size.name)
        }
        machinesStarted += 1
        var description = world.machine
        description.name = "guest-\(machinesStarted)"
        description.serialLog = serialLog
        description.disks = description.disks.map { disk in
            .init(disk.name, path: FilePath(image), bus: disk.bus, format: disk.format, isReadOnly: disk.isReadOnly)
        }
        description.cards = [board.first]
        if description.firmware == .uefi { description.variables = state.variables }
        if let own = scenario.stateFolder.map({ KeptState(folder: FilePath($0)) }) {
            // To be kept again: on a copy that the machine writes to, so that keeping it takes no copying.
            scenario.phase("copying the memory of the checkpoint")
            try await copySparse(state.memory, to: own.memory)
            description.backing = .shared(own.memory)
        } else {
            description.backing = .copyOnWrite(state.memory)
        }
        scenario.phase("restoring the machine")
        let machine = try await powerOn(description, start: .restored(devices: state.devices))
        try machine.screen.keyboard.useLayout(world.keyboard)
        kept = world
        return world
    }

    /// Lets the processors of a restored machine run, and waits until the system answers if it did before.
    func goOn() async throws -> KeptState.World {
        guard let kept else { throw ComputerError.nothingKept }
        let machine = try on()
        traffic.enter(kept.phaseWhenGoneOn)
        try await machine.machine.resume()
        guard kept.answers else { return kept }
        let limit = Duration.seconds(20) * settings.timeoutScale
        do {
            try await machine.guest.waitUntilReachable(within: limit)
        } catch {
            throw ComputerError.didNotGoOn(limit: limit, "\(error)")
        }
        return kept
    }

    /// Keeps the machine's state in a folder; the machine stands still for good.
    func keep(in folder: FilePath, _ guest: KeptState.Guest) async throws {
        let running = try on()
        guard await board.lastCard == nil else { throw ComputerError.cardPluggedIn }
        let machine = running.machine
        let state = KeptState(folder: folder)
        guard case .shared(state.memory) = machine.description.backing else { throw ComputerError.notKeepable }
        let answers = (try? await running.guest.ping(within: .seconds(2))) != nil
        var described = machine.description
        described.viewers = nil
        let pause = try await machine.save(devices: state.devices)
        scenario.log("The machine stood still for \(pause.formatted(.units(allowed: [.milliseconds]))) to be kept.")
        if let variables = machine.variables { try await copySparse(variables, to: state.variables) }
        try state.write(
            KeptState.World(
                machine: described,
                size: size.name,
                answers: answers,
                keyboard: running.screen.keyboard.layout,
                guest: guest,
                phase: traffic.phase
            )
        )
        state.share()
    }

    // MARK: - For the provider

    /// Runs the machines that are ordered, one after the other, until cancelled.
    nonisolated func serve(_ eyes: Eyesight, _ video: ScenarioVideo?) async {
        await supply.serve(hypervisor, scenario: scenario, traffic: traffic, eyes: eyes, video: video)
    }

    /// Waits until the processors of the first machine run, or the task is cancelled.
    nonisolated func waitForFirstStart() async { await supply.firstStart.wait() }

    /// The newest picture of the screen, if the machine is on and has shown one.
    func picture() -> Picture? { running?.screen.picture }

    /// Cuts the power, if it is on.
    func cutPower() async {
        guard let running else { return }
        await board.audit(running.machine)
        running.mayEnd.open()
        running.off.open()
        await running.gone.wait()
        self.running = nil
    }

    // MARK: - Private

    func on() throws(ComputerError) -> RunningMachine {
        guard let running else { throw .off }
        return running
    }

    private var serialLog: FilePath {
        FilePath(scenario.evidenceFolder).appending("serial-\(machinesStarted).log")
    }

    private func describe(_ medium: Medium, _ firmware: Firmware) throws(ComputerError) -> MachineDescription {
        guard let image = settings.images[size.name] else { throw .noImage(size.name) }
        machinesStarted += 1
        var description = MachineDescription(
            name: "guest-\(machinesStarted)",
            memory: size.memory,
            processors: 2,
            accelerator: settings.accelerator,
            serialLog: serialLog
        )
        if machinesStarted == 1, let folder = scenario.stateFolder {
            description.backing = .shared(KeptState(folder: FilePath(folder)).memory)
        }
        description.firmware = firmware.machine
        description.disks = [.init("boot", path: FilePath(image), bus: medium.bus)]
        description.cards = [board.first]
        return description
    }

    private func powerOn(
        _ description: MachineDescription,
        start: Hypervisor.Start = .running
    ) async throws -> RunningMachine {
        var description = description
        // Random, as whoever knows the name may watch.
        let name = UUID().uuidString.filter { $0 != "-" }.lowercased()
        description.viewers = settings.viewFolder.map { FilePath($0).appending(name) }
        // A restored machine stands still, and goes on in the phase that was kept.
        if case .running = start { traffic.enter(.boot) }
        let machine = try await supply.order(description, start: start)
        running = machine
        await board.audit(machine.machine)
        if let viewers = description.viewers { scenario.offer(screenAt: viewers.string) }
        return machine
    }

    private func passBootMenu(of machine: RunningMachine, _ firmware: Firmware) async throws {
        let boot = settings.description.boot
        try await machine.screen.wait(forText: boot.menu, within: .seconds(30))
        let keyboard = machine.screen.keyboard
        guard case .tcg = settings.accelerator, let options = boot.emulatedOptions else {
            try await keyboard.press("Return")
            return
        }
        for keys in boot.edit[firmware.described] ?? [] { try await keyboard.press(keys) }
        try await machine.screen.typeAtItsPace(" \(options)")
        for keys in boot.start[firmware.described] ?? [] { try await keyboard.press(keys) }
    }
}

// MARK: - What a machine starts from

extension Computer {
    /// What the image is given to the machine as.
    public enum Medium: String, Sendable, CaseIterable, StepArgument {
        /// A disc in an optical drive.
        case cd = "CD"
        /// A removable USB stick.
        case usb = "USB"

        var bus: MachineDescription.Disk.Bus {
            switch self {
            case .cd: .cd
            case .usb: .usb(removable: true)
            }
        }
    }

    /// The program that the machine starts with.
    public enum Firmware: String, Sendable, CaseIterable, StepArgument {
        case bios = "BIOS"
        case uefi = "UEFI"

        var machine: MachineDescription.Firmware {
            switch self {
            case .bios: .bios
            case .uefi: .uefi
            }
        }

        var described: SystemDescription.Firmware {
            switch self {
            case .bios: .bios
            case .uefi: .uefi
            }
        }
    }
}

/// A reason why the computer is not in the state that a step needs.
public enum ComputerError: ExplainedError, Equatable {
    case off
    case alreadyOn
    case noImage(String)
    case didNotBoot(limit: Duration, screen: [String], String)
    case didNotShutDown(limit: Duration)
    case didNotGoOn(limit: Duration, String)
    case otherImage(kept: String, wanted: String)
    case nothingKept
    case noGreeter
    case notKeepable
    case noCardToPlugOut
    case cardPluggedIn
    case switchedItselfOff
    case crashed(log: String)
    case panicked(String)
    case diskError(String)

    public var blame: Blame {
        switch self {
        case .off, .alreadyOn, .notKeepable, .noGreeter, .noCardToPlugOut, .cardPluggedIn: .testAuthor
        case .noImage, .otherImage, .nothingKept, .didNotGoOn: .harness
        case .didNotBoot, .didNotShutDown, .switchedItselfOff, .panicked: .systemUnderTest
        case .crashed, .diskError: .host
        }
    }

    public var summary: String {
        switch self {
        case .off: "The computer has to be on for this step, and is off."
        case .alreadyOn: "The computer has to be off for this step, and is on."
        case .noImage(let name): "The run has no image of the size \(name)."
        case .didNotBoot(let limit, _, _):
            "The system had to be up within \(limit) of the boot menu, and does not answer."
        case .didNotShutDown(let limit):
            "The system had to shut down within \(limit) of the power button, and still runs."
        case .didNotGoOn(let limit, _):
            "The system had to answer within \(limit) of going on from its checkpoint, and does not."
        case .otherImage(let kept, let wanted):
            "The checkpoint has to be made on the image \(wanted), and was made on \(kept)."
        case .noGreeter: "The step needs a greeter, and the system's description has none."
        case .nothingKept: "A scenario without a checkpoint can't go on from one."
        case .notKeepable:
            "A checkpoint has to end with the machine on that its scenario started first, and this one does not."
        case .cardPluggedIn: "A checkpoint keeps the network card of the start, and another one is plugged in."
        case .noCardToPlugOut: "A network card has to be plugged in before, and is not."
        case .switchedItselfOff: "The computer has to stay on, and the guest switched it off."
        case .crashed: "QEMU has to keep running, and ended by itself."
        case .panicked(let message): "The guest's kernel has to keep running, and panicked: \(message)"
        case .diskError(let reason): "A disk of the machine failed on the host: \(reason)"
        }
    }

    public var context: [String] {
        switch self {
        case .didNotBoot(_, let screen, let cause):
            ["guest channel: \(cause)"] + screen.suffix(12).map { "screen: \($0)" }
        case .didNotGoOn(_, let cause): ["guest channel: \(cause)"]
        case .crashed(let log): ["QEMU wrote to \(log)"]
        default: []
        }
    }

    public var hint: String? {
        switch self {
        case .cardPluggedIn: "End the checkpoint with the step “the network card is plugged out”."
        case .noCardToPlugOut: "Begin with the step “a network card is plugged in”."
        case .off: "Begin with the step “the computer is booted”."
        case .didNotBoot: "Look at the last screenshot and the serial log; on a slow host raise --timeout-scale."
        case .switchedItselfOff, .panicked: "Look at the serial log of this scenario."
        case .diskError: "Free some space on the disk that holds the run directory."
        case .didNotGoOn: "Remove the checkpoint with `assay checkpoints prune --all`, and run again."
        case .noGreeter: "Add “greeter: {shows: …}” to the system's description, with a text that stands on its screen."
        case .alreadyOn, .noImage, .didNotShutDown, .crashed, .otherImage, .nothingKept, .notKeepable: nil
        }
    }
}
