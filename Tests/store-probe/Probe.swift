import CheckpointStore
import SystemPackage

/// Says a line at once, since the program may not live to the end.
func say(_ line: String) { _ = try? FileDescriptor.standardOutput.writeAll("\(line)\n".utf8) }

/// What the program does with a store.
struct Probe {
    let folder: FilePath

    /// Something that must not be.
    struct Wrong: Error {
        let what: String
    }

    private var store: CheckpointStore { CheckpointStore(folder: folder, limit: 2 << 20) }

    // MARK: - Random use

    func churn() async throws {
        say("begun")
        while true {
            let state = ProbeState.all[Int.random(in: 0..<ProbeState.all.count)]
            switch Int.random(in: 0..<10) {
            case 0..<4: try await make(state)
            case 4..<9: _ = try await use(state)
            default: try await store.prune(to: .random(in: 0..<2 << 20))
            }
        }
    }

    func make(_ state: ProbeState) async throws {
        let result = try await store.make(state.key, notice: { say("\($0)") }) { folder in
            try await state.fill(folder, pause: .microseconds(.random(in: 0..<5000)))
            return Int.random(in: 0..<8) == 0 ? nil : state.facts
        }
        if case .foundMade(let kept) = result, kept.key != state.key { throw Wrong(what: "the key") }
    }

    func use() async throws -> Int {
        var count = 0
        for state in ProbeState.all where try await use(state) { count += 1 }
        return count
    }

    private func use(_ state: ProbeState) async throws -> Bool {
        var notices: [CheckpointNotice] = []
        let isThere = try await store.withCheckpoint(state.key) {
            notices.append($0)
        } body: { kept in
            guard let kept else { return false }
            // Twice: while it's used nobody takes it away.
            for _ in 0..<2 {
                if let fault = state.fault(of: kept) { throw Wrong(what: "\(fault) of state \(state.number)") }
                try await Task.sleep(for: .microseconds(.random(in: 0..<3000)))
            }
            return true
        }
        // Nobody damages anything here, and no process that dies may.
        if let notice = notices.first { throw Wrong(what: "\(notice)") }
        return isThere
    }

    // MARK: - Full disk

    func fillDisk() async throws {
        let state = ProbeState(number: 0)
        try await expectFull("room for 1 GB") { try await store.requireRoom(for: 1_000_000_000) }
        try await expectFull("files that don't fit") {
            _ = try await store.make(state.key) { folder in
                try fill(folder)
                return state.facts
            }
        }
        try await expectFull("a manifest that doesn't fit") {
            _ = try await store.make(state.key) { folder in
                do { try fill(folder) } catch Errno.noSpace {}
                return state.facts
            }
        }
    }

    private func expectFull(_ what: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch CheckpointStoreError.diskFull {
            return
        }
        throw Wrong(what: "\(what): no error")
    }

    private func fill(_ folder: FilePath) throws {
        let file = try FileDescriptor.open(
            folder.appending("memory"),
            .writeOnly,
            options: .create,
            permissions: .ownerReadWrite
        )
        let block = [UInt8](repeating: 1, count: 4096)
        try file.closeAfter { for _ in 0..<1 << 15 { _ = try file.writeAll(block) } }
    }
}
