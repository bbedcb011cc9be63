import Accelerators
import CheckpointStore
import Diagnostics
import Foundation
import LiveSystem
import ScenarioRunner
import SystemPackage

/// Whether a planned checkpoint is there already, as far as that can be told without making anything.
enum CheckpointState {
    case kept(bytesOnDisk: Int64, cost: Duration)
    case missing
    /// It can't be told, for this reason.
    case unknown(String)

    /// Whether a scenario can start from it now.
    var isKept: Bool { if case .kept = self { true } else { false } }

    /// The state in a few words.
    var text: String {
        switch self {
        case .kept(let bytes, let cost):
            "in the store: \(bytes.asSize), made in \(String(format: "%.1f", cost / .seconds(1))) s"
        case .missing: "not in the store: the first scenario that needs it has it made"
        case .unknown(let reason): "not known whether it is in the store: \(reason)"
        }
    }

    /// Looks for the checkpoints of a plan in the store.
    ///
    /// Their files are not read: one that turns out to be broken is made again.
    static func states(of plan: Plan, on system: DescribedSystem, image: String?) async -> [String: CheckpointState] {
        guard !plan.checkpoints.isEmpty else { return [:] }
        func all(_ state: CheckpointState) -> [String: CheckpointState] {
            Dictionary(plan.checkpoints.map { ($0.id, state) }) { first, _ in first }
        }
        let noImage = image.map { "there is no file \($0)" } ?? "no run in runs/ had its image, or it is gone"
        do {
            async let accelerator = Accelerator.choose(.auto)
            let known = KnownImages(ofRunsIn: "runs")
            func size(of checkpoint: Plan.Checkpoint) -> String {
                system.description.size(for: checkpoint.entry.pickle.tags.map(\.name)).name
            }
            var images: [String: String] = [:]
            for name in Set(plan.checkpoints.map(size)) {
                guard let path = image ?? known.path(of: name), FileManager.default.fileExists(atPath: path) else {
                    continue
                }
                images[name] = path
            }
            guard !images.isEmpty else { return all(.unknown(noImage)) }
            let settings = try LiveSystemSettings(
                system: system,
                images: images,
                accelerator: await accelerator,
                timeoutScale: 1
            )
            let store = CheckpointStore(folder: CheckpointOptions.folder(in: settings.cache), limit: .max)
            let surroundings = CheckpointSurroundings(settings)
            let shelf = try await CheckpointShelf(plan, in: store) { variant in
                // A checkpoint has no key without its image; those for other images have theirs.
                let name = system.description.size(for: variant.map { [$0] } ?? []).name
                return images[name] == nil ? [] : try await surroundings.ingredients(variant: variant)
            }
            var kept: [CheckpointKey: CheckpointState] = [:]
            for listed in store.list() {
                guard case .kept(let manifest) = listed.state else { continue }
                kept[listed.key] = .kept(bytesOnDisk: listed.bytesOnDisk, cost: manifest.cost)
            }
            return Dictionary(
                plan.checkpoints.map { checkpoint in
                    guard images[size(of: checkpoint)] != nil else { return (checkpoint.id, .unknown(noImage)) }
                    return (checkpoint.id, shelf.key(of: checkpoint.id).flatMap { kept[$0] } ?? .missing)
                }
            ) { first, _ in first }
        } catch {
            return all(.unknown((error as? any ExplainedError)?.summary ?? "\(error)"))
        }
    }
}
