import Diagnostics
import Foundation
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

    When("the plug is pulled", documentation: "Cuts the power, without a warning to the system.") {
        (system: LiveSystem) async throws in
        try await system.computer.pullPlug()
    }
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
