import Subprocess

/// Reads the lines of a process one by one, for one reader at a time.
actor LineReader {
    private typealias Strings = SubprocessOutputSequence.StringSequence<UTF8>

    private let limit: Int
    private var iterator: Strings.AsyncIterator?

    init(_ output: SubprocessOutputSequence, limit: Int) {
        self.limit = limit
        // Not `.lineBreaks`: a JSON text may hold U+2028 and U+0085 as they are.
        let separator = Strings.Separator.unicodeScalarSequence(["\n"] as [Unicode.Scalar])
        iterator =
            output
            .strings(separatedBy: separator, bufferingPolicy: .maxLineLength(limit))
            .makeAsyncIterator()
    }

    /// Returns the next line, or `nil` at the end.
    func next() async throws(SandboxError) -> String? {
        // Taken out while it waits, because actors let a second call in at every suspension.
        guard var reading = iterator else { return nil }
        iterator = nil
        do {
            let line = try await reading.next(isolation: self)
            if line != nil { iterator = reading }
            return line
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw .lineTooLong(limit: limit)
        } catch {
            throw .pipesBroke("\(error)")
        }
    }

    /// Reads and forgets whatever still comes, so that the process does not block in a write.
    func drain() async {
        while let _ = try? await next() {}
    }
}
