import FoundationEssentials
import Synchronization
import SystemPackage

/// What a service printed: kept in a file as evidence, the last lines in memory, each line handed on as it comes.
final class ServiceLog: Sendable {
    /// Bounds the file: much of what services print is made by the guest.
    static let fileLimit = 32 << 20
    private static let linesInMemory = 12

    let file: FilePath
    private let onLine: @Sendable (String, Date) -> Void
    private let state: Mutex<State>

    private struct State {
        var splitter = LineSplitter()
        var last: [String] = []
        var written = 0
    }

    /// Creates the file's folder too.
    ///
    /// `onLine` gets each line with the time of its arrival.
    init(file: FilePath, onLine: @escaping @Sendable (String, Date) -> Void = { _, _ in }) throws {
        self.file = file
        self.onLine = onLine
        state = Mutex(State())
        try makeFolder(file.removingLastComponent())
    }

    /// The last lines, oldest first.
    var lastLines: [String] { state.withLock { $0.last } }

    /// Keeps what a service printed.
    ///
    /// Called by one task at a time.
    func receive(_ bytes: [UInt8], to output: FileDescriptor) throws {
        let now = Date()
        let lines = state.withLock { $0.splitter.append(bytes) }
        let stamp = now.formatted(.iso8601.time(includingFractionalSeconds: true))
        let text = lines.map { "\(stamp) \($0)\n" }.joined()
        let (fits, wasFull) = state.withLock { state in
            state.last = Array((state.last + lines).suffix(Self.linesInMemory))
            let wasFull = state.written >= Self.fileLimit
            state.written += text.utf8.count
            return (state.written < Self.fileLimit, wasFull)
        }
        do {
            if fits {
                try output.writeAll(text.utf8)
            } else if !wasFull {
                try output.writeAll("\(stamp) The log is full; later lines are not kept.\n".utf8)
            }
        } catch {
            throw SimulatedInternetError.fileUnusable(file.string, reason: "\(error)")
        }
        for line in lines { onLine(line, now) }
    }

    /// Opens the file for appending, for `body`.
    func withOutput<Value>(_ body: (FileDescriptor) async throws -> Value) async throws -> Value {
        let output = try FileDescriptor.open(
            file,
            .writeOnly,
            options: [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite]
        )
        // Not `closeAfter`, which takes no asynchronous body.
        do {
            let value = try await body(output)
            try output.close()
            return value
        } catch {
            try? output.close()
            throw error
        }
    }
}

/// Makes a folder that only its owner may enter (Tor insists), with all folders above it.
func makeFolder(_ path: FilePath) throws(SimulatedInternetError) {
    do {
        try FileManager.default.createDirectory(
            atPath: path.string,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    } catch {
        throw .fileUnusable(path.string, reason: "\(error)")
    }
}

/// Writes a file whole.
func writeFile(_ path: FilePath, _ text: String) throws(SimulatedInternetError) {
    do {
        try Data(text.utf8).write(to: URL(filePath: path.string))
    } catch {
        throw .fileUnusable(path.string, reason: "\(error)")
    }
}
