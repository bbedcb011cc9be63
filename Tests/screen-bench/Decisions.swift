import Foundation
import PictureFiles
import Pictures
import ScreenMatching
import ScreenTestSupport

/// Decides on a set of pictures, writes them to a folder for another program to decide on, and prints what each cost.
///
/// A line is the name, the cost of a whole search, the cost of a wait's look at the whole screen (both in milliseconds of
/// CPU), and the verdict.
func decide(writingTo folder: String) throws {
    guard let font = Typeface("OpenSans-Regular", points: 10) else { return print("the font is not installed") }
    let screen = MockScreen(desktop: .mixed, font: font, seed: 5).canvas
    var changed = screen
    changed.disc(x: 672, y: 115, radius: 3, colour: .signalRed)
    changed.disc(x: 130, y: 190, radius: 3, colour: .signalRed)
    changed.disc(x: 60, y: 126, radius: 3, colour: .signalRed)
    let areas = [
        "24x24": Rectangle(x: 48, y: 118, width: 24, height: 24),
        "46x46": Rectangle(x: 640, y: 90, width: 46, height: 46),
        "120x40": Rectangle(x: 80, y: 170, width: 120, height: 40),
        "400x300": Rectangle(x: 40, y: 60, width: 400, height: 300),
    ]
    for (size, area) in areas.sorted(by: { $0.value.width < $1.value.width }) {
        for (name, scene) in [
            ("moved", screen.renderedAgain(dx: 0.25)), ("recoded", screen.recoded(quality: 90)), ("changed", changed),
        ] {
            guard let wanted = screen.picture.cropped(to: area) else { continue }
            let (scene, needle) = (scene.picture, try Needle(area, of: screen.picture))
            try Data(scene.png()).write(to: URL(filePath: "\(folder)/\(size) \(name).screen.png"))
            try Data(wanted.png()).write(to: URL(filePath: "\(folder)/\(size) \(name).wanted.png"))
            var verdict = Sighting.Verdict.absent
            let whole = try medianCost { verdict = try PictureSearch().find(wanted, on: scene).verdict }
            let glance = try medianCost { _ = try needle.findAll(on: scene) }
            print("\(size) \(name)\t\(whole)\t\(glance)\t\(verdict)")
        }
    }
}

/// The processor time of an act in milliseconds.
func medianCost(of act: () throws -> Void) rethrows -> Double {
    var costs: [Duration] = []
    for _ in 0..<7 {
        let start = processorTime()
        try act()
        costs.append(processorTime() - start)
    }
    return median(costs) / .milliseconds(1)
}
