import FoundationEssentials
import Glibc
import SimulatedInternet
import SystemPackage

/// The things a test can ask for.
enum Check: String, CaseIterable {
    /// Bring everything up and take it down.
    case up
    /// Cancel while services come up.
    case cancel
    /// Kill a service in the middle.
    case killed
    /// Bring it up with directories that are days old.
    case stale
    /// Use everything from a network stack behind the guest's port.
    case guest
    /// Speak link-layer frames through the tap, and listen to what the host says by itself.
    case frames
    /// The same in an internet without IPv6.
    case framesWithoutIPv6
    /// Speak to addresses and ports that nobody has, as a guest and through Tor.
    case sinkhole
    /// Speak more than a sinkhole keeps.
    case smallSinkhole
    /// Speak to an address that nobody has, without a sinkhole.
    case noSinkhole
    /// Ask for the time, which is wrong.
    case time
    /// Ask for an IPv6 address by DHCPv6.
    case leases6
    /// Use every part that is a program.
    case services
    /// Meet a captive portal, and pass it.
    case portal
    /// Let the network answer every address, tell another time and lease addresses, while it runs.
    case changes

    func run(scratch: FilePath, cache: FilePath) async throws -> ProbeReport {
        let began = ContinuousClock.now
        var report: ProbeReport
        do {
            report = try await withSimulatedInternet(configuration, scratch: scratch, cache: cache) { internet in
                var report = ProbeReport()
                report.linksAfter = seconds(since: began)
                try await body(internet, scratch, &report)
                report.take(internet)
                return report
            }
        } catch  where self == .killed || self == .cancel {
            report = ProbeReport()
            report.error = "\(error)"
        }
        report.goneAfter = seconds(since: began)
        report.survivors = processes().map(\.name).filter { !["bash", "internet-probe"].contains($0) }
        return report
    }

    private var configuration: InternetConfiguration {
        switch self {
        case .framesWithoutIPv6: InternetConfiguration(offersIPv6: false)
        case .sinkhole: InternetConfiguration(sinkhole: SinkholeLimits())
        case .smallSinkhole:
            InternetConfiguration(sinkhole: SinkholeLimits(bytesKept: 8, conversationsKept: 3, openConnections: 2))
        case .time: InternetConfiguration(time: ServedTime(offset: .seconds(-86_400 * 3650)))
        case .leases6: InternetConfiguration(leasesIPv6: true)
        case .services: InternetConfiguration(updates: "/run/updates")
        default: InternetConfiguration()
        }
    }

    private func body(_ internet: SimulatedInternet, _ scratch: FilePath, _ report: inout ProbeReport) async throws {
        let began = ContinuousClock.now
        if self == .frames || self == .framesWithoutIPv6 { return try await checkFrames(internet, &report) }
        if self == .sinkhole { return try await checkSinkhole(internet, &report) }
        if self == .smallSinkhole { return try await checkSmallSinkhole(internet, &report) }
        if self == .noSinkhole { return try await checkNoSinkhole(internet, &report) }
        if self == .time { return try await checkTime(internet, &report) }
        if self == .leases6 { return try await checkLeases6(internet, &report) }
        if self == .services { return try await checkServices(internet, scratch, &report) }
        if self == .portal { return try await checkPortal(internet, &report) }
        if self == .changes { return try await checkChanges(internet, &report) }
        if self == .cancel {
            _ = try await internet.torNetwork()
            throw CancellationError()
        }
        try await internet.waitUntilReady()
        report.readyAfter = report.linksAfter + seconds(since: began)
        report.memory = processes().filter { $0.name != "internet-probe" }.reduce(0) { $0 + memory(of: $1.identifier) }
        switch self {
        case .killed:
            let tor = processes().first { $0.name == "tor" }
            _ = tor.map { kill($0.identifier, SIGKILL) }
            // Ended by the scope, which has to notice.
            try await Task.sleep(for: .seconds(60))
        case .guest:
            try await checkGuest(internet, scratch, &report)
        case .up, .cancel, .stale, .frames, .framesWithoutIPv6, .sinkhole, .smallSinkhole, .noSinkhole, .time, .leases6,
            .services, .portal, .changes:
            break
        }
    }
}

// MARK: - Processes

func seconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .seconds(1) }

/// Every process of this process namespace.
func processes() -> [(identifier: pid_t, name: String)] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { entry in
        guard let identifier = pid_t(entry) else { return nil }
        guard let name = try? String(contentsOfFile: "/proc/\(entry)/comm", encoding: .utf8) else { return nil }
        return (identifier, String(name.prefix { $0 != "\n" }))
    }
}

private func memory(of identifier: pid_t) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(identifier)/smaps_rollup", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
}
