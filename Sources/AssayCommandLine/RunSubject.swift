import CucumberMessages
import Foundation
import LiveSystem
import PastRuns
import Reports
import ScenarioRunner
import SystemPackage

/// What was tested, and by which policy: told once for the whole run, beside it, since digests need time.
struct RunSubject: Sendable {
    private let settings: LiveSystemSettings
    private let plan: Plan
    private let shelf: CheckpointShelf
    private let request: PlanRequest
    private let directory: RunDirectory

    init(
        _ settings: LiveSystemSettings,
        plan: Plan,
        request: PlanRequest,
        shelf: CheckpointShelf,
        directory: RunDirectory
    ) {
        self.settings = settings
        self.plan = plan
        self.request = request
        self.shelf = shelf
        self.directory = directory
    }

    private var file: URL { URL(filePath: directory.path.appending("plan.json").string) }

    /// Writes `plan.json` without what takes time, so that a run that is killed has one.
    func writePlan() async throws { try await PlanDocument(plan, request).data().write(to: file, options: .atomic) }

    /// Writes `plan.json`, and tells the record.
    func write(_ record: @Sendable (Envelope) async throws -> Void) async throws {
        var document = try await PlanDocument(plan, request)
        for (name, path) in settings.images.sorted(by: { $0.key < $1.key }) {
            try Task.checkCancellation()
            document.images.append(ImageIdentity(name: name, path: path, sha256: try sha256(ofFileAt: FilePath(path))))
        }
        try document.data().write(to: file, options: .atomic)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]

        var facts = [
            RunFact(name: "plan", value: document.digest),
            RunFact(name: "system", value: settings.description.name),
            RunFact(name: "accelerator", value: settings.accelerator.explanation),
        ]
        if request.order != ScenarioOrder.defined.description {
            facts.append(RunFact(name: "order", value: request.order))
        }
        if let part = document.shard { facts.append(RunFact(name: RunFact.shard, value: part.fact)) }
        for checkpoint in plan.checkpoints {
            guard let key = shelf.key(of: checkpoint.id) else { continue }
            let tag = checkpoint.variant.map { " \($0)" } ?? ""
            facts.append(RunFact(name: "checkpoint", value: "\(checkpoint.title)\(tag)\n\(key)"))
        }
        for image in document.images {
            facts.append(RunFact(name: "image \(image.name)", value: "\(image.path)\nSHA-256 \(image.sha256)"))
        }
        func attach(_ body: String, _ mediaType: String, name: String? = nil) async throws {
            try await record(
                .attachment(
                    Attachment(
                        body: body,
                        contentEncoding: .identity,
                        fileName: name,
                        mediaType: mediaType,
                        timestamp: .now
                    )
                )
            )
        }
        try await attach(String(decoding: try encoder.encode(facts), as: UTF8.self), RunFact.mediaType)
        try await attach(settings.policy, "application/yaml", name: settings.policyFile)
        for policy in settings.policies { try await attach(policy.text, "application/yaml", name: policy.file) }
    }
}
