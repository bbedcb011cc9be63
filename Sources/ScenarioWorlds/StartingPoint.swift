/// A kept state from which a scenario goes on.
package struct StartingPoint: Codable, Hashable, Sendable {
    /// The title of the checkpoint.
    package let title: String
    /// What it is known by: a digest of everything that went into it.
    package let key: String
    /// The folder with its files, which may only be read.
    package let folder: String
    /// What was proved while it was made, and while those were that it goes on from; `nil` when nobody knows.
    package let evidence: [CheckpointEvidence]?

    /// Describes a checkpoint.
    package init(title: String, key: String, folder: String, evidence: [CheckpointEvidence]? = nil) {
        self.title = title
        self.key = key
        self.folder = folder
        self.evidence = evidence
    }
}
