import Diagnostics
import Foundation
import Glibc
import Sandbox
import Subprocess
import SystemPackage

/// The screens of a run's machines, for people who watch: in the browser, by noVNC, and for any VNC viewer.
///
/// ```
/// QEMU's VNC server ── socket in a folder of this user ──┬── a viewer that takes a path
///                                                        └── websockify on loopback ── noVNC in the browser
/// ```
/// The name of a socket is random and also the token in the address, so that other users of this host, and pages from
/// elsewhere in the same browser, see nothing. websockify runs in a sandbox, with the listening socket as its only way out.
struct LiveView: Sendable {
    private static let pages = "/usr/share/novnc"
    private static let proxy = "/usr/bin/websockify"

    /// The folder of the sockets.
    let folder: String
    /// Whether the page passes keys and clicks on.
    private let takesInput: Bool
    private let port: UInt16

    /// Says where a machine's screen can be seen, and opens it where there is a desktop to open it on.
    func announce(_ socket: String, of scenario: String) {
        let name = (socket as NSString).lastPathComponent
        // The worker names it, and it becomes a part of an address.
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return }
        let mode = takesInput ? "" : "&view_only=true"
        let address = "http://127.0.0.1:\(port)/vnc_lite.html?scale=true\(mode)&path=websockify%3Ftoken%3D\(name)"
        if isatty(STDERR_FILENO) == 1 { Assay.write("\r\u{1B}[K", to: .standardError) }
        Assay.note("the screen of “\(scenario)”:\n  \(address)\n  vncviewer \(folder)/\(name)")
        Browser.open(address)
    }

    /// Offers screens while `body` runs.
    ///
    /// - Parameters:
    ///   - takesInput: Whether the page in the browser passes keys and clicks on.
    ///   - body: Runs with what there is to watch.
    /// - Returns: The value of `body`.
    /// - Throws: A ``ViewError`` when there is nothing to watch by, or the error of `body`.
    static func during<Value: Sendable>(
        takesInput: Bool,
        _ body: @escaping @Sendable (LiveView) async throws -> Value
    ) async throws -> Value {
        for (file, package) in [(proxy, "websockify"), ("\(pages)/vnc_lite.html", "novnc")]
        where access(file, R_OK) != 0 {
            throw ViewError.notInstalled(file, package: package)
        }
        let folder = try makeFolder()
        defer { Leftovers.remove(folder) }
        let (socket, port) = try listen()
        let view = LiveView(folder: folder, takesInput: takesInput, port: port)
        let sandbox = try SandboxExecutable.beside()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                // A run goes on without spectators.
                do { try await view.serve(socket, in: sandbox) } catch let error as ViewError { Assay.complain(error) }
                return nil
            }
            group.addTask { try await body(view) }
            while let ended = try await group.next() {
                if let value = ended { return value }
            }
            throw CancellationError()
        }
    }

    private func serve(_ socket: FileDescriptor, in sandbox: FilePath) async throws {
        var platform = PlatformOptions()
        platform.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(5))]
        let result = try await run(
            Configuration(
                executable: .path(sandbox),
                arguments: Arguments(
                    ["--keep", folder, "--", Self.proxy, "--inetd", "--web", Self.pages]
                        + ["--token-plugin", "UnixDomainSocketDirectory", "--token-source", folder]
                ),
                platformOptions: platform
            ),
            input: .fileDescriptor(socket, closeAfterSpawningProcess: true),
            output: .discarded,
            error: .string(limit: 64 << 10)
        )
        guard !Task.isCancelled else { return }
        throw ViewError.ended("\(result.terminationStatus): \(result.standardError.suffix(1000))")
    }

    /// A folder that only this user may enter, with a short path: the name of a socket has at most 107 bytes (unix(7)).
    private static func makeFolder() throws(ViewError) -> String {
        let parent = NSTemporaryDirectory().utf8.count < 60 ? NSTemporaryDirectory() : "/tmp/"
        var template = Array("\(parent)assay-view-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .noSocket(String(cString: strerror(errno))) }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Leftovers.add(folder)
        return folder
    }

    /// Listens on a port of loopback that is free.
    private static func listen() throws(ViewError) -> (FileDescriptor, UInt16) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                socket >= 0 && bind(socket, name, length) == 0 && Glibc.listen(socket, 64) == 0
                    && getsockname(socket, name, &length) == 0
            }
        }
        guard isListening else {
            let reason = String(cString: strerror(errno))
            if socket >= 0 { close(socket) }
            throw .noSocket(reason)
        }
        return (FileDescriptor(rawValue: socket), UInt16(bigEndian: address.sin_port))
    }
}

/// A reason why nobody can watch.
enum ViewError: ExplainedError, Equatable {
    case notInstalled(String, package: String)
    case noSocket(String)
    case ended(String)

    var blame: Blame { .host }

    var summary: String {
        switch self {
        case .notInstalled(let file, _): "To watch the screens, \(file) has to be there, and is not."
        case .noSocket(let reason): "To watch the screens, a socket of this host is needed: \(reason)"
        case .ended(let reason): "What shows the screens in the browser had to keep running, and ended: \(reason)"
        }
    }

    var hint: String? {
        if case .notInstalled(_, let package) = self {
            "Run: apt-get install --no-install-recommends \(package)"
        } else {
            nil
        }
    }
}
