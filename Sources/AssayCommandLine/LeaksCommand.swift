import ArgumentParser
import Diagnostics
import Foundation
import LeakPolicy
import LeakSelfTest
import OfflineJudging
import PacketDecoding
import SystemPackage
import Verdicts

/// Judges captures offline, and proves that the judge is not blind.
struct LeaksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leaks",
        abstract: "Judge captures by a leak policy, or prove that every rule fires.",
        discussion: """
            Exit status: 0 clean; 1 leaked; 75 the capture can't prove anything, or the self-test failed; 2 usage.
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, markdown
    }

    @Argument(help: "Captures in pcap or pcapng format; - is standard input.")
    var captures: [String] = []

    @Option(help: "The leak policy.")
    var policy: String?

    @Option(help: "What is known of the run, as YAML: the same as the options below.")
    var run: String?

    @Option(help: "NAME=ADDRESS:PORT,SUBNET:PORT,…: the endpoints of a group of the policy. Repeat for several.")
    var group: [String] = []

    @Option(help: "The guest's network, such as 10.2.1.0/24.")
    var subnet: String?

    @Option(help: "The guest's gateway and DHCP server.")
    var gateway: String?

    @Option(help: "A prefix of IPv6 that the guest's network has, such as 2001:db8:1::/64. Repeat for several.")
    var prefix: [String] = []

    @Option(help: "A hardware address that a card of the guest came with. Repeat for several.")
    var realMac: [String] = []

    @Option(help: "A hardware address that the guest sends from, where the capture tells no directions.")
    var guestMac: [String] = []

    @Option(help: "An Internet address that the guest sends from, where the link has no others. Repeat for several.")
    var guestIP: [String] = []

    @Option(
        help: "On which side the capture listened: host, as is usual for Ethernet, or guest, as is for all other links."
    )
    var capturedAt: GuestDirection.Side?

    @Option(help: "NAME=TEXT: what must not leave the guest in any encoding. Repeat for several.")
    var secret: [String] = []

    @Option(help: "The guest's phase, where the capture has no comment that tells it.")
    var phase: Phase?

    @Flag(help: "Provoke every rule and its nearest innocent neighbour, and judge no capture.")
    var selfTest = false

    @Option(name: .shortAndLong, help: "text or json; markdown for the matrix of the self-test.")
    var format = Format.text

    func validate() throws {
        if selfTest {
            guard captures.isEmpty else { throw ValidationError("--self-test judges no capture.") }
            return
        }
        guard !captures.isEmpty else { throw ValidationError("Name a capture, or - for standard input.") }
        guard policy != nil else { throw ValidationError("--policy is missing.") }
        guard format != .markdown else { throw ValidationError("--format markdown is for --self-test.") }
    }

    func run() async throws {
        let code = try selfTest ? proveRules() : judgeCaptures()
        if code != .passed { throw ArgumentParser.ExitCode(code.rawValue) }
    }

    // MARK: - The self-test

    private func proveRules() throws -> Verdicts.ExitCode {
        let report = try LeakSelfTest.run()
        switch format {
        case .text: Assay.write(report.text, to: .standardOutput)
        case .json: try print(json: report)
        case .markdown: Assay.write(report.markdown, to: .standardOutput)
        }
        return report.passed ? .passed : .infrastructure
    }

    // MARK: - Captures

    private func judgeCaptures() throws -> Verdicts.ExitCode {
        let facts = try facts()
        let file = policy ?? ""
        let policy = try LeakPolicy(yaml: try text(of: file), file: file).resolved(to: facts.groups)
        let guest = try facts.guest()
        let direction = GuestDirection(
            capturedAt: capturedAt,
            guestAddresses: facts.guestAddresses,
            guestHosts: facts.guestHosts
        )
        var verdicts: [OfflineVerdict] = []
        for capture in captures {
            var judge = OfflineJudge(
                capture: capture == "-" ? "standard input" : capture,
                policy: policy,
                guest: guest,
                direction: direction,
                phase: facts.phase,
                earlierConnections: facts.earlierConnections
            )
            try read(capture) { try judge.feed($0) }
            verdicts.append(try judge.finish())
            if format == .text, let verdict = verdicts.last { Assay.write(verdict.text, to: .standardOutput) }
        }
        if format == .json { try print(json: verdicts) }
        return verdicts.contains { $0.verdict == .leaked }
            ? .failed : verdicts.contains { $0.verdict == .inconclusive } ? .infrastructure : .passed
    }

    private func facts() throws -> RunFacts {
        var facts = try run.map { try RunFacts(yaml: try text(of: $0), file: $0) } ?? RunFacts()
        for text in group { try facts.addGroup(text) }
        for text in secret { try facts.addSecret(text) }
        for text in prefix { try facts.addPrefix(text) }
        facts.subnet = try value(subnet, "--subnet", "a subnet such as 10.2.1.0/24") { IPv4Subnet($0) } ?? facts.subnet
        facts.gateway = try value(gateway, "--gateway", "an IPv4 address") { IPv4Address($0) } ?? facts.gateway
        facts.phase = phase ?? facts.phase
        let address = "an address such as 02:00:00:00:00:64"
        for text in realMac {
            if let found = try value(text, "--real-mac", address, { MACAddress($0) }) {
                facts.realAddresses.insert(found)
            }
        }
        for text in guestMac {
            if let found = try value(text, "--guest-mac", address, { MACAddress($0) }) {
                facts.guestAddresses.insert(found)
            }
        }
        for text in guestIP {
            if let found = try value(text, "--guest-ip", "an address such as 10.2.1.100", { IPAddress($0) }) {
                facts.guestHosts.insert(found)
            }
        }
        return facts
    }

    private func value<Value>(
        _ text: String?,
        _ option: String,
        _ expected: String,
        _ parse: (String) -> Value?
    ) throws(OfflineError) -> Value? {
        guard let text else { return nil }
        guard let value = parse(text) else { throw .malformed(option: option, text: text, expected: expected) }
        return value
    }

    // MARK: - Files

    private func text(of path: String) throws -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch { throw UnreadableFile(path: path) }
    }

    /// Hands on the file in chunks that fit into the processor's cache.
    private func read(_ path: String, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        let file: FileDescriptor
        do {
            file = path == "-" ? .standardInput : try FileDescriptor.open(FilePath(path), .readOnly)
        } catch { throw UnreadableFile(path: path) }
        defer { if path != "-" { try? file.close() } }
        try withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 16) { buffer in
            while true {
                let count: Int
                do { count = try file.read(into: buffer) } catch { throw UnreadableFile(path: path) }
                if count == 0 { return }
                try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    private func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Assay.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", to: .standardOutput)
    }
}

/// A file that was named and can't be read.
private struct UnreadableFile: ExplainedError {
    let path: String

    var blame: Blame { .testAuthor }
    var summary: String { "The file \(path) can't be read." }
}

extension Phase: ExpressibleByArgument {}
extension GuestDirection.Side: ExpressibleByArgument {}
