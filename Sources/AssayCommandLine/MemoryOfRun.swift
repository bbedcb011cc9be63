import Foundation
import LiveSystem
import MemoryAdmission
import Sandbox
import ScenarioRunner

/// How much memory the scenarios of a run may take, by what those of earlier runs took.
struct MemoryOfRun {
    let book: MemoryBook
    private let file: URL
    private let admission: MemoryAdmission

    /// What a machine takes besides its configured memory: QEMU itself, the simulated internet, the worker.
    private static let overhead = 600 << 20
    /// What stays free for everything else on the host.
    private static let reserve = 1 << 30

    /// Reads what earlier runs learned; a file that can't be read teaches nothing.
    init(cache: String) {
        file = URL(filePath: cache).appending(path: "memory-use.json")
        let learned = (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(LearnedMemory.self, from: $0) }
        admission = MemoryAdmission(
            available: HostMemory.available().map { Int(clamping: $0) } ?? .max,
            reserve: Self.reserve,
            overhead: Self.overhead,
            learned: learned ?? LearnedMemory()
        )
        book = MemoryBook(admission) { HostMemory.available().map { Int(clamping: $0) } }
    }

    /// What a scenario's memory is accounted under: the checkpoint that it starts from, or its image.
    static func request(of entry: Plan.Entry, on system: SystemDescription) -> MemoryAdmission.Request {
        let size = system.size(for: entry.pickle.tags.map(\.name))
        let makes = entry.testCase.testSteps.contains { $0.hookId == Plan.keepHook }
        return MemoryAdmission.Request(
            kind: (makes ? "making from " : "from ") + (entry.start ?? "power-on on \(size.name)"),
            configured: size.memory << 20
        )
    }

    /// How much a scenario will probably use, in bytes.
    func expectedUse(of entry: Plan.Entry, on system: SystemDescription) -> Int {
        admission.expectedUse(of: Self.request(of: entry, on: system))
    }

    /// What scenarios may use together, in bytes.
    var budget: Int { admission.budget }

    /// Keeps what was learned; that it can't be kept only costs the next run some caution.
    func keep() {
        try? JSONEncoder().encode(book.learned).write(to: file, options: .atomic)
    }
}

/// How many processors guests may have.
enum HostProcessors {
    /// What every machine is made with.
    static let perGuest = 2
    /// Guests wait most of the time, for the screen, the network and each other.
    private static let guestsPerProcessor = 4

    /// How many the guests of a run may have together.
    static var mostOfGuests: Int { ProcessInfo.processInfo.activeProcessorCount * guestsPerProcessor }
}
