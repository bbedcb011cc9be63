package import Diagnostics
import Foundation
import LeakPolicy
import Screen
package import StrictYAML
import TrafficAttribution

/// A system's description together with its leak policy, as they lie in files.
package struct DescribedSystem: Sendable {
    /// What is known of the system.
    package let description: SystemDescription
    /// The text of its leak policy.
    package let policy: String
    /// Where the policy stands.
    package let policyFile: String
    /// Policies for scenarios with a tag.
    package let policies: [TaggedPolicy]
    /// The folder whose files the update server serves, if there is one.
    package let updates: String?

    /// The text of a policy for scenarios with a tag.
    package struct TaggedPolicy: Codable, Hashable, Sendable {
        /// The tag.
        package let tag: String
        /// The policy.
        package let text: String
        /// Where it stands.
        package let file: String
    }

    /// Reads a system's description and its leak policy.
    ///
    /// - Throws: ``SystemError`` when there is no such system, and `YAMLError` when a file is not as it should be.
    package init(named name: String, in folder: String) throws {
        let known = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".policy.yaml") }
            .map { String($0.dropLast(5)) }
        guard known.contains(name) else {
            throw SystemError.unknown(name, folder: folder, nearest: nearestName(to: name, among: known))
        }
        let file = "\(folder)/\(name).yaml"
        description = try SystemDescription(yaml: Self.text(of: file), file: file)
        policyFile = "\(folder)/\(description.policy)"
        policy = try Self.text(of: policyFile)
        _ = try LeakPolicy(yaml: policy, file: policyFile)
        var policies: [TaggedPolicy] = []
        for tagged in description.policies {
            let file = "\(folder)/\(tagged.file)"
            let text = try Self.text(of: file)
            _ = try LeakPolicy(yaml: text, file: file)
            policies.append(TaggedPolicy(tag: tagged.tag, text: text, file: file))
        }
        self.policies = policies
        updates = description.internet.updates.map { "\(folder)/\($0)" }
        if let updates {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: updates, isDirectory: &isFolder), isFolder.boolValue else {
                throw SystemError.noFolder(updates)
            }
        }
    }

    private static func text(of file: String) throws(SystemError) -> String {
        guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8)
        else {
            throw .unreadable(file)
        }
        return text
    }
}

/// A reason why there is no description of the system under test.
package enum SystemError: ExplainedError, Equatable {
    case unknown(String, folder: String, nearest: String?)
    case unreadable(String)
    case noFolder(String)

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .unknown(let name, let folder, _):
            "The system \(name) needs a description, and \(folder)/\(name).yaml is not there."
        case .noFolder(let folder): "\(folder) has to be the folder of what the update server serves, and is none."
        case .unreadable(let file): "\(file) has to be a text file in UTF-8 that can be read."
        }
    }

    package var hint: String? {
        switch self {
        case .unknown(_, _, let nearest):
            nearest.map { "Did you mean \($0)?" } ?? "Run it in the folder that holds features/."
        case .unreadable, .noFolder: nil
        }
    }
}

// MARK: - Reading a description

extension SystemDescription {
    /// Reads a description of version 1; an unknown key is an error.
    package init(yaml text: String, file: String) throws(YAMLError) {
        let document = try YAMLDocument(text, file: file)
        let root = document.root
        let version = try root.value("version")
        guard try version.int() == 1 else { throw version.unexpected("1, the version of this format") }
        name = try root.string("name")
        policy = try root.value("policy").fileBeside()
        var policies: [TaggedPolicy] = []
        for item in try root.optionalList("policies") ?? [] {
            let tagged = try item.mapping()
            let tag = try tagged.parsed("tag", as: "a tag with its @") { $0.hasPrefix("@") ? $0 : nil }
            guard !policies.contains(where: { $0.tag == tag }) else { throw item.unexpected("a tag of its own") }
            policies.append(TaggedPolicy(tag: tag, file: try tagged.value("policy").fileBeside()))
        }
        self.policies = policies

        let images = try root.mapping("images")
        recipe = try images.string("recipe")
        let list = try images.value("sizes")
        var sizes: [Size] = []
        for item in try list.list() { sizes.append(try Size(item.mapping())) }
        guard sizes.count(where: { $0.tag == nil }) == 1 else {
            throw list.unexpected("a list with one size without a tag")
        }
        guard Set(sizes.map(\.name)).count == sizes.count, Set(sizes.map(\.tag)).count == sizes.count else {
            throw list.unexpected("a list in which no name and no tag stands twice")
        }
        self.sizes = sizes

        boot = try Boot(root.mapping("boot"))
        keyboard =
            try root.optionalValue("keyboard")?.parsed(as: "a keyboard layout such as us or de(nodeadkeys)") {
                (try? KeyboardLayout($0))?.name
            } ?? Self.usualKeyboard
        greeter = try root.optionalMapping("greeter").map { mapping throws(YAMLError) in
            Greeter(shows: try mapping.string("shows"))
        }

        let tor = try root.mapping("tor")
        self.tor = Tor(
            configuration: try tor.string("configuration"),
            apply: try tor.string("apply"),
            socks: try tor.string("socks"),
            obfs4: try tor.optionalString("obfs4")
        )

        let protection = try root.mapping("protection")
        self.protection = Protection(
            firewallOff: try protection.string("firewall-off"),
            ipv6On: try protection.string("ipv6-on"),
            dhcpv6On: try protection.optionalString("dhcpv6-on"),
            dropLog: try protection.parsed("drop-log", as: "the text before each dropped packet") { text in
                text.isEmpty ? nil : text
            }
        )
        internet = if let value = root.optionalValue("internet") { try Internet(value) } else { Internet() }
        certificates =
            if let mapping = try root.optionalMapping("certificates") {
                Certificates(file: try mapping.string("file"), apply: try mapping.optionalString("apply"))
            } else { nil }
        withoutTor = try root.optionalString("without-tor")
        attribution = try root.optionalMapping("attribution").map { mapping throws(YAMLError) in
            AttributionCommands(
                sockets: try mapping.string("sockets"),
                holders: try mapping.string("holders"),
                programs: try mapping.string("programs"),
                users: try mapping.string("users"),
                senders: try mapping.optionalString("senders")
            )
        }
        try document.finish()
    }
}

extension YAMLValue {
    fileprivate func fileBeside() throws(YAMLError) -> String {
        try parsed(as: "the name of a file beside this one") { $0.contains("/") || $0.isEmpty ? nil : $0 }
    }
}

extension SystemDescription.Size {
    fileprivate init(_ mapping: YAMLMapping) throws(YAMLError) {
        name = try mapping.string("name")
        tag = try mapping.optionalValue("tag")?.parsed(as: "a tag with its @") { $0.hasPrefix("@") ? $0 : nil }
        let memory = try mapping.value("memory")
        self.memory = try memory.int()
        guard (64...65_536).contains(self.memory) else { throw memory.unexpected("mebibytes from 64 to 65536") }
    }
}

extension SystemDescription.Boot {
    fileprivate init(_ mapping: YAMLMapping) throws(YAMLError) {
        menu = try mapping.string("menu")
        var edit: [SystemDescription.Firmware: [String]] = [:]
        var start: [SystemDescription.Firmware: [String]] = [:]
        for firmware in SystemDescription.Firmware.allCases {
            let keys = try mapping.mapping(firmware.rawValue)
            edit[firmware] = try keys.strings("edit")
            start[firmware] = try keys.strings("start")
        }
        self.edit = edit
        self.start = start
        emulatedOptions = try mapping.optionalMapping("options")?.optionalString("emulated")
    }
}
