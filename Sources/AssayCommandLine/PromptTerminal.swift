import Foundation
import Glibc
import Reports
import ScenarioRunner
import Synchronization

/// The prompt at a scenario that stands still, on the side of the person: shows what the worker says, passes on what is
/// typed.
final class PromptTerminal: Sendable {
    private let isOpenNow = Mutex(false)
    private let typed: AsyncStream<String>

    /// Makes a prompt.
    ///
    /// - Throws: ``PromptError/noPerson(_:)`` where nobody could answer.
    init() throws(PromptError) {
        let environment = ProcessInfo.processInfo.environment
        if let value = environment["CI"], !value.isEmpty, value != "false", value != "0" {
            throw .noPerson("the environment says CI=\(value)")
        }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw .noPerson("standard input or standard error is none")
        }
        let (typed, type) = AsyncStream.makeStream(of: String.self)
        self.typed = typed
        // A thread of its own, since reading blocks; whoever waits for a line can be cancelled all the same.
        let thread = Thread {
            while let line = readLine(strippingNewline: true) { type.yield(line) }
            type.finish()
        }
        thread.name = "prompt"
        thread.start()
    }

    /// Whether somebody is being asked: nothing else may then be painted over the lines.
    var isOpen: Bool { isOpenNow.withLock { $0 } }

    /// Takes what a worker says; returns the answer that it asks for, if it does.
    func receive(_ event: PromptEvent) async -> WorkerSignal? {
        let (lines, asks) =
            switch event {
            case .opened(let lines): (["", "— paused —"] + lines, true)
            case .answered(let lines): (lines, true)
            case .closed(let lines): (lines, false)
            }
        isOpenNow.withLock { $0 = asks }
        let text = lines.map { HarmlessText.line($0) + "\n" }.joined()
        // The line of progress may stand where this begins.
        Assay.write("\r\u{1B}[K" + text + (asks ? "assay> " : ""), to: .standardError)
        guard asks else { return nil }
        for await line in typed { return .answer(line) }
        guard !Task.isCancelled else { return nil }
        // The end of input.
        Assay.write("\n", to: .standardError)
        return .answer("quit")
    }
}
