import CheckpointStore
import Foundation
import MemoryAdmission
import ScenarioWorlds
import Verdicts

/// Sees to it that the checkpoints of a plan are there, and stay while scenarios start from them.
struct CheckpointMaker<Worker: ScenarioWorker>: Sendable {
    /// What became of a checkpoint that was to be made.
    enum Making: Sendable {
        /// It is there, or its scenario came to something else; the result is there if its scenario ran.
        case ended(Schedule.State, AttemptRunner<Worker>.Result?)
        /// Its parent is not there, against expectation.
        case parentMissing(String)
    }

    let plan: Plan
    /// The identity of the run in the record.
    let run: String
    let shelf: CheckpointShelf?
    let attempts: AttemptRunner<Worker>
    let memoryRequest: @Sendable (Plan.Entry) -> MemoryAdmission.Request
    let tell: @Sendable (String) -> Void

    /// What a checkpoint takes besides the guest's memory, in bytes.
    private static var roomForDevices: Int64 { 64 << 20 }

    /// The checkpoints that are in the store already.
    func present() async throws -> Set<String> {
        var there: Set<String> = []
        for checkpoint in plan.checkpoints {
            let isThere = try await withCheckpoint(checkpoint.id) { $0 != nil }
            if isThere { there.insert(checkpoint.id) }
        }
        return there
    }

    /// Keeps a checkpoint from being evicted while `body` runs; there may be none.
    func withCheckpoint<Value: Sendable>(
        _ id: String,
        _ body: (StartingPoint?) async throws -> Value
    ) async throws -> Value {
        guard let shelf, let key = shelf.key(of: id) else { return try await body(nil) }
        let title = plan.title(of: id)
        return try await shelf.store.withCheckpoint(
            key,
            notice: { tell("\(title): \($0)") },
            body: { kept in
                try await body(
                    kept.map { kept in
                        StartingPoint(
                            title: title,
                            key: key.description,
                            folder: kept.folder.string,
                            evidence: CheckpointEvidence.read(kept.manifest)
                        )
                    }
                )
            }
        )
    }

    /// Nothing was made, since there is nothing to make it from.
    private struct ParentMissing: Error {
        let parent: String
    }

    /// Makes a checkpoint by running its scenario, unless another run has made it meanwhile.
    ///
    /// - Parameters:
    ///   - id: The checkpoint.
    ///   - attempt: The attempt at its scenario.
    ///   - mayBeRetried: Whether there are further attempts.
    ///   - isRecorded: Whether its scenario is in the record already.
    /// - Returns: What became of it.
    /// - Throws: A ``RecordError``.
    func make(
        _ id: String,
        _ attempt: AttemptIdentity,
        mayBeRetried: Bool,
        isRecorded: Bool
    ) async throws -> Making {
        guard let checkpoint = plan.checkpoint(id), let shelf, let key = shelf.key(of: id) else {
            return .ended(.failed(Verdict(ofHarness: CheckpointError.noStore(plan.title(of: id)))), nil)
        }
        let order = AttemptRunner<Worker>.Order(
            entry: checkpoint.entry,
            attempt: attempt,
            mayBeRetried: mayBeRetried
        )
        var recorded: AttemptRunner<Worker>.Result?
        do {
            let result = try await shelf.store.make(
                key,
                waiting: {
                    tell("Another run is making the checkpoint \(checkpoint.title.debugDescription); waiting for it.")
                },
                notice: { tell("\(checkpoint.title): \($0)") },
                fill: { folder in
                    // All of the guest's memory may come to lie there.
                    let needed = Int64(memoryRequest(checkpoint.entry).configured) + Self.roomForDevices
                    try await shelf.store.requireRoom(for: needed, sparing: shelf.keys)
                    let began = ContinuousClock.now
                    let made = try await makeState(order, of: checkpoint, in: folder.string, isRecorded: isRecorded)
                    recorded = made?.result
                    guard let made, made.result.verdict.mayBeStartedFrom else { return nil }
                    return CheckpointFacts(
                        title: checkpoint.title,
                        ingredients: shelf.ingredients(of: id),
                        parent: checkpoint.parent.flatMap { shelf.key(of: $0) },
                        cost: ContinuousClock.now - began,
                        extra: try CheckpointEvidence.kept(
                            made.before + [
                                CheckpointEvidence(
                                    title: checkpoint.title,
                                    conditions: made.result.verdict.conditions,
                                    policy: shelf.ingredients(of: id).first { $0.name == "policy" }?.value
                                )
                            ]
                        )
                    )
                }
            )
            if case .notKept = result {
                guard let recorded, !recorded.willBeRetried else { return .ended(.missing, recorded) }
                guard recorded.verdict.outcome == .passed else { return .ended(.failed(recorded.verdict), recorded) }
                let error = CheckpointError.notClean(checkpoint.title, recorded.verdict.conditions.map(\.summary))
                return .ended(.failed(Verdict(ofHarness: error)), recorded)
            }
            return .ended(.there, recorded)
        } catch let error as ParentMissing {
            return .parentMissing(error.parent)
        } catch let error as RecordError {
            throw error
        } catch {
            // The store is broken, not the scenario: whatever needs the checkpoint is inconclusive.
            return .ended(.failed(Verdict(ofHarness: error)), recorded)
        }
    }

    private func makeState(
        _ order: AttemptRunner<Worker>.Order,
        of checkpoint: Plan.Checkpoint,
        in folder: String,
        isRecorded: Bool
    ) async throws -> (result: AttemptRunner<Worker>.Result, before: [CheckpointEvidence])? {
        var order = order
        order.stateFolder = folder
        guard let parent = checkpoint.parent else {
            return try await record(checkpoint, order, isRecorded).map { ($0, []) }
        }
        return try await withCheckpoint(parent) { point in
            guard let point else { throw ParentMissing(parent: parent) }
            var order = order
            order.start = point
            return try await record(checkpoint, order, isRecorded).map { ($0, point.evidence ?? []) }
        }
    }

    private func record(
        _ checkpoint: Plan.Checkpoint,
        _ order: AttemptRunner<Worker>.Order,
        _ isRecorded: Bool
    ) async throws -> AttemptRunner<Worker>.Result? {
        if !isRecorded {
            for envelope in checkpoint.preamble { try await attempts.write(envelope) }
            try await attempts.write(.testCase(checkpoint.entry.testCase.of(run: run)))
        }
        return try await attempts.run(order, gate: StartGate(isOpen: true))
    }

    /// Drops a checkpoint; one that others use stays until it is evicted.
    func drop(_ id: String) async {
        guard let shelf, let key = shelf.key(of: id) else { return }
        try? await shelf.store.remove(key)
    }
}

extension Verdict {
    /// Whether a scenario may go on from the state: an announced leak has left the guest as any other has.
    fileprivate var mayBeStartedFrom: Bool { outcome == .passed && conditions.allSatisfy { $0.state == .held } }
}

extension CheckpointEvidence {
    private static let key = "evidence"

    /// What a manifest says of the making of its checkpoint; `nil` where it says nothing that can be read.
    fileprivate static func read(_ manifest: CheckpointManifest) -> [CheckpointEvidence]? {
        manifest.extra[key].flatMap { try? JSONDecoder().decode([CheckpointEvidence].self, from: Data($0.utf8)) }
    }

    /// What a manifest is to say.
    fileprivate static func kept(_ evidence: [CheckpointEvidence]) throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [key: String(decoding: try encoder.encode(evidence), as: UTF8.self)]
    }
}

extension Plan {
    /// The title of a checkpoint.
    func title(of checkpoint: String) -> String { self.checkpoint(checkpoint)?.title ?? checkpoint }
}
