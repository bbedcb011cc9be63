import LiveSystem
import StepDefinitions

let computerSteps = StepLibrary<LiveSystem> {
    ParameterType<Computer.Medium>("medium")
    ParameterType<Computer.Firmware>("firmware")

    Given("the computer is started", documentation: "Powers the machine on and passes the boot menu.") {
        (system: LiveSystem) async throws in
        try await system.computer.start()
    }

    Given("the computer is booted", documentation: "Starts the computer, and waits until the system in it answers.") {
        (system: LiveSystem) async throws in
        try await system.computer.start()
        try await system.computer.waitUntilBooted()
    }

    Given(
        "the computer is booted from {medium} by {firmware}",
        documentation: "As “the computer is booted”, from an optical disc or a removable USB stick."
    ) { (system: LiveSystem, medium: Computer.Medium, firmware: Computer.Firmware) async throws in
        try await system.computer.start(from: medium, firmware: firmware)
        try await system.computer.waitUntilBooted()
    }

    Given("the network is up", documentation: "Waits until the system has an address and a way to the internet.") {
        (system: LiveSystem) async throws in
        try await system.waitForNetwork()
    }

    When("the power button is pressed", documentation: "Waits until the system has shut itself down.") {
        (system: LiveSystem) async throws in
        try await system.computer.pressPowerButton()
    }

    When("the plug is pulled", documentation: "Cuts the power, without a warning to the system.") {
        (system: LiveSystem) async throws in
        try await system.computer.pullPlug()
    }
}
