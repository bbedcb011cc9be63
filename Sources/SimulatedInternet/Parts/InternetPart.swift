/// A part of the simulated internet that is there only when somebody asks for it.
package enum InternetPart: String, Hashable, Sendable, Codable, CaseIterable {
    /// Answers whatever nobody else answers.
    case sinkhole
    /// Tells the time, a wrong one if somebody wishes.
    case time
    /// A web server with TLS, whose content the suite brings along.
    case updates
    /// Takes mail, keeps it, and hands it out.
    case mail
    /// A server of git's own protocol, with one small repository.
    case git
    /// A server that a key opens, which tells the visitor's address and serves git.
    case ssh
    /// Lets nobody through who has not sent its form.
    case portal

    /// What it is called in sentences.
    package var words: String {
        switch self {
        case .sinkhole: "sinkhole"
        case .time: "time server"
        case .updates: "update server"
        case .mail: "mail server"
        case .git: "git server"
        case .ssh: "ssh server"
        case .portal: "captive portal"
        }
    }

    /// Its name, where it has one.
    package var hostName: String? {
        switch self {
        case .sinkhole, .time: nil
        case .updates, .mail, .git, .ssh, .portal: "\(rawValue).test"
        }
    }

    /// Where clients find it; empty for the sinkhole, which is everywhere.
    package var endpoints: Set<ServiceEndpoint> {
        Set(ports.map { ServiceEndpoint(address: AddressPlan.address(of: self), port: $0) })
    }

    private var ports: [UInt16] {
        switch self {
        case .sinkhole: []
        case .time: [123]
        case .updates: [443]
        case .mail: [MailServer.smtpPort, MailServer.imapPort]
        case .git: [9418]
        case .ssh: [22]
        case .portal: [80, 443]
        }
    }
}

/// What of a simulated internet can change while it runs, and is the same again when a checkpoint is gone on from.
package struct InternetState: Hashable, Sendable, Codable {
    /// The parts that were asked for.
    package var parts: Set<InternetPart>
    /// What the time server and the sinkhole tell.
    package var time: ServedTime
    /// Whether router advertisements also send the guest to a DHCPv6 server.
    package var leasesIPv6: Bool
    /// Whether somebody has sent the captive portal's form.
    package var portalIsPassed: Bool

    /// Creates the state of a network that nobody has changed yet.
    package init(_ configuration: InternetConfiguration = InternetConfiguration()) {
        parts = Set(configuration.parts)
        if configuration.sinkhole != nil { parts.insert(.sinkhole) }
        if configuration.time != nil { parts.insert(.time) }
        time = configuration.time ?? ServedTime()
        leasesIPv6 = configuration.leasesIPv6
        portalIsPassed = false
    }

    /// The configuration of the name service, with what of it has changed.
    func applied(to configuration: InternetConfiguration) -> InternetConfiguration {
        var changed = configuration
        // The others have their names in any case.
        changed.parts = parts.contains(.portal) ? [.portal] : []
        changed.sinkhole = parts.contains(.sinkhole) ? configuration.sinkhole ?? SinkholeLimits() : nil
        changed.leasesIPv6 = leasesIPv6
        return changed
    }
}
