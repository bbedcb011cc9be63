import Diagnostics
import LiveSystem
import StepDefinitions

let protectionSteps = StepLibrary<LiveSystem> {
    Given("the firewall is switched off", documentation: "Takes the system's protection away, from inside.") {
        (system: LiveSystem) async throws in
        try await system.require(system.description.protection.firewallOff)
    }

    Given("IPv6 is switched on", documentation: "Undoes the first of the layers that keep IPv6 away.") {
        (system: LiveSystem) async throws in
        try await system.require(system.description.protection.ipv6On)
    }

    Given("DHCPv6 is switched on", documentation: "Waits until the network has leased an IPv6 address to the system.") {
        (system: LiveSystem) async throws in
        guard let command = system.description.protection.dhcpv6On else {
            throw ServiceError.notDescribed("protection: dhcpv6-on")
        }
        try await system.require(command)
        try await system.internet.waitForLeaseOfIPv6(within: system.patience(seconds: 20))
    }

    Then("the firewall logs the dropped {traffic}", documentation: "Looks for the packet in the kernel's log.") {
        (system: LiveSystem, kind: TrafficKind) async throws in
        guard let destination = system.notes.destination else { throw ProtectionError.nothingSent(kind) }
        let log = try await system.require("dmesg")
        let lines = log.standardOutput.split(separator: "\n").filter {
            $0.contains(system.description.protection.dropLog)
        }
        guard lines.contains(where: { kind.isDrop(String($0), to: destination) }) else {
            throw ProtectionError.notLogged(kind, lines: lines.suffix(5).map(String.init))
        }
    }
}

/// A reason why the protection is not what it should be.
enum ProtectionError: ExplainedError, Equatable {
    case nothingSent(TrafficKind)
    case notLogged(TrafficKind, lines: [String])

    var blame: Blame {
        switch self {
        case .nothingSent: .testAuthor
        case .notLogged: .systemUnderTest
        }
    }

    var summary: String {
        switch self {
        case .nothingSent(let kind): "A step has to send \(kind.rawValue) before its drop can be looked for."
        case .notLogged(let kind, let lines):
            "The firewall had to log the \(kind.rawValue) that it drops, and the kernel's log has "
                + (lines.isEmpty ? "no dropped packet at all." : "only other packets.")
        }
    }

    var context: [String] {
        switch self {
        case .nothingSent: []
        case .notLogged(_, let lines): lines
        }
    }
}
