/// By what a record tells what has to do with checkpoints.
package enum CheckpointMarks {
    /// The identity of the hook that keeps the state in which a checkpoint's scenario ends.
    package static let keepHook = "hook-keep"

    private static let prefix = "checkpoint "

    /// The identity of the definition that a step naming a checkpoint is matched with.
    package static func definition(of title: String) -> String { prefix + title }

    /// The checkpoint that such a definition stands for, or `nil` when it's one of another kind.
    package static func title(ofDefinition id: String) -> String? {
        id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : nil
    }
}
