package import LeakPolicy
import PacketDecoding

/// What a guest said of its sockets, processes and users at one moment.
package struct GuestTables: Sendable {
    let sockets: SocketTable
    let holders: ProcessTable
    let programs: ProgramTable
    let users: UserTable
    /// `nil` where the system has no witness.
    let senders: SenderTable?

    /// Says who sends a flow, as far as the tables prove it.
    package func sender(of flow: Flow) -> Sender {
        var gaps: [String] = []
        let open = sources(of: flow)
        let owners = Set(open.map(\.user))
        let witnessed = senders?.users(of: flow) ?? []
        let user: UInt32?
        switch (witnessed.count, owners.count) {
        case (1, _): user = witnessed.first
        case (_, 1): user = owners.first
        case (0, 0):
            user = nil
            gaps.append("no open socket belongs to it" + (senders == nil ? "" : ", and the witness does not know it"))
        default:
            user = nil
            gaps.append("several users sent what looks the same")
        }
        guard let user else { return Sender(gaps: gaps) }
        let processes = open.filter { $0.user == user }.reduce(into: Set<UInt32>()) {
            $0.formUnion(holders.holders(of: $1.inode))
        }
        let paths = processes.map { programs.path(of: $0) }
        if processes.isEmpty {
            gaps.append("no process has its socket open any more")
        } else if paths.contains(nil) {
            gaps.append("not every process that has its socket has a program with a name")
        }
        return Sender(user: users.name(of: user), programs: Set(paths.compactMap(\.self)).sorted(), gaps: gaps)
    }

    private func sources(of flow: Flow) -> [SocketTable.Socket] {
        guard case .endpoint(let source) = flow.source, case .endpoint(let destination) = flow.destination else {
            return []
        }
        switch flow.protocol {
        case .tcp: return sockets.sources(of: .tcp, from: source, to: destination)
        case .udp: return sockets.sources(of: .udp, from: source, to: destination)
        default: return []
        }
    }
}

/// Who in the guest sent something: what is proved, and why the rest is not known.
package struct Sender: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The user's name, or his number where he has no name.
    package let user: String?
    /// The programs of all processes that hold the socket; several where it was inherited.
    package let programs: [String]
    /// Why something is not known.
    package let gaps: [String]

    /// Creates what is known of a sender.
    package init(user: String? = nil, programs: [String] = [], gaps: [String] = []) {
        (self.user, self.programs, self.gaps) = (user, programs, gaps)
    }

    /// The owner for a policy, as far as there is no doubt about him.
    package var owner: TrafficOwner {
        TrafficOwner(user: user, process: programs.count == 1 && gaps.isEmpty ? programs[0] : nil)
    }

    package var description: String {
        let program = programs.isEmpty ? "unknown" : programs.joined(separator: ", ")
        let known = "user \(user ?? "unknown"), program \(program)"
        return gaps.isEmpty ? known : "\(known) (\(gaps.joined(separator: "; ")))"
    }
}
