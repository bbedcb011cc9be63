import FoundationEssentials
import Glibc
package import SystemPackage

// A machine's state as two files: its memory, which is a file all the time, and the state of its devices, which QEMU
// writes as for a migration to another host. The memory is left out of that (x-ignore-shared), so that saving and
// restoring take the same time however much memory is in use.

extension Machine {
    /// Halts the machine, writes the state of its devices into a file, and returns how long that took.
    ///
    /// The memory is then complete in the file that ``MachineDescription/backing`` shares with the guest, and so are
    /// the disks' files and the ``variables``. All of them belong to the saved state from now on: the machine never runs
    /// again, which ``resume()`` and ``reset()`` refuse, and may only be looked at and switched off. Nothing is synced
    /// to the host's disk. When it fails, there is no file, and the machine is suspended and can go on.
    @discardableResult
    package func save(devices: FilePath) async throws(MachineError) -> Duration {
        guard case .shared = description.backing else {
            throw .saveFailed(reason: "its memory is not in a file of its own")
        }
        let isFirst = isSaved.withLock { isSaved in
            defer { isSaved = true }
            return !isSaved
        }
        guard isFirst else { throw .isSaved(action: "save the machine") }
        do {
            return try await writeState(devices)
        } catch {
            isSaved.withLock { $0 = false }
            try? FileManager.default.removeItem(atPath: devices.string)
            throw error
        }
    }

    private func writeState(_ devices: FilePath) async throws(MachineError) -> Duration {
        let clock = ContinuousClock()
        let file: FileDescriptor
        do {
            file = try .open(
                devices,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite
            )
        } catch {
            throw .saveFailed(reason: "\(devices) can't be written (\(error))")
        }
        defer { try? file.close() }
        // All that can be done before the guest stands still.
        try await prepareTransfer(file)
        let start = clock.now
        try await suspend()
        let ending = try await transfer("migrate", within: .seconds(60))
        switch ending {
        case .completed: return clock.now - start
        case .failed: throw .saveFailed(reason: await failureOfTransfer() ?? "QEMU gave no reason")
        case .ended: throw .isOff(action: "save the machine")
        }
    }

    /// Brings the state of a saved machine into this one, which was started to wait for it.
    ///
    /// The path is for a file that is there for a moment only.
    func load(devices: FilePath, scratch: FilePath) async throws(MachineError) {
        let file: FileDescriptor
        do {
            file = try .open(devices, .readOnly, options: .closeOnExec)
        } catch {
            throw .stateUnusable(reason: "\(devices) can't be read (\(error))", log: [])
        }
        defer { try? file.close() }
        try await prepareTransfer(file)
        // By default QEMU tells the network of the guest's new place, in frames that look like the guest's own.
        _ = try await monitorCommand(#"{"execute":"migrate-set-parameters","arguments":{"announce-rounds":0}}"#)
        let ending: Ending
        do {
            ending = try await transfer("migrate-incoming", within: .seconds(30))
        } catch .timedOut(_, let limit) {
            throw .stateUnusable(reason: "QEMU did not come to its end within \(limit)", log: lastLines(of: log))
        }
        switch ending {
        case .completed: break
        case .failed:
            // QEMU says why in its log, and ends.
            _ = await isGone()
            throw .stateUnusable(log: lastLines(of: log))
        case .ended: throw .stateUnusable(log: lastLines(of: log))
        }
        // A display's listener is told of the guest's mode only when QEMU draws the screen, which this makes it do.
        defer { try? FileManager.default.removeItem(atPath: scratch.string) }
        try await takePicture(scratch)
    }

    /// Writes what is on the guest's screen into a file, as a portable pixmap.
    package func takePicture(_ file: FilePath) async throws(MachineError) {
        struct Arguments: Encodable { let filename: String }
        _ = try await monitorCommand(message("screendump", Arguments(filename: file.string)))
    }

    // MARK: - Transfer

    private enum Ending: Sendable {
        case completed
        case failed
        /// QEMU is gone.
        case ended
    }

    /// The name under which QEMU keeps the file that is passed to it.
    private var fileName: String { "assay-state" }

    private func prepareTransfer(_ file: FileDescriptor) async throws(MachineError) {
        let capability = #"{"capability":"x-ignore-shared","state":true}"#
        _ = try await monitorCommand(
            #"{"execute":"migrate-set-capabilities","arguments":{"capabilities":[\#(capability)]}}"#
        )
        _ = try await monitorCommand(
            #"{"execute":"getfd","arguments":{"fdname":"\#(fileName)"}}"#,
            passing: [file.rawValue]
        )
    }

    /// Starts to write or read the file that was prepared, and waits for its end.
    private func transfer(_ command: String, within limit: Duration) async throws(MachineError) -> Ending {
        // From now on: a machine that was restored and is saved has been through one transfer already.
        let events = happened.upcoming
        do {
            _ = try await monitorCommand(#"{"execute":"\#(command)","arguments":{"uri":"fd:\#(fileName)"}}"#)
        } catch {
            // QEMU may end before it answers, which the monitor tells as an error of its own kind.
            if case .monitorRefused = error { throw error }
            if await isGone() { return .ended }
            throw error
        }
        return try await wait(for: "transfer the machine's state", in: events, within: limit) { event in
            switch event {
            case .transfer("completed"): Ending.completed
            case .transfer("failed"), .transfer("cancelled"): .failed
            default: event.endsMachine ? .ended : nil
            }
        }
    }

    /// Waits for a moment until QEMU's end is known.
    private func isGone() async -> Bool {
        (try? await waitUntilOff(within: .seconds(5))) != nil
    }

    /// What QEMU itself says.
    private func failureOfTransfer() async -> String? {
        struct Answer: Decodable {
            struct Status: Decodable {
                let reason: String?
                enum CodingKeys: String, CodingKey { case reason = "error-desc" }
            }
            let status: Status
            enum CodingKeys: String, CodingKey { case status = "return" }
        }
        guard let answer = try? await monitorCommand(#"{"execute":"query-migrate"}"#) else { return nil }
        return try? JSONDecoder().decode(Answer.self, from: Data(answer.utf8)).status.reason
    }

    private func message(_ command: String, _ arguments: some Encodable) throws(MachineError) -> String {
        do {
            let json = try JSONEncoder().encode(arguments)
            return #"{"execute":"\#(command)","arguments":\#(String(decoding: json, as: UTF8.self))}"#
        } catch {
            throw .monitorRefused(command: command, reason: "its arguments can't be encoded: \(error)")
        }
    }
}

extension MachineError {
    /// A state that QEMU refused, for the reason that is in its log.
    fileprivate static func stateUnusable(log lines: [String]) -> MachineError {
        let reason = lines.compactMap { line in
            line.firstRange(of: "qemu-system-x86_64: ").map { String(line[$0.upperBound...]) }
        }
        return .stateUnusable(reason: reason.last ?? "QEMU ended while it read it", log: lines)
    }
}
