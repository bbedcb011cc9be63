/// Which processes hold which sockets: `/proc/12/fd socket:[345]` on each line.
struct ProcessTable: Sendable {
    private var processes: [UInt64: Set<UInt32>] = [:]

    init(holders lines: [Substring]) {
        for line in lines {
            let fields = line.split(separator: " ")
            guard fields.count == 2, let process = processIdentifier(fields[0], folder: "/fd"),
                fields[1].hasPrefix("socket:["), fields[1].hasSuffix("]"),
                let inode = UInt64(fields[1].dropFirst(8).dropLast())
            else { continue }
            processes[inode, default: []].insert(process)
        }
    }

    func holders(of inode: UInt64) -> Set<UInt32> { inode == 0 ? [] : processes[inode] ?? [] }
}

/// Which programs processes run: `/proc/12 /usr/bin/tor` on each line.
///
/// A path may hold anything, a line's end too: two lines about one process say nothing of it.
struct ProgramTable: Sendable {
    private var paths: [UInt32: String?] = [:]

    init(_ lines: [Substring]) {
        for line in lines {
            guard let space = line.firstIndex(of: " "), let process = processIdentifier(line[..<space], folder: "")
            else { continue }
            let path = PrintableName(line[line.index(after: space)...])?.text
            paths[process] = .some(paths.keys.contains(process) ? nil : path?.hasPrefix("/") == true ? path : nil)
        }
    }

    func path(of process: UInt32) -> String? { paths[process] ?? nil }
}

/// The users by their numbers: passwd(5).
struct UserTable: Sendable {
    private var names: [UInt32: String?] = [:]

    init(_ lines: [Substring]) {
        for line in lines {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 7, let number = UInt32(fields[2]), let name = PrintableName(fields[0]) else {
                continue
            }
            // Two names of one user are no name.
            names[number] = .some(names.keys.contains(number) ? nil : name.text)
        }
    }

    /// The user's name, or his number where he has none.
    func name(of user: UInt32) -> String { (names[user] ?? nil) ?? "\(user)" }
}

/// Reads `/proc/12` and what follows.
private func processIdentifier(_ text: Substring, folder: String) -> UInt32? {
    guard text.hasPrefix("/proc/"), text.hasSuffix(folder) else { return nil }
    return UInt32(text.dropFirst(6).dropLast(folder.count))
}

/// A name out of the guest that can't make a report say something else: no line's end, no change of direction.
struct PrintableName {
    let text: String

    init?(_ text: Substring) {
        guard !text.isEmpty, text.utf8.count <= 1_024 else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
        guard isPlain, !text.unicodeScalars.contains("\u{fffd}") else { return nil }
        self.text = String(text)
    }
}
