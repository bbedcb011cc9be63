import Diagnostics
import Foundation
import GuestChannel
import LiveSystem
import StepDefinitions

let computerSteps = StepLibrary<LiveSystem> {
    ParameterType<Computer.Medium>("medium")
    ParameterType<Computer.Firmware>("firmware")

    Given(
        "the computer is started",
        documentation: "Powers the machine on and passes the boot menu.",
        whenPlanned: foreseeStart
    ) {
        (system: LiveSystem) async throws in
        try await system.computer.start()
    }

    Given(
        "the computer is booted",
        documentation: "Starts the computer, and waits until the system in it answers.",
        whenPlanned: foreseeStart
    ) {
        (system: LiveSystem) async throws in
        try await system.computer.start()
        try await system.computer.waitUntilBooted()
    }

    Given(
        "the computer is started from {medium} by {firmware}",
        documentation: "As “the computer is started”, from an optical disc or a removable USB stick.",
        whenPlanned: { (plan: inout Foresight, _: Computer.Medium, _: Computer.Firmware) in foreseeStart(&plan) }
    ) { (system: LiveSystem, medium: Computer.Medium, firmware: Computer.Firmware) async throws in
        try await system.computer.start(from: medium, firmware: firmware)
    }

    Given(
        "the computer is booted from {medium} by {firmware}",
        documentation: "As “the computer is booted”, from an optical disc or a removable USB stick.",
        whenPlanned: { (plan: inout Foresight, _: Computer.Medium, _: Computer.Firmware) in foreseeStart(&plan) }
    ) { (system: LiveSystem, medium: Computer.Medium, firmware: Computer.Firmware) async throws in
        try await system.computer.start(from: medium, firmware: firmware)
        try await system.computer.waitUntilBooted()
    }

    Then("the greeter is shown", documentation: "Waits until the system asks its user what it may do.") {
        (system: LiveSystem) async throws in
        try await system.computer.waitForGreeter(within: system.patience(seconds: 100))
    }

    When(
        "I leave the greeter with {string}",
        documentation: "Presses the key that makes the system's greeter go on.",
        whenPlanned: checkPressing
    ) {
        (system: LiveSystem, keys: String) async throws in
        try await system.computer.leaveGreeter(pressing: keys)
    }

    Given("the network is up", documentation: "Waits until the system has an address and a way to the internet.") {
        (system: LiveSystem) async throws in
        try await system.waitForNetwork()
    }

    Given("the clock is set {int} days off", documentation: "As if the state had been kept that long ago, or ahead.") {
        (system: LiveSystem, days: Int) async throws in
        try await system.require("date --set '\(days) days' >/dev/null")
    }

    Then("the clock is right", documentation: "At most ten seconds off the host's.") {
        (system: LiveSystem) async throws in
        let seconds = try await system.require("date +%s").standardOutput
        let error = Double(seconds.trimmingCharacters(in: .whitespacesAndNewlines)).map {
            $0 - Date().timeIntervalSince1970
        }
        guard let error, abs(error) <= 10 else { throw ClockWrong(seconds: error) }
    }

    AfterStep { (system: LiveSystem) async throws in await system.computer.waitForReasonIfGone() }

    When("the power button is pressed", documentation: "Waits until the system has shut itself down.") {
        (system: LiveSystem) async throws in
        try await system.computer.pressPowerButton()
    }

    When(
        "the system begins to shut down",
        documentation:
            "Presses the power button, and waits until the system stops what runs; it takes its time for that."
    ) { (system: LiveSystem) async throws in
        try await system.require(ShutdownHold.begin)
        try await system.computer.beginShutDown()
        try await system.requireShutdownHeld()
    }

    When("the plug is pulled", documentation: "Cuts the power, without a warning to the system.") {
        (system: LiveSystem) async throws in
        try await system.computer.pullPlug()
    }
}

/// A service of systemd that does not stop, so that a system which shuts down can be looked at for as long as it takes.
private enum ShutdownHold {
    private static let unit = "shutdown-hold"

    static let begin = """
        systemd-run --quiet --unit=\(unit) --property=RemainAfterExit=yes --property=TimeoutStopSec=infinity \
          --property='ExecStop=/bin/sleep infinity' /bin/true
        """

    /// Ends when the service is being stopped, which nothing but the way down does.
    static let wait = "until systemctl is-active \(unit) | grep -qx deactivating; do sleep 0.2; done"
}

extension LiveSystem {
    /// Waits until the system is on its way down, which takes the guest channel away at some moment.
    ///
    /// - Throws: ``ShutdownNotBegun``.
    fileprivate func requireShutdownHeld() async throws {
        let limit = patience(seconds: 30)
        do {
            guard try await guest.run(ShutdownHold.wait, within: limit).succeeded else { throw ShutdownNotBegun() }
        } catch is GuestChannelError {
            // The agent may be stopped first; one that still answers was not.
            guard (try? await guest.run("true", within: patience(seconds: 2))) == nil else { throw ShutdownNotBegun() }
        }
    }
}

/// A system that does nothing when its power button is pressed.
struct ShutdownNotBegun: ExplainedError {
    var blame: Blame { .systemUnderTest }
    var summary: String { "The system had to begin to shut down when its power button was pressed, and did not." }
    var hint: String? { "Look at what logind does with HandlePowerKey=, and at the journal." }
}

/// A guest whose clock is not the host's.
struct ClockWrong: ExplainedError {
    /// How far it is ahead; `nil` when it shows no time.
    let seconds: Double?

    var blame: Blame { .systemUnderTest }
    var summary: String {
        "The clock had to be at most 10 s off, and "
            + (seconds.map { "is \(Int($0)) s \($0 < 0 ? "behind" : "ahead")." } ?? "shows no time.")
    }
}
