/// The place in a suite's source code where something is defined.
public struct SourcePlace: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The module and the file, such as `MySteps/Network.swift`.
    public let fileID: String
    /// The line, from 1.
    public let line: Int

    /// Creates a place from what `#fileID` and `#line` give.
    public init(fileID: String, line: Int) {
        self.fileID = fileID
        self.line = line
    }

    public var description: String { "\(fileID):\(line)" }
}
