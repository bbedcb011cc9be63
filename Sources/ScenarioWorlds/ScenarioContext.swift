package import Foundation

/// A running scenario as its world sees it: where evidence goes, and how to end the scenario from beside its steps.
package struct ScenarioContext: Sendable {
    /// What a world has to tell while a scenario runs.
    package enum Event: Sendable {
        /// What is about to be done, for people who wait.
        case phase(String)
        /// A machine's screen can be watched at this socket.
        case screen(socket: String)
        /// A complete file of the evidence folder, to be kept; `name` is a plain file name.
        case file(name: String, mediaType: String)
        /// Some data, to be kept in the record when it is small.
        case attachment(Data, mediaType: String, name: String?)
        /// Some text, to be kept in the record as it is when it is short.
        case text(String, mediaType: String, name: String?)
    }

    /// The scenario's name.
    package let name: String
    /// The scenario's tags, each with its `@`.
    package let tags: [String]
    /// The folder for files that are to be kept.
    package let evidenceFolder: String
    /// The checkpoint that the scenario starts from, if it does not start from nothing.
    package let start: StartingPoint?
    /// The empty folder in which the scenario leaves its end state, if it is a checkpoint's.
    package let stateFolder: String?
    /// Ends the running step, and with it the scenario.
    package let interruption: Interruption

    private let sink: @Sendable (Event) -> Void

    /// Creates a context whose events go to `sink`.
    package init(
        name: String,
        tags: [String],
        evidenceFolder: String,
        start: StartingPoint? = nil,
        stateFolder: String? = nil,
        interruption: Interruption = Interruption(),
        sink: @escaping @Sendable (Event) -> Void
    ) {
        self.name = name
        self.tags = tags
        self.evidenceFolder = evidenceFolder
        self.start = start
        self.stateFolder = stateFolder
        self.interruption = interruption
        self.sink = sink
    }

    /// Says what is about to be done, for people who wait.
    package func phase(_ text: String) { sink(.phase(text)) }

    /// Says that a machine's screen can be watched at a socket.
    package func offer(screenAt socket: String) { sink(.screen(socket: socket)) }

    /// Keeps a complete file of the evidence folder.
    package func keep(file name: String, mediaType: String) { sink(.file(name: name, mediaType: mediaType)) }

    /// Keeps a line of text with the running step.
    package func log(_ text: String) { attach(text, mediaType: "text/x.cucumber.log+plain") }

    /// Keeps a copy of a file that lies elsewhere; one that can't be copied is told of in the log.
    package func keep(copyOf file: URL, mediaType: String, name: String) {
        let kept = "\(UUID().uuidString.prefix(8))-\(name.filter { $0.isLetter || $0.isNumber || ".-_".contains($0) })"
        do {
            let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize
            guard size != 0 else { return }
            try FileManager.default.copyItem(
                atPath: file.resolvingSymlinksInPath().path(percentEncoded: false),
                toPath: "\(evidenceFolder)/\(kept)"
            )
            keep(file: kept, mediaType: mediaType)
        } catch {
            log("\(file.lastPathComponent) could not be kept: \(error.localizedDescription)")
        }
    }

    /// Keeps text.
    package func attach(_ text: String, mediaType: String, name: String? = nil) {
        sink(.text(text, mediaType: mediaType, name: name))
    }

    /// Keeps data.
    package func attach(_ data: Data, mediaType: String, name: String? = nil) {
        sink(.attachment(data, mediaType: mediaType, name: name))
    }
}
