import Diagnostics
import LiveSystem
import StepDefinitions

/// What the simulated internet of a scenario has besides what the system's description says, and what it saw.
let internetSteps = StepLibrary<LiveSystem> {
    ParameterType<InternetService>("service")
    ParameterType<ClockOffset>("clock offset", ClockOffset.pattern) { text in
        guard let offset = ClockOffset(text) else {
            throw StepArgumentError(expected: "how far a clock is off, such as 2 years ahead", seen: "\"\(text)\"")
        }
        return offset
    }

    Given("the network has a/an {service}", documentation: "Starts the server, for this scenario.") {
        (system: LiveSystem, service: InternetService) async throws in
        try await system.internet.start(service)
    }

    Given(
        "the network answers every address",
        documentation: "Whoever is spoken to that nobody has, answers, and what was said is kept."
    ) { (system: LiveSystem) async throws in
        try await system.internet.answerEveryAddress()
    }

    Given("the network's clock is {clock offset}", documentation: "What the network tells by NTP.") {
        (system: LiveSystem, offset: ClockOffset) async throws in
        try await system.internet.tellTime(off: offset.duration)
    }

    Given("the network's clock is right", documentation: "What the network tells by NTP.") {
        (system: LiveSystem) async throws in
        try await system.internet.tellTime(off: .zero)
    }

    Given("the network leases IPv6 addresses", documentation: "By DHCPv6, besides the prefix that it advertises.") {
        (system: LiveSystem) async throws in
        try await system.internet.leaseIPv6()
    }

    // MARK: - The captive portal

    Given(
        "the network has a captive portal",
        documentation: "Every page and every name lead to it, and all else is refused, until its form was sent."
    ) { (system: LiveSystem) async throws in
        try await system.internet.startPortal()
    }

    When(
        "the captive portal's form is sent",
        documentation: "By a program that may use the network without Tor (`without-tor` of the description)."
    ) { (system: LiveSystem) async throws in
        guard let prefix = system.description.withoutTor else { throw ServiceError.notDescribed("without-tor") }
        let place = "--resolve portal.test:80:\(system.internet.portalAddress)"
        let command = "\(prefix) curl --silent --show-error --fail --max-time 20 \(place)"
        let page = try await system.require("\(command) http://portal.test/")
        system.notes.page = page.standardOutput
        try await system.require("\(command) --data accept=yes http://portal.test/accept")
        try await system.internet.waitUntilPortalIsPassed(within: system.patience(seconds: 5))
    }

    // MARK: - The sinkhole

    Then("nothing was said to the sinkhole", documentation: "To any address that nobody has, by guest or exits.") {
        (system: LiveSystem) async throws in
        let heard = try system.internet.heardInSinkhole()
        guard heard.isEmpty else { throw InternetError.heard(heard) }
    }

    Then("the sinkhole heard DNS for {string}", documentation: "Some question about the name, by guest or exits.") {
        (system: LiveSystem, name: String) async throws in
        try await system.requireHeard("DNS for \(name)") {
            $0.contains(": DNS query ") && $0.lowercased().hasSuffix(" \(name.lowercased())")
        }
    }

    Then("the sinkhole heard {string}", documentation: "A part of who said what to whom, as the report tells it.") {
        (system: LiveSystem, text: String) async throws in
        try await system.requireHeard(text) { $0.contains(text) }
    }

    // MARK: - The exits

    Then(
        "only these names were resolved at the exits",
        documentation: "A table with one name a row: all of them were, and no others, since Tor was connected."
    ) { (system: LiveSystem, names: [String]) async throws in
        let wanted = Set(names.map { $0.lowercased() })
        let resolved = try system.internet.namesResolvedAtExits()
        guard Set(resolved) == wanted else { throw InternetError.otherNames(resolved, wanted: wanted.sorted()) }
    }

    Then("no name was resolved at the exits", documentation: "Since Tor was connected.") {
        (system: LiveSystem) async throws in
        let resolved = try system.internet.namesResolvedAtExits()
        guard resolved.isEmpty else { throw InternetError.otherNames(resolved, wanted: []) }
    }
}

extension LiveSystem {
    fileprivate func requireHeard(_ what: String, _ fits: @escaping @Sendable (String) -> Bool) async throws {
        let heard = try await internet.heardInSinkhole(within: patience(seconds: 5), fits)
        guard heard.contains(where: fits) else { throw InternetError.notHeard(what, heard) }
    }
}

/// A reason why the internet did not see what it had to.
enum InternetError: ExplainedError, Equatable {
    case heard([String])
    case notHeard(String, [String])
    case otherNames([String], wanted: [String])

    var blame: Blame { .systemUnderTest }

    var summary: String {
        switch self {
        case .heard(let heard):
            "Nothing had to be said to addresses that nobody has, and \(heard.count) conversations were held."
        case .notHeard(let what, _): "The sinkhole had to hear \(what), and did not."
        case .otherNames(let names, let wanted):
            "The exits had to resolve \(list(wanted)), and resolved \(list(names))."
        }
    }

    var context: [String] {
        switch self {
        case .heard(let heard), .notHeard(_, let heard): heard.prefix(12).map { "heard: \($0)" }
        case .otherNames: []
        }
    }

    private func list(_ names: [String]) -> String { names.isEmpty ? "no name" : names.joined(separator: ", ") }
}
