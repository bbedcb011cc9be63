import Foundation
import LiveSystem
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

    @Test("a scenario runs on the size whose tag it has, any other on the one without a tag")
    func sizes() throws {
        let description = try reference()
        #expect(description.size(for: ["@network", "@desktop"]).name == "desktop")
        #expect(description.size(for: ["@desktops"]).name == "minimal")
        #expect(description.size(for: []).name == "minimal")
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
        ]
    )
    func wrong(_ old: String, _ new: String) {
        let error = #expect(throws: YAMLError.self) { try reference(old, new) }
        #expect(error?.summary.contains(#/^x\.yaml:\d+:\d+: /#) == true)
    }
}
