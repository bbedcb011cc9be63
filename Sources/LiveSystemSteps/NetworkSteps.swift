import LiveSystem
import StepDefinitions

/// What the network does to the system, and asks of it.
let networkSteps = StepLibrary<LiveSystem> {
    ParameterType<Hostility>("attack")

    Given(
        "the network attacks by {attack}",
        documentation: "Until a step ends it or the scenario does. Different attacks can go on at the same time."
    ) { (system: LiveSystem, attack: Hostility) async throws in
        try await system.network.begin(attack)
    }

    When("the network no longer attacks by {attack}") { (system: LiveSystem, attack: Hostility) async throws in
        try await system.network.end(attack)
    }

    Then(
        "the system has met {attack}",
        documentation: "The attack had something to act on; one by blocking ends with this step, which counts."
    ) { (system: LiveSystem, attack: Hostility) async throws in
        try await system.network.requireMet(attack, within: system.patience(seconds: 5))
    }

    Given("the link loses {float}% of the packets", documentation: "In each direction, and each packet by itself.") {
        (system: LiveSystem, percent: Double) async throws in
        try await system.network.loseFrames(percent: percent)
    }

    Given("the link delays by {int} ms", documentation: "In each direction, so that an answer takes twice as long.") {
        (system: LiveSystem, milliseconds: Int) async throws in
        try await system.network.delayFrames(milliseconds: milliseconds)
    }

    Given("the link delays by {int} ± {int} ms", documentation: "The delay varies; packets do not overtake each other.")
    {
        (system: LiveSystem, milliseconds: Int, jitter: Int) async throws in
        try await system.network.delayFrames(milliseconds: milliseconds, jitter: jitter)
    }

    Given("the link carries {float} Mbit\\/s", documentation: "In each direction, with a queue of half a second.") {
        (system: LiveSystem, rate: Double) async throws in
        try await system.network.limitRate(megabitsPerSecond: rate)
    }

    When("the link is good again") { (system: LiveSystem) async throws in try await system.network.mendLink() }

    When(
        "I scan the system from the network",
        documentation: "Asks what a stranger can ask: ARP, ping, mDNS, LLMNR, NetBIOS, and common TCP and UDP ports."
    ) { (system: LiveSystem) async throws in
        try await system.network.scan(allPorts: false)
    }

    When("I scan every port of the system from the network", documentation: "The same, with all 65,535 TCP ports.") {
        (system: LiveSystem) async throws in
        try await system.network.scan(allPorts: true)
    }

    When("I scan the system by broadcast", documentation: "Asks everybody, for a system that has no address yet.") {
        (system: LiveSystem) async throws in
        try await system.network.scanByBroadcast()
    }

    Then("it answers nothing", documentation: "Every probe of the last scan has arrived, and none was answered.") {
        (system: LiveSystem) async throws in
        try system.network.requireNoAnswers()
    }

    Then(
        "it answers nothing but {string}",
        documentation: "As “it answers nothing”; kinds such as \"ARP, ICMP echo\"."
    ) { (system: LiveSystem, kinds: String) async throws in
        try system.network.requireNoAnswers(besides: names(in: kinds))
    }

    Then("it answers by {string}", documentation: "For anti-tests: answers came of each of these kinds.") {
        (system: LiveSystem, kinds: String) async throws in
        try system.network.requireAnswers(names(in: kinds))
    }

    Then("the page {string} can't be fetched through Tor", documentation: "Nothing but an error comes for 20 seconds.")
    {
        (system: LiveSystem, url: String) async throws in
        try await system.requireNoPage(url)
    }
}

private func names(in list: String) -> [String] {
    list.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
}
