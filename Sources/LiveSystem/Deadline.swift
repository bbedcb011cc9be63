/// Runs `body`, and throws when it has not ended in time.
///
/// - Parameter body: Has to end soon after it is cancelled.
/// - Throws: The error that `tooLate` makes, or `CancellationError`.
func withDeadline(
    _ limit: Duration,
    _ body: @escaping @Sendable () async -> Void,
    else tooLate: () -> any Error
) async throws {
    let inTime = await withTaskGroup(of: Bool.self) { group in
        group.addTask {
            await body()
            return true
        }
        group.addTask {
            try? await ContinuousClock().sleep(for: limit)
            return false
        }
        defer { group.cancelAll() }
        return await group.next() ?? false
    }
    try Task.checkCancellation()
    if !inTime { throw tooLate() }
}
