import CheckpointStore
public import LiveSystem
import Sandbox
public import StepDefinitions

/// A program that runs features with the steps of a suite: all that `assay` can do.
///
/// ```swift
/// await AssaySuite(steps: liveSystemSteps + clockSteps).main()
/// ```
public struct AssaySuite: Sendable {
    /// The definitions that features can use.
    let steps: StepLibrary<LiveSystem>
    /// The digest of the code that the steps were built from; when absent, that of the program says the same, and changes
    /// more often.
    private let codeDigest: String?

    /// The suite whose program runs.
    ///
    /// Commands are made by the parser of the command line, which has no other way to hand it to them.
    @TaskLocal static var current = AssaySuite(steps: StepLibrary([]))

    /// Creates a suite.
    ///
    /// - Parameter steps: Its steps, with those of Assay that it uses.
    public init(steps: StepLibrary<LiveSystem>) {
        self.steps = steps
        codeDigest = nil
    }

    /// Creates a suite whose steps have a digest of their own.
    package init(steps: StepLibrary<LiveSystem>, codeDigest: String) {
        self.steps = steps
        self.codeDigest = codeDigest
    }

    /// The digest of the code of the steps, with all that it stands on.
    ///
    /// - Throws: An error when the program can't be read.
    func digestOfCode(_ digests: StampedDigests) async throws -> String {
        if let codeDigest { return codeDigest }
        return try await digests.sha256(of: SandboxExecutable.running())
    }

    /// Runs what the command line says; ends the program unless all is well.
    public func main() async {
        await Self.$current.withValue(self) { await Assay.main() }
    }
}
