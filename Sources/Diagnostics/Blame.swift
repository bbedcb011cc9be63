/// The party that has to act on an error.
public enum Blame: String, Sendable, Codable, CaseIterable {
    /// The operating system under test did the wrong thing. Never retried: a retry would hide a bug.
    case systemUnderTest = "system-under-test"
    /// A feature file or a step definition is wrong.
    case testAuthor = "test-author"
    /// The machine that runs the test is missing something, or was too slow. May be retried.
    case host
    /// This program has a bug.
    case harness
}
