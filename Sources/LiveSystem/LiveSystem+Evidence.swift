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
        if let elements = (error as? ScreenError)?.observation?.elements {
            keep(Data((elements.listing() + [""]).joined(separator: "\n").utf8), as: "elements", "txt", "text/plain")
        }
        guard let picture = await computer.picture(), screenshots.isNew(picture) || error != nil else { return }
        keep(picture, as: "screen")
    }

    private func keep(_ picture: Picture, as kind: String) {
        do { keep(Data(try picture.png()), as: kind, "png", "image/png") } catch {
            scenario.log("The picture could not be kept: \(error)")
        }
    }

    private func keep(_ content: Data, as kind: String, _ ending: String, _ mediaType: String) {
        let name = "\(kind)-\(UUID().uuidString.prefix(8)).\(ending)"
        do {
            try content.write(to: URL(filePath: "\(scenario.evidenceFolder)/\(name)"))
            scenario.keep(file: name, mediaType: mediaType)
        } catch {
            scenario.log("The evidence \(name) could not be kept: \(error)")
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
