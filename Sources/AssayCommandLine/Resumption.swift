import CheckpointStore
import Foundation
import LiveSystem
import PastRuns
import ScenarioRunner
import SystemPackage

/// A run that goes on: what it was asked for, what it had come to, and that nothing has changed since.
struct Resumption: Sendable {
    let directory: RunDirectory
    let plan: Plan
    let request: PlanRequest
    /// What it had come to.
    let earlier: EarlierAttempts
    /// The plan as the run wrote it down.
    let document: PlanDocument

    /// Reads a run directory.
    ///
    /// - Throws: ``ResumeError`` when the run can't go on.
    init(of path: String) async throws {
        let file = "\(path)/plan.json"
        guard let data = FileManager.default.contents(atPath: file),
            let document = try? JSONDecoder().decode(PlanDocument.self, from: data), document.version == 1,
            let request = document.request
        else { throw ResumeError.noPlan(path) }
        guard try await document.versions == PlanDocument.currentVersions() else {
            throw ResumeError.changed("the program or the code of the steps")
        }
        let plan = try request.plan()
        guard plan.digest == document.digest else { throw ResumeError.changed("the features") }
        guard PlanDocument(plan).shard == document.shard else {
            throw ResumeError.changed("how the scenarios are shared out")
        }
        // A run that was killed before it knew what it tested has nothing that could be kept.
        guard !document.images.isEmpty || plan.entries.isEmpty else { throw ResumeError.noPlan(path) }
        self.plan = plan
        self.request = request
        self.document = document
        directory = try RunDirectory.open(FilePath(path))
        earlier = try StoppedRun(record: directory.messages.string, plan: plan).earlier
    }

    /// The images of the run, each by its name, as long as they are what they were.
    ///
    /// - Throws: ``ResumeError/changed(_:)``.
    func images() async throws -> [String: String] {
        let digests = StampedDigests(cache: try LiveSystemSettings.makeCacheFolder())
        var images: [String: String] = [:]
        for image in document.images {
            guard let digest = try? await digests.sha256(of: FilePath(image.path)), digest == image.sha256 else {
                throw ResumeError.changed("the image \(image.path)")
            }
            images[image.name] = image.path
        }
        return images
    }
}
