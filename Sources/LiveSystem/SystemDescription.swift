package import SimulatedInternet
package import TrafficAttribution

/// What features need to know of one system under test, so that they themselves need not know it.
///
/// Written by hand in `features/systems/<name>.yaml`; see there for an example with comments.
package struct SystemDescription: Codable, Hashable, Sendable {
    /// An image of the system.
    package struct Size: Codable, Hashable, Sendable {
        /// The name by which the recipe makes it.
        package let name: String
        /// The tag of the scenarios that run on it; the size without a tag is for all others.
        package let tag: String?
        /// The memory of the machine that it runs in, in mebibytes.
        package let memory: Int
    }

    /// What a person does at the boot menu.
    package struct Boot: Codable, Hashable, Sendable {
        /// Text on the screen when the menu waits for a key.
        package let menu: String
        /// Keys that open the kernel's command line for editing, by firmware.
        package let edit: [Firmware: [String]]
        /// Keys that start what was edited, by firmware.
        package let start: [Firmware: [String]]
        /// Options that are added when the processor is emulated.
        package let emulatedOptions: String?
    }

    /// What a system asks its user before it does anything.
    package struct Greeter: Codable, Hashable, Sendable {
        /// Text on the screen when it waits for the user.
        package let shows: String
    }

    /// The program that a machine starts with.
    package enum Firmware: String, Codable, Hashable, Sendable, CaseIterable, CodingKeyRepresentable {
        case bios, uefi
    }

    /// How Tor is told which network to use.
    package struct Tor: Codable, Hashable, Sendable {
        /// The file that Tor's configuration includes.
        package let configuration: String
        /// The command that makes Tor read it.
        package let apply: String
        /// The address and port of Tor's SOCKS proxy in the guest.
        package let socks: String
        /// The program by which Tor speaks obfs4 to a bridge, if the system has one.
        package let obfs4: String?
    }

    /// How a scenario takes the protection away, and sees it at work.
    package struct Protection: Codable, Hashable, Sendable {
        /// The command that switches the firewall off.
        package let firewallOff: String
        /// The command that switches IPv6 on.
        package let ipv6On: String
        /// The command that makes the system ask for an address by DHCPv6, if it can.
        package let dhcpv6On: String?
        /// What the firewall puts before each packet that it drops, in the kernel's log.
        package let dropLog: String
    }

    /// The leak policy of scenarios with a tag.
    package struct TaggedPolicy: Codable, Hashable, Sendable {
        /// The tag.
        package let tag: String
        /// The file with the policy, beside this one.
        package let file: String
    }

    /// What there is in the simulated internet of every scenario.
    package struct Internet: Codable, Hashable, Sendable {
        /// Everything but the folder of updates.
        package var configuration = InternetConfiguration()
        /// The folder beside this file whose files the update server serves.
        package var updates: String?
    }

    /// How the system is made to trust an authority that vouches for servers with TLS.
    package struct Certificates: Codable, Hashable, Sendable {
        /// The file that its certificate is written to.
        package let file: String
        /// The command that makes programs read it, if there has to be one.
        package let apply: String?
    }

    /// The system's name.
    package let name: String
    /// The file with the leak policy, beside this one.
    package let policy: String
    /// Other policies, for scenarios with a tag; the first tag that fits decides.
    package let policies: [TaggedPolicy]
    /// The program that makes images: run with a name, it prints a path as its last line.
    package let recipe: String
    /// The images.
    package let sizes: [Size]
    /// The boot menu.
    package let boot: Boot
    /// The layout of the keyboard in the system that has started, by its X11 name.
    package let keyboard: String
    /// What is asked before anything else, if anything is.
    package let greeter: Greeter?
    /// Tor.
    package let tor: Tor
    /// The protection.
    package let protection: Protection
    /// The internet.
    package let internet: Internet
    /// The certificates that the system trusts.
    package let certificates: Certificates?
    /// What is put before a command that may use the network without Tor, such as one for a captive portal.
    package let withoutTor: String?
    /// How it is found out who in the guest sends something, if it can be.
    package let attribution: AttributionCommands?

    /// The layout of firmware and boot menus, and of a system whose description tells of none.
    package static let usualKeyboard = "us"

    /// The image for a scenario with these tags.
    package func size(for tags: [String]) -> Size {
        // Reading checks that there is one without a tag.
        sizes.first { $0.tag.map(tags.contains) ?? false } ?? sizes.first { $0.tag == nil } ?? sizes[0]
    }
}
