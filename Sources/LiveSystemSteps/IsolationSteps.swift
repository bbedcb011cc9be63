import Diagnostics
import Foundation
import LiveSystem
import StepDefinitions

/// What a scenario leaves behind in a system, for others to find if they could.
let isolationSteps = StepLibrary<LiveSystem> {
    When(
        "the system is marked everywhere",
        documentation: "Leaves marks in memory, file systems, processes, clock, host name and network."
    ) { (system: LiveSystem) async throws in
        try await system.require(Mark.leave)
    }

    Then("the system bears every mark") { (system: LiveSystem) async throws in
        let marks = try await system.marks()
        guard marks == Mark.all else { throw MarksDiffer(wanted: Mark.all, seen: marks) }
    }

    Then("the system bears no mark", documentation: "Nothing that another scenario has done is to be seen.") {
        (system: LiveSystem) async throws in
        let marks = try await system.marks()
        guard marks.isEmpty else { throw MarksDiffer(wanted: [], seen: marks) }
    }
}

/// The marks that a scenario leaves.
private enum Mark {
    /// The names of all marks.
    static let all: Set<String> = ["memory", "file", "process", "clock", "host name", "address", "neighbour"]

    /// A year, which no clock that was set to the present is off.
    static let leave = """
        head -c 32M /dev/urandom > /run/assay-mark && touch /etc/assay-mark && hostname assay-mark &&
        ip address add 10.2.1.250/32 dev lo && ip neighbour replace 10.2.1.251 lladdr 02:00:0a:02:01:fb nud permanent \
        dev "$(ip -4 route show default | sed 's/.* dev \\([^ ]*\\).*/\\1/;q')" && \
        { setsid bash -c 'exec -a assay-mark sleep 3600' >/dev/null 2>&1 </dev/null & } && \
        date --set '1 year' >/dev/null
        """

    /// Prints the names of the marks that are there, one a line; the clock's second on the last line.
    static let look = """
        [ -e /run/assay-mark ] && echo memory; [ -e /etc/assay-mark ] && echo file
        [ "$(hostname)" = assay-mark ] && echo host name
        ip address show dev lo | grep -q 10.2.1.250 && echo address
        ip neighbour show | grep -q 10.2.1.251 && echo neighbour
        grep -aqs '^assay-mark' /proc/[0-9]*/cmdline && echo process
        date +%s
        """
}

extension LiveSystem {
    /// The marks that the system bears.
    fileprivate func marks() async throws -> Set<String> {
        let lines = try await require(Mark.look).standardOutput.split(separator: "\n").map(String.init)
        var marks = Set(lines.dropLast())
        guard let seconds = lines.last.flatMap({ Double($0) }) else { throw MarksDiffer(wanted: [], seen: Set(lines)) }
        if abs(seconds - Date().timeIntervalSince1970) > 86_400 { marks.insert("clock") }
        return marks
    }
}

/// A system that bears other marks than it should.
struct MarksDiffer: ExplainedError {
    let wanted: Set<String>
    let seen: Set<String>

    var blame: Blame { .harness }
    var summary: String {
        func list(_ marks: Set<String>) -> String { marks.isEmpty ? "none" : marks.sorted().joined(separator: ", ") }
        return "The system had to bear these marks: \(list(wanted)). It bears these: \(list(seen))."
    }
}
