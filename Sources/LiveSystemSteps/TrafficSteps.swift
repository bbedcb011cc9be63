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

    Then("nothing has leaked", documentation: "Every frame that has left so far was judged, and none was a leak.") {
        (system: LiveSystem) async throws in
        try system.traffic.requireNoLeak()
    }

    When("the capture breaks off", documentation: "Ends the capture of traffic, to prove that this is noticed.") {
        (system: LiveSystem) async throws in
        await system.traffic.breakOffCapture()
    }
}
