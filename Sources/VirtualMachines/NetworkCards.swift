import FoundationEssentials

extension Machine {
    /// The names of the network cards that QEMU itself says the machine has, and of anything else that has a network.
    ///
    /// A card that was not described has the name that QEMU gives it.
    package func networkCards() async throws(MachineError) -> [String] {
        struct Answer: Decodable {
            let text: String
            enum CodingKeys: String, CodingKey { case text = "return" }
        }
        let command = #"{"execute":"human-monitor-command","arguments":{"command-line":"info network"}}"#
        let answer = try await monitorCommand(command)
        guard let text = try? JSONDecoder().decode(Answer.self, from: Data(answer.utf8)).text else {
            throw .monitorRefused(command: command, reason: "its answer is no text")
        }
        return NetworkList.names(text)
    }
}

/// QEMU's list of network cards and of what they are connected to (`info network`, monitor/hmp.c).
package enum NetworkList {
    /// Each end of a connection by the name that it was described with: `ua-card`, and `hostua-card` at the other end.
    ///
    /// ```
    /// ua-card: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:5a:11:0e
    ///  \ hostua-card: index=0,type=tap,fd=33
    /// ```
    package static func names(_ text: String) -> [String] {
        var names: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard let name = line.split(separator: ":").first?.drop(while: { $0 == " " || $0 == "\\" }) else {
                continue
            }
            guard line.contains("type=") else { continue }
            let own = name.trimmingPrefix("host").trimmingPrefix("ua-")
            if !names.contains(String(own)) { names.append(String(own)) }
        }
        return names
    }
}
