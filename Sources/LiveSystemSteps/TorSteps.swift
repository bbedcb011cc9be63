import Diagnostics
import LiveSystem
import StepDefinitions

let torSteps = StepLibrary<LiveSystem> {
    Given("Tor is connected", documentation: "Tells Tor of the simulated network, and waits until a circuit works.") {
        (system: LiveSystem) async throws in
        try await system.connectTor()
    }

    Given("the network has an obfs4 bridge", documentation: "Waits until it is known; most networks have one.") {
        (system: LiveSystem) async throws in
        guard try await !system.internet.bridgeLines(within: system.patience(seconds: 60)).isEmpty else {
            throw ServiceError.noBridge
        }
    }

    Given(
        "Tor knows the bridge lines",
        documentation: "When Tor is connected next, it enters its network by bridges and by nothing else."
    ) { (system: LiveSystem) async throws in
        try await system.useBridges()
    }

    When("the page {string} is fetched through Tor", documentation: "A program in the guest uses Tor's SOCKS proxy.") {
        (system: LiveSystem, url: String) async throws in
        let socks = system.description.tor.socks
        let page = try await system.require(
            "curl --silent --show-error --fail --max-time 60 --socks5-hostname \(socks.quotedForShell) -- \(url.quotedForShell)"
        )
        system.notes.page = page.standardOutput
    }

    Then("the page says {string}") { (system: LiveSystem, text: String) async throws in
        guard system.notes.page.contains(text) else {
            throw TorError.otherPage(wanted: text, page: system.notes.page)
        }
    }

    Then("the web server was visited by an exit relay, and by nobody else") { (system: LiveSystem) async throws in
        let visitors = try await system.internet.visitors()
        let exits = system.internet.exits
        guard !visitors.isEmpty, visitors.allSatisfy(exits.contains) else {
            throw TorError.otherVisitors(visitors, exits: exits)
        }
    }

    When("the name {string} is looked up", documentation: "A program in the guest asks the system's resolver.") {
        (system: LiveSystem, name: String) async throws in
        let answer = try await system.require("getent ahostsv4 \(name.quotedForShell)")
        system.notes.addresses = answer.standardOutput.split(separator: "\n").compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
    }

    Then("the answer is the address {string}") { (system: LiveSystem, address: String) async throws in
        guard Set(system.notes.addresses) == [address] else {
            throw TorError.otherAddresses(wanted: address, system.notes.addresses)
        }
    }

    Then("an exit relay looked up {string}, and nobody else did") { (system: LiveSystem, name: String) async throws in
        let askers = try await system.internet.askers(for: name)
        let exits = system.internet.exits
        guard !askers.isEmpty, askers.allSatisfy(exits.contains) else {
            throw TorError.otherAskers(name, askers, exits: exits)
        }
    }
}

extension LiveSystem {
    /// Makes sure that Tor's proxy gives no page, however long a program waits.
    func requireNoPage(_ url: String) async throws {
        let result = try await guest.run(
            "curl --silent --show-error --fail --max-time 20 --socks5-hostname \(description.tor.socks.quotedForShell) -- \(url.quotedForShell)",
            within: patience(seconds: 40)
        )
        guard !result.succeeded else { throw TorError.unexpectedPage(result.standardOutput) }
    }
}

/// A reason why what went through Tor did not work, or did not go through Tor.
enum TorError: ExplainedError, Equatable {
    case unexpectedPage(String)
    case otherPage(wanted: String, page: String)
    case otherVisitors([String], exits: Set<String>)
    case otherAddresses(wanted: String, [String])
    case otherAskers(String, [String], exits: Set<String>)

    var blame: Blame { .systemUnderTest }

    var summary: String {
        switch self {
        case .unexpectedPage(let page):
            "No page had to come through Tor, and one came: \(String(page.prefix(200)).debugDescription)."
        case .otherPage(let wanted, let page):
            "The page had to say \(wanted.debugDescription), and says \(String(page.prefix(200)).debugDescription)."
        case .otherVisitors(let visitors, _):
            "The web server had to be visited by exit relays only, and was visited by \(list(visitors))."
        case .otherAddresses(let wanted, let addresses):
            "The name had to have the address \(wanted), and has \(list(addresses))."
        case .otherAskers(let name, let askers, _):
            "\(name) had to be looked up by exit relays only, and was looked up by \(list(askers))."
        }
    }

    var context: [String] {
        switch self {
        case .otherVisitors(_, let exits), .otherAskers(_, _, let exits):
            ["exit relays: \(exits.sorted().joined(separator: ", "))"]
        case .unexpectedPage, .otherPage, .otherAddresses: []
        }
    }

    private func list(_ items: [String]) -> String {
        items.isEmpty ? "nobody" : items.joined(separator: ", ")
    }
}
