/// Runs `body`, and throws when it has not ended in time.
///
/// - Parameters:
///   - limit: How long it may take.
///   - clock: What the limit goes by.
///   - body: Has to end soon after it is cancelled.
///   - tooLate: Makes the error of a body that has not ended in time.
/// - Throws: The error that `tooLate` makes, or `CancellationError`.
package func withDeadline(
    _ limit: Duration,
    on clock: any Clock<Duration> = ContinuousClock(),
    _ body: @escaping @Sendable () async -> Void,
    else tooLate: () -> any Error
) async throws {
    let inTime = await withTaskGroup(of: Bool.self) { group in
        group.addTask {
            await body()
            return true
        }
        group.addTask {
            try? await clock.sleep(for: limit)
            return false
        }
        defer { group.cancelAll() }
        return await group.next() ?? false
    }
    try Task.checkCancellation()
    if !inTime { throw tooLate() }
}
