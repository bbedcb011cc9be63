public import LiveSystem
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
    let codeDigest: String?

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

    /// Runs what the command line says; ends the program unless all is well.
    public func main() async {
        await Self.$current.withValue(self) { await Assay.main() }
    }
}
