import Foundation
import PictureFiles
import Pictures
import ScreenMatching
import ScreenTestSupport

/// Decides on screens that other tools take for the right one, and writes them to a folder for those tools to decide on.
///
/// A line is the screen, the area that was looked for, whether it is there, what was found (1 or 0), and the cost of a
/// whole search in milliseconds of CPU.
func decideOnNearMisses(writingTo folder: String) throws {
    let source = dialog()
    try Data(source.picture.png()).write(to: URL(filePath: "\(folder)/wanted.png"))
    let screens: [(name: String, canvas: Canvas, icon: Bool, text: Bool)] = [
        ("the same", dialog(), true, true),
        ("moved by 90 pixels", dialog(dx: 90, dy: 60), true, true),
        ("a little darker", dialog().renderedAgain(gain: 0.95), true, true),
        ("a red light for the green one", dialog(light: .signalRed), false, true),
        ("Tor is not ready", dialog("Tor is not ready"), true, false),
        ("Tor is reody", dialog("Tor is reody"), true, false),
        ("Tor is blocked, red", dialog("Tor is blocked", light: .signalRed), false, false),
        ("nothing", Canvas(width: 1024, height: 768, colour: .paper), false, false),
    ]
    for screen in screens {
        let picture = screen.canvas.picture
        try Data(picture.png()).write(to: URL(filePath: "\(folder)/\(screen.name).png"))
        for (name, area, isThere) in [
            ("light", Rectangle(x: 400, y: 310, width: 32, height: 32), screen.icon),
            ("line", Rectangle(x: 396, y: 306, width: 240, height: 40), screen.icon && screen.text),
            ("text", Rectangle(x: 436, y: 306, width: 190, height: 40), screen.text),
            ("dialog", Rectangle(x: 380, y: 270, width: 280, height: 120), screen.icon && screen.text),
        ] {
            guard let wanted = source.picture.cropped(to: area) else { continue }
            var verdict = Sighting.Verdict.absent
            let cost = try medianCost { verdict = try PictureSearch().find(wanted, on: picture).verdict }
            let place = "\(area.x),\(area.y),\(area.width),\(area.height)"
            print("\(screen.name)\t\(name)\t\(place)\t\(isThere ? 1 : 0)\t\(verdict == .match ? 1 : 0)\t\(cost)")
        }
    }
}

private func dialog(_ text: String = "Tor is ready", light: Colour = .leafGreen, dx: Int = 0, dy: Int = 0) -> Canvas {
    var canvas = Canvas(width: 1024, height: 768, colour: Colour(red: 60, green: 80, blue: 110))
    canvas.box(Rectangle(x: 380 + dx, y: 270 + dy, width: 280, height: 120), colour: .paper)
    canvas.disc(x: 416 + dx, y: 326 + dy, radius: 12, colour: light)
    canvas.write(text, x: 444 + dx, y: 334 + dy)
    return canvas
}
