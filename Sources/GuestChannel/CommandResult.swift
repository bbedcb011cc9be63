/// What a command in the guest did.
public struct CommandResult: Hashable, Sendable, Codable {
    /// The exit status; 128 + n when signal n ended the command.
    public let exitStatus: Int
    /// What it wrote to standard output, up to a limit.
    ///
    /// Bytes that are no UTF-8 are replaced.
    public let standardOutput: String
    /// What it wrote to standard error, up to a limit.
    public let standardError: String
    /// Whether there was more output than is kept.
    public let isTruncated: Bool

    /// Creates a result.
    public init(exitStatus: Int, standardOutput: String, standardError: String, isTruncated: Bool = false) {
        self.exitStatus = exitStatus
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.isTruncated = isTruncated
    }

    /// Whether the command ended with status 0.
    public var succeeded: Bool { exitStatus == 0 }
}
