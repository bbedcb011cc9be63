import GuestChannel
import GuestDisplay
import LeakPolicy
import ScenarioWorlds
import Screen
import Synchronization
import VirtualMachines

/// A machine that is on, and what one can do with it.
struct RunningMachine: Sendable {
    let machine: Machine
    let screen: Screen
    let guest: any GuestChannel
    /// Whether QEMU still shows its screen.
    let isThere: @Sendable () -> Bool
    /// Opened when a step expects the machine to end.
    let mayEnd = Latch()
    /// Opened to cut the power.
    let off = Latch()
    /// Opened when nothing is left of the machine.
    let gone: Latch
}

/// Runs machines as they are ordered, each inside the scopes that clean up after it.
///
/// Steps begin and end while the machine runs on, so its scope can't be a step's: it is this one's.
final class PowerSupply: Sendable {
    private struct Order: Sendable {
        let description: MachineDescription
        let start: Hypervisor.Start
        let gone: Latch
        let answer: CheckedContinuation<RunningMachine, any Error>
    }

    private let orders: AsyncStream<Order>
    private let intake: AsyncStream<Order>.Continuation
    /// Opened when the processors of the first machine run.
    let firstStart = Latch()

    init() { (orders, intake) = AsyncStream.makeStream() }

    /// Starts a machine, or restores one, whose processors then stand still.
    func order(_ description: MachineDescription, start: Hypervisor.Start = .running) async throws -> RunningMachine {
        try await withCheckedThrowingContinuation { answer in
            let order = Order(description: description, start: start, gone: Latch(), answer: answer)
            if case .terminated = intake.yield(order) { answer.resume(throwing: CancellationError()) }
        }
    }

    /// Runs what is ordered until the task is cancelled.
    func serve(
        _ hypervisor: Hypervisor,
        scenario: ScenarioContext,
        traffic: Traffic,
        eyes: Eyesight,
        video: ScenarioVideo?
    ) async {
        for await order in orders {
            let isAnswered = Mutex(false)
            do {
                try await hypervisor.withMachine(order.description, start: order.start) { machine in
                    if case .running = order.start {
                        scenario.phase("the processors run")
                        firstStart.open()
                    }
                    try await withGuestDisplay(connectedBy: machine.openDisplay()) { display in
                        try await withSerialConsole(order.description.serialLog) { console in
                            let guest = GuestAgent(machine)
                            let running = RunningMachine(
                                machine: machine,
                                screen: try await eyes.screen(of: display, guest: guest),
                                guest: guest,
                                isThere: { display.isConnected },
                                gone: order.gone
                            )
                            isAnswered.withLock { $0 = true }
                            order.answer.resume(returning: running)
                            await Self.attend(running, console, scenario, traffic) {
                                await video?.recorder.watch(display)
                            }
                        }
                    }
                }
            } catch {
                if isAnswered.withLock({ $0 }) {
                    scenario.interruption.interrupt(with: error)
                } else {
                    order.answer.resume(throwing: error)
                }
            }
            // Nothing is left that could send.
            traffic.enter(.off)
            order.gone.open()
        }
    }

    /// Stays until the power is cut or the machine is off; what nobody asked for interrupts the scenario.
    private static func attend(
        _ running: RunningMachine,
        _ console: SerialConsole,
        _ scenario: ScenarioContext,
        _ traffic: Traffic,
        filming: @escaping @Sendable () async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await filming()
                await running.off.wait()
            }
            group.addTask { await running.off.wait() }
            group.addTask {
                for await event in running.machine.events {
                    switch event {
                    case .poweredOffByGuest: traffic.enter(.shuttingDown)
                    case .reset: traffic.enter(.boot)
                    default: break
                    }
                    if let error = event.unexpected(mayEnd: running.mayEnd.isOpen, log: running.machine.log.string) {
                        scenario.interruption.interrupt(with: error)
                    }
                    if event.endsMachine { return }
                }
            }
            group.addTask {
                if let panic = await console.nextPanic() {
                    scenario.interruption.interrupt(with: panic)
                }
                await running.off.wait()
            }
            await group.next()
            group.cancelAll()
        }
    }
}

extension MachineEvent {
    /// The error that an event means, unless a step expects it.
    fileprivate func unexpected(mayEnd: Bool, log: String) -> ComputerError? {
        switch self {
        case .poweredOffByGuest: mayEnd ? nil : .switchedItselfOff
        case .crashed: mayEnd ? nil : .crashed(log: log)
        case .panicked: .panicked("reported by the paravirtual panic device")
        case .stoppedByDiskError(let device, let reason): .diskError("\(device): \(reason)")
        default: nil
        }
    }
}
