import LiveSystem
import StepDefinitions

let trafficSteps = StepLibrary<LiveSystem> {
    ParameterType<TrafficKind>("traffic")

    Given(
        "{traffic} to {string} must be reported as a leak",
        documentation: "Announces a leak, which then does not end the scenario; if it is not seen, the scenario fails."
    ) { (system: LiveSystem, kind: TrafficKind, destination: String) async throws in
        try system.traffic.expectLeak(of: kind, to: Destination(destination, for: kind))
    }

    Given(
        "{traffic} to {string} must be reported as a leak at this time",
        documentation: "Announces as a leak what the policy allows in other phases of the system only."
    ) { (system: LiveSystem, kind: TrafficKind, destination: String) async throws in
        try system.traffic.expectLeak(of: kind, to: Destination(destination, for: kind), isOutOfPhase: true)
    }

    When("a program sends {traffic} to {string}", documentation: "A program in the guest sends past Tor, as root.") {
        (system: LiveSystem, kind: TrafficKind, destination: String) async throws in
        let destination = try Destination(destination, for: kind)
        system.notes.destination = destination
        // Whether it gets an answer is not the question, and a firewall that works makes it fail.
        let result = try await system.guest.run(kind.command(to: destination), within: system.patience(seconds: 20))
        StepContext.current.log("The program ended with status \(result.exitStatus). \(result.standardError)")
    }

    Then("the leak is reported", documentation: "Waits until every announced leak was seen.") {
        (system: LiveSystem) async throws in
        try await system.traffic.waitForExpectedLeaks(within: system.patience(seconds: 5))
    }

    When(
        "a program of the user {string} sends {traffic} to {string}",
        documentation: "As “a program sends …”, by a user of the guest."
    ) { (system: LiveSystem, user: String, kind: TrafficKind, destination: String) async throws in
        let destination = try Destination(destination, for: kind)
        system.notes.destination = destination
        let command = kind.command(to: destination)
        let result = try await system.guest.run(command, as: user, within: system.patience(seconds: 20))
        StepContext.current.log("The program ended with status \(result.exitStatus). \(result.standardError)")
    }

    When(
        "a program of the user {string} keeps a connection to {string} open",
        documentation: "The program, sleep, holds the connection for a minute and does nothing with it."
    ) { (system: LiveSystem, user: String, destination: String) async throws in
        let destination = try Destination(destination, for: .tcp)
        _ = try await system.guest.run(
            TrafficKind.connection(to: destination),
            as: user,
            within: system.patience(seconds: 20)
        )
    }

    Then(
        "the leak was sent by the user {string}",
        documentation: "The system itself said who sent what was announced, also when its firewall is gone."
    ) { (system: LiveSystem, user: String) async throws in
        try await system.traffic.requireSender(user: user, program: nil)
    }

    Then(
        "the leak was sent by the user {string} with the program {string}",
        documentation: "As “the leak was sent by the user …”, and a process of the program had the socket open."
    ) { (system: LiveSystem, user: String, program: String) async throws in
        try await system.traffic.requireSender(user: user, program: program)
    }

    Then("nothing has leaked", documentation: "Every frame that has left so far was judged, and none was a leak.") {
        (system: LiveSystem) async throws in
        try system.traffic.requireNoLeak()
    }

    When("the capture breaks off", documentation: "Ends the capture of traffic, to prove that this is noticed.") {
        (system: LiveSystem) async throws in
        await system.traffic.breakOffCapture()
    }
}
