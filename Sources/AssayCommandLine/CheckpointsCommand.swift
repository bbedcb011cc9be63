import ArgumentParser
import CheckpointStore
import Diagnostics
import Foundation
import ScenarioRunner

/// Looks after the states that scenarios start from.
struct CheckpointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoints",
        abstract: "List, make or remove the states that scenarios start from.",
        subcommands: [List.self, Build.self, Prune.self],
        defaultSubcommand: List.self
    )

    /// How a list is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is kept: how large, how old, and made of what; the most recently used first."
        )

        @OptionGroup var options: CheckpointOptions

        @Option(help: "How to print it.")
        var format = Format.text

        func run() async throws {
            let store = try options.store()
            let kept = store.list()
            let users = Self.users()
            switch format {
            case .json:
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                encoder.dateEncodingStrategy = .iso8601
                print(String(decoding: try encoder.encode(kept.map { CheckpointLine($0, users) }), as: UTF8.self))
            case .text:
                for line in kept.map({ CheckpointLine($0, users) }) { print(line.text) }
                let total = kept.reduce(0) { $0 + $1.bytesOnDisk }
                print("\(kept.count) checkpoints, \(total.asSize) of \(store.limit.asSize) in \(store.folder)")
            }
        }

        /// How many scenarios of the features here start from a checkpoint, by its title; `nil` where there are none.
        private static func users() -> [String: Int]? {
            guard let plan = try? SuiteOptions.parse([]).plan() else { return nil }
            let titles = plan.entries.compactMap { $0.start.flatMap { plan.checkpoint($0)?.title } }
            let parents = plan.checkpoints.compactMap { $0.parent.flatMap { plan.checkpoint($0)?.title } }
            return (titles + parents).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the checkpoints that scenarios start from, as far as they are missing; run no scenario."
        )

        @OptionGroup var suite: SuiteOptions
        @OptionGroup var options: RunOptions

        func run() async throws {
            let request = try suite.request()
            let plan = try request.plan().checkpointsOnly
            guard !plan.checkpoints.isEmpty else {
                print("None of these scenarios starts from a checkpoint.")
                return
            }
            let code = try await options.run(plan, request, on: suite.describedSystem())
            throw ArgumentParser.ExitCode(code.rawValue)
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the checkpoints unused for longest, until the others fit into the limit.",
            discussion: "Those that a run uses at this moment stay."
        )

        @OptionGroup var options: CheckpointOptions

        @Flag(help: "Remove all.")
        var all = false

        func run() async throws {
            let store = try options.store()
            let gone = try await store.prune(to: all ? 0 : store.limit)
            for checkpoint in gone { print("removed  \(CheckpointLine(checkpoint, nil).text)") }
            let freed = gone.reduce(0) { $0 + $1.bytesOnDisk }
            print("\(gone.count) checkpoints removed, \(freed.asSize) freed, \(store.bytesOnDisk.asSize) left")
        }
    }
}

/// A checkpoint as a list shows it.
private struct CheckpointLine: Encodable {
    let key: String
    let title: String?
    /// Why it can't be used, if it can't.
    let problem: String?
    let parent: String?
    let bytesOnDisk: Int64
    let made: Date?
    let lastUse: Date?
    /// How long it took to make, in seconds.
    let cost: Double?
    let ingredients: [CheckpointKey.Ingredient]
    /// How many scenarios and checkpoints here start from one of this title, as far as that is known.
    let users: Int?

    init(_ checkpoint: ListedCheckpoint, _ users: [String: Int]?) {
        key = checkpoint.key.description
        bytesOnDisk = checkpoint.bytesOnDisk
        lastUse = checkpoint.lastUse
        var manifest: CheckpointManifest?
        switch checkpoint.state {
        case .kept(let kept): (manifest, problem) = (kept, nil)
        case .broken(let breakage): problem = "broken: \(breakage)"
        case .unreadable(let reason): problem = "can't be read: \(reason)"
        }
        let title = manifest?.title
        self.title = title
        parent = manifest?.parent?.description
        made = manifest?.made
        cost = manifest.map { $0.cost / .seconds(1) }
        ingredients = manifest?.ingredients ?? []
        self.users = users.flatMap { users in title.map { users[$0] ?? 0 } }
    }

    var text: String {
        func age(_ date: Date?) -> String {
            guard let date else { return "never" }
            let seconds = max(0, Int(Date().timeIntervalSince(date)))
            return switch seconds {
            case ..<120: "\(seconds) s ago"
            case ..<7200: "\(seconds / 60) min ago"
            case ..<172_800: "\(seconds / 3600) h ago"
            default: "\(seconds / 86_400) d ago"
            }
        }
        func padded(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let image = ingredients.first { $0.name == "image" }.map { "image \($0.value.prefix(8))" } ?? ""
        let facts = problem ?? "made \(age(made)) in \(cost.map { String(format: "%.0f s", $0) } ?? "?")  \(image)"
        let use = padded("used \(age(lastUse))", 16)
        let needed = users.map { $0 == 1 ? ", start of 1" : ", start of \($0)" } ?? ""
        return "\(key.prefix(12))  \(padded(bytesOnDisk.asSize, 10))  \(use)  \(title ?? "?")  (\(facts)\(needed))"
    }
}
