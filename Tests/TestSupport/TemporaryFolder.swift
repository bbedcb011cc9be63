import Foundation

/// Runs an action with the path of a fresh folder, which is gone afterwards.
package func withTemporaryFolder<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ action: (String) async throws -> Value
) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await action(folder.path(percentEncoded: false))
}
