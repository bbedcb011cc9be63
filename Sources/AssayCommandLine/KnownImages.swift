import Foundation
import ScenarioRunner

/// The images that the newest runs had, by their plans: to ask a recipe might mean to have one made.
struct KnownImages {
    private var paths: [String: String] = [:]

    private static let mostRuns = 8
    private static let mostBytes = 8 << 20

    /// Reads the plans of the newest runs; what can't be read says nothing.
    init(ofRunsIn folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.filter({ $0.first?.isNumber == true }).sorted(by: >).prefix(Self.mostRuns) {
            let file = "\(folder)/\(name)/plan.json"
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            guard attributes?[.type] as? FileAttributeType == .typeRegular,
                let size = attributes?[.size] as? Int, size <= Self.mostBytes,
                let data = FileManager.default.contents(atPath: file),
                let plan = try? JSONDecoder().decode(Images.self, from: data)
            else { continue }
            for image in plan.images where paths[image.name] == nil { paths[image.name] = image.path }
        }
    }

    private struct Images: Decodable {
        let images: [ImageIdentity]
    }

    /// The file of an image by the name that the system's description has for it.
    func path(of image: String) -> String? { paths[image] }
}
