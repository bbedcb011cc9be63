import Foundation
import GuestDisplay
import Pictures
import Screen
import ScreenMatching
import ScreenTestSupport

/// This process's use of the processors so far.
func processorTime() -> Duration {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
}

func milliseconds(_ duration: Duration) -> String { String(format: "%.2f ms", duration / .milliseconds(1)) }

func median(_ values: [Duration]) -> Duration { values.sorted()[values.count / 2] }

/// A desktop of windows full of text, 1024x768.
private func desktop(clock: String) -> Canvas {
    var canvas = Canvas(width: 1024, height: 768, colour: Colour(red: 50, green: 70, blue: 100))
    for window in 0..<4 {
        let (x, y) = (40 + 490 * (window % 2), 40 + 350 * (window / 2))
        canvas.box(Rectangle(x: x, y: y, width: 450, height: 310), colour: window == 1 ? .ink : .paper)
        for line in 0..<11 {
            canvas.write(
                "Window \(window) has a line number \(line) of text",
                x: x + 20,
                y: y + 30 + 26 * line,
                scale: 0.55,
                colour: window == 1 ? .paper : .ink
            )
        }
    }
    canvas.write(clock, x: 900, y: 24, scale: 0.6, colour: .white)
    return canvas
}

func measureSearch() throws {
    let screen = desktop(clock: "12:00:00").picture
    var changed = desktop(clock: "12:00:00")
    changed.disc(x: 200, y: 110, radius: 3, colour: .signalRed)
    for (width, height) in [(46, 46), (120, 40), (400, 300)] {
        guard let wanted = screen.cropped(to: Rectangle(x: 60, y: 60, width: width, height: height)) else { continue }
        for (name, scene) in [
            ("same pixels", screen), ("re-rendered", desktop(clock: "12:00:00").renderedAgain(dx: 0.25).picture),
        ] {
            var costs: [Duration] = []
            var verdict: Sighting.Verdict = .absent
            for _ in 0..<15 {
                let start = processorTime()
                verdict = try PictureSearch().find(wanted, on: scene).verdict
                costs.append(processorTime() - start)
            }
            print("search \(width)x\(height) at 1024x768, \(name): \(milliseconds(median(costs))) CPU, \(verdict)")
        }
    }
}

/// One frame of a wait for needles that are not there, when a part of 200x100 of the screen changed.
func measureWatch() throws {
    let font = Typeface("LiberationSans-Regular", points: 10)
    var needles: [Needle] = []
    var generator = SeededGenerator(seed: 5)
    while let font, needles.count < 31 {
        let other = MockScreen(desktop: .light, font: font, seed: UInt64(100 + needles.count))
        let area = other.phrases.pick(&generator).box.expanded(by: 6).intersection(other.picture.bounds)
        needles.append(try Needle(area, of: other.picture))
    }
    var base = desktop(clock: "12:00:00")
    let pictures = (0..<60).map { index in
        base.box(Rectangle(x: 300, y: 300, width: 200, height: 100), colour: .paper)
        for line in 0..<4 { base.write("Progress \(index) of \(line)", x: 310, y: 320 + 22 * line, scale: 0.5) }
        return base.picture
    }
    for count in [1, 31] {
        let watch = NeedleWatch(for: Array(needles.prefix(count)))
        var costs: [Duration] = []
        for picture in pictures {
            let start = processorTime()
            guard case .nothing = try watch.look(at: picture) else { print("a needle was found"); continue }
            costs.append(processorTime() - start)
        }
        print(
            "\(count) needles: first look \(milliseconds(costs[0])), changed part \(milliseconds(median(Array(costs.dropFirst())))) CPU"
        )
    }
}

func measureReading() throws {
    let reader = try TextReader()
    var start = processorTime()
    let lines = try reader.readNow(desktop(clock: "12:00:00").picture)
    print("first frame 1024x768: \(milliseconds(processorTime() - start)) CPU, \(lines.count) lines")
    var costs: [Duration] = []
    for second in 1...20 {
        let picture = desktop(clock: "12:00:\(second + 10)").picture
        start = processorTime()
        _ = try reader.readNow(picture)
        costs.append(processorTime() - start)
    }
    print("one changed line: \(milliseconds(median(costs))) CPU")
}

func measureReaction() async throws {
    let base = desktop(clock: "12:00:00")
    let display = FakeDisplay(base.picture)
    let screen = try Screen(display: display, reader: TextReader())
    _ = try await screen.readText()
    var latencies: [Duration] = []
    for number in 10..<40 {
        async let match = screen.wait(forText: "Ready \(number)", within: .seconds(20))
        while display.listenerCount == 0 { await Task.yield() }
        var canvas = base
        canvas.write("Ready \(number)", x: 300, y: 24, scale: 0.6, colour: .white)
        let picture = canvas.picture
        let start = ContinuousClock.now
        display.show(picture)
        _ = try await match
        latencies.append(.now - start)
    }
    print("pixel change to the end of a wait for text: \(milliseconds(median(latencies))) median of \(latencies.count)")
}

func measureStillness(_ seconds: Int) async throws {
    let screen = try Screen(display: FakeDisplay(desktop(clock: "12:00:00").picture), reader: TextReader())
    _ = try await screen.readText()
    let start = processorTime()
    _ = try? await screen.wait(forText: "Never there", within: .seconds(seconds))
    let cost = processorTime() - start
    print(
        "wait of \(seconds) s on a still screen: \(milliseconds(cost)) CPU, \(String(format: "%.3f", cost / .seconds(seconds) * 100)) %"
    )
}
