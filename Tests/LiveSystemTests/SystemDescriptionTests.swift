import Foundation
import LiveSystem
import SimulatedInternet
import StrictYAML
import Testing

@Suite("System description")
struct SystemDescriptionTests {
    private static let systems =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "features/systems").path(percentEncoded: false)

    private func reference(_ old: String = "", _ new: String = "") throws -> SystemDescription {
        let text = try String(contentsOfFile: "\(Self.systems)/reference.yaml", encoding: .utf8)
        if !old.isEmpty { try #require(text.contains(old)) }
        return try SystemDescription(yaml: old.isEmpty ? text : text.replacing(old, with: new), file: "x.yaml")
    }

    @Test("the reference system is read with its policy")
    func good() throws {
        let system = try DescribedSystem(named: "reference", in: Self.systems)
        #expect(system.description.name == "reference")
        #expect(system.description.boot.edit[.bios] == ["Tab"])
        #expect(system.description.boot.start[.uefi] == ["ctrl+x"])
        #expect(system.description.tor.socks == "127.0.0.1:9050")
        #expect(system.policy.contains("name: tor-only"))
        #expect(try reference() == system.description)
    }

    @Test("how a system is asked who sends, and whether it has a greeter, may be left out and not be misspelt")
    func optional() throws {
        let whole = try reference()
        #expect(whole.attribution?.sockets == "ss -HnOaetu")
        #expect(whole.attribution?.senders == "nft -j list table inet assay-witness")
        #expect(try reference("  senders: nft -j list table inet assay-witness\n", "").attribution?.senders == nil)
        #expect(throws: YAMLError.self) { try reference("  holders: find", "  holder: find") }
        #expect(throws: YAMLError.self) { try reference("  users: getent passwd\n", "") }
        #expect(whole.greeter == nil)
        #expect(try reference("attribution:", "greeter: {shows: Welcome}\nattribution:").greeter?.shows == "Welcome")
        #expect(throws: YAMLError.self) { try reference("attribution:", "greeter: {}\nattribution:") }
    }

    @Test("a system's keyboard is that of the firmware unless it is told, and has to be one")
    func keyboard() throws {
        #expect(try reference().keyboard == "us")
        #expect(try reference("keyboard: us\n", "keyboard: de(nodeadkeys)\n").keyboard == "de(nodeadkeys)")
        #expect(try reference("keyboard: us\n", "").keyboard == "us")
        #expect(throws: YAMLError.self) { try reference("keyboard: us\n", "keyboard: german\n") }
    }

    @Test("a scenario runs on the size whose tag it has, any other on the one without a tag")
    func sizes() throws {
        let description = try reference()
        #expect(description.size(for: ["@network", "@desktop"]).name == "desktop")
        #expect(description.size(for: ["@desktops"]).name == "minimal")
        #expect(description.size(for: []).name == "minimal")
    }

    @Test("the internet of a system is what its description says")
    func internet() throws {
        let internet = try reference(
            "  updates: updates\n",
            "  ipv6: true\n  dhcpv6: true\n  clock: 2 years ahead\n  parts: [ssh, git]\n"
        ).internet
        #expect(internet.updates == nil)
        #expect(internet.configuration.names == ["news.test": ["203.0.113.80"]])
        #expect(internet.configuration.parts == [.git, .ssh] && internet.configuration.leasesIPv6)
        #expect(internet.configuration.time == ServedTime(offset: .seconds(2 * 31_557_600)))
    }

    @Test("equal descriptions are written alike, since checkpoints are known by that")
    func stable() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func text(_ parts: String) throws -> String {
            let description = try reference("  updates: updates\n", "  parts: [\(parts)]\n")
            return String(decoding: try encoder.encode(description), as: UTF8.self)
        }
        #expect(try text("ssh, git, mail, time") == text("time, mail, git, ssh"))
    }

    @Test("a scenario is judged by the policy of its tag, any other by the system's")
    func policies() throws {
        let system = try DescribedSystem(named: "reference", in: Self.systems)
        let settings = try LiveSystemSettings(
            system: system,
            images: [:],
            accelerator: .tcg(reason: ""),
            timeoutScale: 1
        )
        #expect(settings.policy(for: ["@bridges"]).text.contains("name: bridges-only"))
        #expect(settings.policy(for: ["@portal", "@slow"]).file.hasSuffix("captive-portal.policy.yaml"))
        #expect(settings.policy(for: ["@bridge"]).text == system.policy)
    }

    @Test(
        "how far a clock is off is read as people say it, and nothing else",
        arguments: [
            ("2 years ahead", 63_115_200), ("1 day behind", -86_400), ("90 seconds ahead", 90),
            ("1 years ahead", 31_557_600),
            ("two years ahead", nil), ("2 years", nil), ("2 yearss ahead", nil), ("-2 days ahead", nil),
            ("2  days ahead", nil), ("2 days late", nil), ("123456 days ahead", nil),
        ] as [(String, Int?)]
    )
    func clocks(_ text: String, _ seconds: Int?) {
        #expect(ClockOffset(text)?.duration == seconds.map { .seconds($0) })
    }

    @Test("a system that is not there is told with the nearest name")
    func unknownSystem() {
        #expect(throws: SystemError.unknown("refrence", folder: Self.systems, nearest: "reference")) {
            try DescribedSystem(named: "refrence", in: Self.systems)
        }
    }

    @Test("an unknown key is told with its place and the nearest known one")
    func unknownKey() {
        let error = #expect(throws: YAMLError.self) { try reference("  apply: s", "  aply: s\n  apply: s") }
        #expect(error?.description.contains("x.yaml:") == true)
        guard case .unknownKey(let position, "aply", let known)? = error else {
            return #expect(Bool(false), "\(error as Any)")
        }
        #expect(position.column == 3)
        #expect(known.contains("apply"))
        #expect(error?.hint == "Write “apply”.")
    }

    @Test(
        "what is missing or wrong is told with its place",
        arguments: [
            ("version: 1", "version: 2"), ("      tag: \"@desktop\"\n", ""), ("memory: 1024", "memory: 1"),
            ("memory: 1024", "memory: much"), ("  apply: systemctl restart tor@default\n", ""),
            ("policy: tor-only", "policy: ../tor-only"), ("edit: [Tab]", "edit: Tab"), ("name: reference", "name: [a]"),
            ("updates: updates", "updates: ../up"), ("updates: updates", "parts: [shh]"),
            ("updates: updates", "parts: [ssh, ssh]"), ("updates: updates", "clock: 2 years"),
            ("updates: updates", "ipv6: false\n  dhcpv6: true"), ("news.test: [203", "git.test: [203"),
            ("news.test: [203.0.113.80]", "news.test: [203]"), ("tag: \"@portal\"", "tag: \"@bridges\""),
            ("policy: bridges-only", "policy: ../bridges-only"),
        ]
    )
    func wrong(_ old: String, _ new: String) {
        let error = #expect(throws: YAMLError.self) { try reference(old, new) }
        #expect(error?.summary.contains(#/^x\.yaml:\d+:\d+: /#) == true)
    }
}
