import Diagnostics
import LiveSystem
import StepDefinitions

/// How programs in the guest use servers of the simulated internet through Tor, and who came there.
let serviceSteps = StepLibrary<LiveSystem> {
    Given(
        "the system trusts the servers of the network",
        documentation: "Puts the certificate of their authority where the description says (`certificates`)."
    ) { (system: LiveSystem) async throws in
        try await system.trustAuthority()
    }

    Given("the system has a key for the ssh server", documentation: "The user's key, and the server's to know it by.") {
        (system: LiveSystem) async throws in
        try await system.knowSSHServer()
    }

    When("the ssh server is visited through Tor", documentation: "By OpenSSH; what it says is the page.") {
        (system: LiveSystem) async throws in
        system.notes.page = try await system.require("\(system.sshCommand) git@ssh.test").standardOutput
    }

    When("the repository {string} is cloned through Tor", documentation: "By git; its README is the page.") {
        (system: LiveSystem, url: String) async throws in
        let folder = "/run/assay-clone"
        system.notes.page = try await system.require(
            "rm -rf \(folder) && \(system.gitCommand) clone --quiet -- \(url.quotedForShell) \(folder) && cat \(folder)/README"
        ).standardOutput
    }

    When("a mail that says {string} is sent to {string} through Tor", documentation: "By curl, with TLS.") {
        (system: LiveSystem, text: String, recipient: String) async throws in
        let mail = "From: sender@example.org\r\nSubject: Assay\r\n\r\n\(text)\r\n"
        try await system.guest.writeFile("/run/assay-mail", Array(mail.utf8))
        let socks = system.description.tor.socks.quotedForShell
        try await system.require(
            "curl --silent --show-error --max-time 60 --socks5-hostname \(socks) --mail-from sender@example.org "
                + "--mail-rcpt \(recipient.quotedForShell) --upload-file /run/assay-mail smtps://mail.test/"
        )
    }

    Then("the mail server has a mail that says {string}") { (system: LiveSystem, text: String) async throws in
        let mails = try system.internet.mails()
        guard mails.contains(where: { $0.contains(text) }) else { throw VisitError.noMail(text, mails: mails.count) }
    }

    Then("the {service} was used by an exit relay, and by nobody else") {
        (system: LiveSystem, service: InternetService) async throws in
        let visitors = try await system.internet.visitors(of: service)
        let exits = system.internet.exits
        guard !visitors.isEmpty, visitors.allSatisfy(exits.contains) else {
            throw VisitError.otherVisitors(service.rawValue, visitors, exits: exits)
        }
    }
}

/// A reason why a server was not used, or not through Tor.
enum VisitError: ExplainedError, Equatable {
    case noMail(String, mails: Int)
    case otherVisitors(String, [String], exits: Set<String>)

    var blame: Blame { .systemUnderTest }

    var summary: String {
        switch self {
        case .noMail(let text, let count):
            "A mail that says \(text.debugDescription) had to reach the server, and none of \(count) does."
        case .otherVisitors(let server, let visitors, _):
            "The \(server) had to be used by exit relays only, and was used by "
                + (visitors.isEmpty ? "nobody." : visitors.joined(separator: ", ") + ".")
        }
    }

    var context: [String] {
        switch self {
        case .otherVisitors(_, _, let exits): ["exit relays: \(exits.sorted().joined(separator: ", "))"]
        case .noMail: []
        }
    }
}
