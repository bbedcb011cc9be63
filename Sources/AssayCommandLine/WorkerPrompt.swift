import Diagnostics
import Foundation
import LiveSystem
import NeedleKeeping
import PictureFiles
import Pictures
import ScenarioRunner
import ScenarioWorlds
import Screen
import ScreenMatching
import StepDefinitions

/// The prompt at a scenario that stands still, on the side of the machine: what a person types, done.
///
/// Time that a person takes counts for no deadline.
actor WorkerPrompt {
    private typealias Moment = Pause<LiveSystem>

    private let rule: PauseRule
    private let needleFolder: String
    private let steps: StepLibrary<LiveSystem>
    private let clock: StandingClock<ContinuousClock>
    private let answers: AsyncStream<String>
    private let emit: @Sendable (WorkerEvent) -> Void
    private var pictures: [String] = []

    init(
        _ rule: PauseRule,
        needleFolder: String,
        steps: StepLibrary<LiveSystem>,
        clock: StandingClock<ContinuousClock>,
        answers: AsyncStream<String>,
        emit: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.rule = rule
        self.needleFolder = needleFolder
        self.steps = steps
        self.clock = clock
        self.answers = answers
        self.emit = emit
    }

    /// Asks a person what becomes of a scenario, if it is to stand still here.
    func decide(_ pause: Pause<LiveSystem>) async -> Pause<LiveSystem>.Decision? {
        guard stops(at: pause), !Task.isCancelled else { return nil }
        emit(.prompt(.opened(await greeting(pause))))
        let decision = await talk(pause)
        for picture in pictures { pause.scenario.keep(file: picture, mediaType: "image/png") }
        pictures = []
        emit(.prompt(.closed([])))
        return decision
    }

    private func stops(at pause: Pause<LiveSystem>) -> Bool {
        switch (rule, pause.reason) {
        case (.step, .before): true
        // Not that of a checkpoint, which is made on the way.
        case (.end, .end): pause.scenario.stateFolder == nil
        case (.failure, .failed), (.step, .failed), (.end, .failed): true
        case (.mismatch, .failed(let error)): (error as? ScreenError)?.needle != nil
        default: false
        }
    }

    private func talk(_ pause: Pause<LiveSystem>) async -> Pause<LiveSystem>.Decision {
        while let line = await nextLine() {
            do {
                guard let answer = try PromptAnswer(line) else {
                    emit(.prompt(.answered([])))
                    continue
                }
                if let decision = try await obey(answer, pause) { return decision }
            } catch let error as any ExplainedError {
                emit(.prompt(.answered(error.description.components(separatedBy: "\n"))))
            } catch {
                emit(.prompt(.answered(["\(error)"])))
            }
        }
        return .quit
    }

    /// What is typed next; `nil` when nobody will type anything any more.
    private func nextLine() async -> String? {
        let answers = answers
        return await clock.standing {
            for await line in answers { return line }
            return nil
        }
    }

    // MARK: - What can be asked for

    private func obey(_ answer: PromptAnswer, _ pause: Pause<LiveSystem>) async throws -> Pause<LiveSystem>.Decision? {
        var lines: [String] = []
        switch answer {
        case .goOn: return .goOn
        case .quit: return .quit
        case .skip where !pause.isAtEnd: return .skip
        case .retry where pause.error != nil:
            // Somebody may have made one meanwhile.
            if let screen = try? await pause.world.screen {
                screen.replaceNeedles(try NeedleStore(loading: needleFolder))
            }
            return .retry
        case .accept where pause.error != nil:
            for file in try await accept(pause) { pause.scenario.log("A person accepted the picture \(file).") }
            return .retry
        case .skip: throw PromptError.notAtFailure("skip")
        case .retry: throw PromptError.notAtFailure("retry")
        case .accept: throw PromptError.notAtFailure("accept")
        case .help: lines = Self.help
        case .look: lines = try await look(pause)
        case .read: lines = try await pause.world.screen.readText().map { "\($0)" }
        case .steps(let text): lines = list(text)
        case .add(let name, let area?): lines = try await add(name, area, pause)
        case .add(let name, nil): lines = try await offer(name, pause)
        case .step(let text): lines = try await perform(text, pause)
        }
        emit(.prompt(.answered(lines)))
        return nil
    }

    private func perform(_ text: String, _ pause: Pause<LiveSystem>) async throws -> [String] {
        let explanation = steps.explain(text)
        guard explanation.isDefined else {
            return Self.candidates(for: text, explanation)
        }
        pause.scenario.log("A person ran the step: \(text)")
        let clock = ContinuousClock()
        let start = clock.now
        try await pause.perform(text)
        return ["passed in \(((clock.now - start) / .milliseconds(100)).rounded() / 10) s"]
    }

    /// What somebody may have meant whose line is neither a command nor the text of one step.
    private static func candidates(for text: String, _ explanation: MatchExplanation) -> [String] {
        let several = explanation.matches.map { "could be: \($0.step.pattern)" }
        let near = explanation.nearest.map { "near to it: \($0)" }
        let command = PromptAnswer.nearest(to: text).map { ["near to it: the command \($0)"] } ?? []
        let problem = explanation.problem.map { [$0] } ?? []
        let first = several.count > 1 ? "Several steps have this text:" : "No command and no step: \(text)"
        return [first] + problem + (several.count > 1 ? several : command + near)
    }

    private func list(_ text: String) -> [String] {
        steps.summaries.map(\.pattern).filter { text.isEmpty || $0.lowercased().contains(text.lowercased()) }
    }

    // MARK: - Pictures

    private func look(_ pause: Pause<LiveSystem>) async throws -> [String] {
        guard let picture = try await pause.world.screen.picture else { throw PromptError.dark }
        var lines = ["screen: \(try write(picture, as: "look", pause))"]
        if let name = pause.needle {
            let needle = try NeedleStore(loading: needleFolder).needle(named: name)
            let sighting = try needle.find(on: picture)
            if let place = sighting.place {
                let percent = (sighting.differingShare * 1000).rounded() / 10
                lines.append(
                    "\(name): best at \(place) by picture \(sighting.variant), \(percent) % differ, worst at \(sighting.worstPixel)"
                )
            } else {
                lines.append("\(name): nothing on the screen resembles it")
            }
            if let comparison = needle.comparison(of: sighting, on: picture) {
                lines.append("old, new, difference: \(try write(comparison, as: "comparison", pause))")
            }
        }
        return lines
    }

    private func write(_ picture: Picture, as kind: String, _ pause: Pause<LiveSystem>) throws -> String {
        let name = "\(kind)-\(UUID().uuidString.prefix(8)).png"
        let path = "\(pause.scenario.evidenceFolder)/\(name)"
        try Data(picture.png()).write(to: URL(filePath: path))
        pictures.append(name)
        return path
    }

    private func accept(_ pause: Pause<LiveSystem>) async throws -> [String] {
        guard let name = pause.needle else { throw PromptError.noNeedle }
        guard let picture = try await pause.world.screen.picture else { throw PromptError.dark }
        let needle = try NeedleStore(loading: needleFolder).needle(named: name)
        guard let found = try NeedleReview.proposal(for: needle, on: picture) else {
            throw PromptError.nothingResembles(name)
        }
        var proposal = found.proposal
        proposal.variant = found.freeVariant
        let files = try NeedleEditor(folder: needleFolder).write(proposal)
        try await pause.world.screen.replaceNeedles(NeedleStore(loading: needleFolder))
        return files
    }

    private func add(_ name: String, _ area: Rectangle, _ pause: Pause<LiveSystem>) async throws -> [String] {
        guard let picture = try await pause.world.screen.picture else { throw PromptError.dark }
        let proposal = NeedleEditor.Proposal(
            needle: name,
            variant: "screen",
            screen: picture,
            file: NeedleFile(areas: [.init(kind: .match, rectangle: area)])
        )
        let files = try NeedleEditor(folder: needleFolder).write(proposal)
        try await pause.world.screen.replaceNeedles(NeedleStore(loading: needleFolder))
        return files.map { "wrote \($0)" } + (try proposal.lint().map { "warning: \(name)/\($0)" })
    }

    /// Tells how an area is picked in the browser; the sandbox of the machine has no way to one.
    private func offer(_ name: String, _ pause: Pause<LiveSystem>) async throws -> [String] {
        guard let picture = try await pause.world.screen.picture else { throw PromptError.dark }
        return [
            "Pick what is looked for in the browser, by this command in another terminal:",
            "  assay needles add \(name) --from \(try write(picture, as: "look", pause))",
            "Then go on here; what is written is known from the next retry on.",
        ]
    }

    // MARK: - What is said first

    private func greeting(_ pause: Pause<LiveSystem>) async -> [String] {
        switch pause.reason {
        case .before: return ["next: \(pause.step)", "go, skip, quit, help"]
        case .end: return ["The machine is yours: type a step, help or quit."]
        case .failed(let error):
            let text = (error as? any ExplainedError)?.description ?? "\(error)"
            let pictures = (try? await look(pause)) ?? []
            let choices = pause.needle == nil ? "retry, skip, go, quit, help" : "accept, retry, skip, go, quit, help"
            return ["did not pass: \(pause.step)"] + text.components(separatedBy: "\n") + pictures + [choices]
        }
    }

    private static var help: [String] {
        let width = PromptAnswer.explanations.map(\.usage.count).max() ?? 0
        return PromptAnswer.explanations.map {
            $0.usage.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.meaning
        }
    }
}

extension Pause {
    fileprivate var error: (any Error)? { if case .failed(let error) = reason { error } else { nil } }

    fileprivate var isAtEnd: Bool { if case .end = reason { true } else { false } }

    /// The needle that the step looked for in vain.
    fileprivate var needle: String? { (error as? ScreenError)?.needle }
}

extension ScreenError {
    /// The needle that was looked for in vain.
    fileprivate var needle: String? {
        let locators: [Locator] =
            switch self {
            case .notFound(let locators, _, _): locators
            case .broken(.always(let locator), _): [locator]
            default: []
            }
        for case .needle(let name) in locators { return name.rawValue }
        return nil
    }
}
