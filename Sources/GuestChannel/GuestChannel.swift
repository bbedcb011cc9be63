/// A way to act inside the guest that does not go through its screen.
///
/// What comes out of a guest is hostile: implementations bound its size and time, and trust none of its numbers.
public protocol GuestChannel: Sendable {
    /// Asks for a sign of life.
    func ping(within limit: Duration) async throws(GuestChannelError)

    /// Runs a command line by `/bin/sh -c`, as root or as another user of the guest, and waits for its end.
    func run(
        _ commandLine: String,
        as user: String?,
        input: String?,
        within limit: Duration
    ) async throws(GuestChannelError) -> CommandResult

    /// Returns the content of a file, of at most `limit` bytes.
    func readFile(_ path: String, limit: Int) async throws(GuestChannelError) -> [UInt8]

    /// Replaces the content of a file; it comes into being with mode 0644 when there was none.
    func writeFile(_ path: String, _ content: [UInt8]) async throws(GuestChannelError)

    /// Sets the guest's clock to the host's.
    func setTime() async throws(GuestChannelError)

    /// Waits until the guest answers.
    func waitUntilReachable(within limit: Duration) async throws(GuestChannelError)
}

extension GuestChannel {
    /// Runs a command line as root, without input, for at most a minute unless told otherwise.
    public func run(
        _ commandLine: String,
        as user: String? = nil,
        within limit: Duration = .seconds(60)
    ) async throws(GuestChannelError) -> CommandResult {
        try await run(commandLine, as: user, input: nil, within: limit)
    }

    /// Returns the content of a file of at most a mebibyte.
    public func readFile(_ path: String) async throws(GuestChannelError) -> [UInt8] {
        try await readFile(path, limit: 1 << 20)
    }
}
