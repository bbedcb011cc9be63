/// How a system says who in it sends what: commands of its shell, each with the format of its output.
///
/// Whatever they print is a claim of the guest, and read as one.
package struct AttributionCommands: Codable, Hashable, Sendable {
    /// Lists the sockets of TCP and UDP: ss(8) with `-HnOaetu`.
    package let sockets: String
    /// Lists the processes that hold sockets: `/proc/12/fd socket:[345]` on each line.
    package let holders: String
    /// Lists the programs of the processes: `/proc/12 /usr/bin/tor` on each line.
    package let programs: String
    /// Lists the users: passwd(5).
    package let users: String
    /// Lists what a witness in the system remembers of what was sent: libnftables-json(5).
    ///
    /// Sets named `tcp4`, `udp4`, `tcp6`, `udp6` hold source, port, destination, port and user; `other4` and `other6` hold
    /// protocol, source, destination and user. A socket that is closed already is known to nobody else.
    package let senders: String?

    package init(sockets: String, holders: String, programs: String, users: String, senders: String?) {
        (self.sockets, self.holders, self.programs) = (sockets, holders, programs)
        (self.users, self.senders) = (users, senders)
    }
}

/// One question to the guest that gets all answers at once, so that they are of one moment.
package struct AttributionQuestion: Sendable {
    private let commands: [(name: String, command: String)]
    private let mark: String

    /// A longer answer is not looked at: a guest that has so many sockets hides something behind them.
    package static let longestAnswer = 4 << 20

    /// Creates a question; `mark` is what no output holds by chance.
    package init(_ commands: AttributionCommands, mark: String) {
        // What vanishes first is asked first.
        self.commands =
            [
                ("sockets", commands.sockets), ("holders", commands.holders), ("programs", commands.programs),
                ("users", commands.users),
            ] + (commands.senders.map { [("senders", $0)] } ?? [])
        self.mark = mark
    }

    /// The question as a script of the guest's shell.
    package var script: String {
        commands.map { "echo '\(mark) \($0.name)'; ( \($0.command) ) 2>/dev/null </dev/null; echo" }
            .joined(separator: "\n") + "\necho '\(mark) end'\n"
    }

    /// Takes an answer apart; `nil` when it is not whole.
    package func tables(_ answer: String) -> GuestTables? {
        guard answer.utf8.count <= Self.longestAnswer else { return nil }
        var sections: [String: [Substring]] = [:]
        var names: [String] = []
        for line in answer.split(separator: "\n", omittingEmptySubsequences: true) {
            if line.hasPrefix("\(mark) ") {
                names.append(String(line.dropFirst(mark.count + 1)))
            } else if let name = names.last {
                sections[name, default: []].append(line)
            }
        }
        guard names == commands.map(\.name) + ["end"], sections["end"] == nil else { return nil }
        return GuestTables(
            sockets: SocketTable(sections["sockets"] ?? []),
            holders: ProcessTable(holders: sections["holders"] ?? []),
            programs: ProgramTable(sections["programs"] ?? []),
            users: UserTable(sections["users"] ?? []),
            senders: sections["senders"].map { SenderTable(json: $0.joined(separator: "\n")) }
        )
    }
}
