package import CucumberMessages
import Foundation
import Gherkin
import ScenarioRunner
package import StepDefinitions
import Synchronization
import SystemPackage

/// Plans and runs features in this process as `assay run` does, except that steps that can't be run are results.
///
/// - Parameters:
///   - sources: The features, in the order in which they run.
///   - library: Their steps.
///   - retries: How often a scenario that fails is tried again.
/// - Returns: The record.
/// - Throws: Why there is nothing to run.
package func runFeatures(
    _ sources: [(uri: String, text: String)],
    with library: StepLibrary<PlainWorld>,
    retries: Int = 0
) async throws -> [Envelope] {
    var ids = IdSequence()
    var rules = PlanRules()
    rules.retry = RetryRule(retries: retries)
    let suite = Suite(sources: sources, ids: &ids)
    let plan = try Plan(
        suite,
        selection: FeatureSelection(sources.map(\.uri)),
        library: library,
        rules: rules,
        problemsAsResults: true,
        ids: &ids
    )
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-kit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let record = Mutex<[Envelope]>([])
    var options = Coordinator<PlainWorker>.Options()
    options.hooks = RunHookRunner(library, deadline: .seconds(60))
    let coordinator = Coordinator(
        plan: plan,
        directory: try RunDirectory.create(in: FilePath(folder.path(percentEncoded: false))),
        worker: PlainWorker(library: library),
        settings: [],
        options: options
    ) { envelope in record.withLock { $0.append(envelope) } }
    let product = Product(name: "assay")
    _ = try await coordinator.run(
        Meta(protocolVersion: "34.2.1", implementation: product, runtime: product, os: product, cpu: product)
    )
    return record.withLock { $0 }
}
