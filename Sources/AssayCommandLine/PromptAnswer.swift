import Diagnostics
import Foundation
import Pictures

/// What a person asks for at the prompt.
enum PromptAnswer: Hashable {
    case help, look, read, accept, retry, goOn, skip, quit
    /// Lists the steps there are, or those that contain a text.
    case steps(String)
    /// Makes a needle of a part of the screen, or tells how to pick one.
    case add(String, Rectangle?)
    /// Runs a step.
    case step(String)

    /// What there is to be typed, and what it does.
    static let explanations: [(usage: String, meaning: String)] = [
        ("look", "write the screen, and the difference to a picture that was looked for, as files"),
        ("read", "all text on the screen"),
        ("STEP", "run a step, such as: the screen shows \"Welcome\""),
        ("steps [TEXT]", "the steps there are, or those with a text in them"),
        ("retry", "run the step once more"),
        ("accept", "take the screen as another right picture of the needle, then retry"),
        ("add NAME X,Y,W,H", "make a needle of a part of the screen, such as: add desktop/menu 10,20,80,30"),
        ("add NAME", "pick the part of the screen in the browser"),
        ("go", "go on (after a failure: to the end of the scenario)"),
        ("skip", "leave the step out, or pass over its failure"),
        ("quit", "end the scenario"),
    ]

    private static let words: [String: PromptAnswer] = [
        "help": .help, "?": .help, "look": .look, "read": .read, "accept": .accept, "retry": .retry, "r": .retry,
        "go": .goOn, "continue": .goOn, "c": .goOn, "skip": .skip, "quit": .quit, "q": .quit, "exit": .quit,
        "steps": .steps(""),
    ]
    private static let keywords: Set<String> = ["given", "when", "then", "and", "but", "*", "step"]

    /// Reads a line; `nil` when there is nothing in it.
    ///
    /// - Throws: ``PromptError/badArea(_:)``.
    init?(_ line: String) throws(PromptError) {
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).map(String.init)
        guard let word = parts.first?.lowercased() else { return nil }
        let rest = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        if rest.isEmpty, let known = Self.words[word] {
            self = known
        } else if word == "steps" {
            self = .steps(rest)
        } else if word == "add" {
            let words = rest.split(separator: " ")
            let area = words.count == 2 ? try? Rectangle(argument: String(words[1])) : nil
            guard words.count == 1 || area != nil else { throw .badArea(line) }
            self = .add(String(words[0]), area)
        } else if Self.keywords.contains(word), !rest.isEmpty {
            self = .step(rest)
        } else {
            self = .step(line.trimmingCharacters(in: .whitespaces))
        }
    }

    /// The command that somebody may have meant who typed a single word.
    static func nearest(to text: String) -> String? {
        text.contains(" ")
            ? nil : nearestName(to: text.lowercased(), among: words.keys.filter { $0.count > 1 }.sorted())
    }
}

/// A reason why something that was typed at the prompt was not done.
enum PromptError: ExplainedError, Equatable {
    case badArea(String)
    case noNeedle
    case nothingResembles(String)
    case dark
    case notAtFailure(String)
    case noPerson(String)

    var blame: Blame { .testAuthor }

    var summary: String {
        switch self {
        case .badArea(let line):
            "Expected add NAME X,Y,W,H, such as add desktop/menu 10,20,80,30, saw \(line.debugDescription)."
        case .noNeedle: "There is no picture to accept: the step did not look for one."
        case .nothingResembles(let name):
            "The screen shows nothing that comes near to the needle \(name), so there is nothing to accept."
        case .dark: "The machine shows no picture."
        case .notAtFailure(let word): "\(word) is for a step that did not pass."
        case .noPerson(let lack): "--pause-on and the console need a person at a terminal, and \(lack)."
        }
    }

    var hint: String? {
        switch self {
        case .noNeedle, .nothingResembles: "Make a new needle of a part of the screen with: add NAME X,Y,W,H"
        default: nil
        }
    }
}
