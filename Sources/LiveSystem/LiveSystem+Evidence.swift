import Foundation
import PictureFiles
import Pictures
import ScenarioWorlds
import Screen
import Synchronization

extension LiveSystem: ScenarioWorld {
    package func stepBegins(_ text: String) async {
        traffic.begin(step: text)
        video?.recorder.caption(text)
    }

    package func scenarioEnds(hasPassed: Bool) async {
        video?.note(hasPassed: hasPassed)
        video?.recorder.finish()
    }

    /// Keeps a screenshot of every step that changed the screen, and of every step that failed.
    package func stepEnded(_ text: String, error: (any Error)?) async {
        if error != nil { traffic.stepFailed() }
        video?.recorder.hideCaption()
        // What was found out about a leak stands with the step in which it was seen.
        await traffic.settle()
        if let comparison = (error as? ScreenError)?.observation?.comparison { keep(comparison, as: "comparison") }
        guard let picture = await computer.picture(), screenshots.isNew(picture) || error != nil else { return }
        keep(picture, as: "screen")
    }

    private func keep(_ picture: Picture, as kind: String) {
        do {
            let name = "\(kind)-\(UUID().uuidString.prefix(8)).png"
            try Data(picture.png()).write(to: URL(filePath: "\(scenario.evidenceFolder)/\(name)"))
            scenario.keep(file: name, mediaType: "image/png")
        } catch {
            scenario.log("The picture could not be kept: \(error)")
        }
    }
}

/// The picture that was kept last.
final class Screenshots: Sendable {
    private let last = Mutex<Picture?>(nil)

    func isNew(_ picture: Picture) -> Bool {
        last.withLock { last in
            defer { last = picture }
            return last != picture
        }
    }
}
