import ArgumentParser
import Pictures

/// How the commands about screens print what they found.
enum ScreenFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

extension Rectangle {
    /// Reads `x,y,width,height` in pixels.
    init(argument text: String) throws {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let side = 0...Picture.longestSide
        guard
            numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2], let height = numbers[3],
            [x, y, width, height].allSatisfy(side.contains), width > 0, height > 0
        else { throw ValidationError("Expected a region as x,y,width,height in pixels, saw \"\(text)\".") }
        self.init(x: x, y: y, width: width, height: height)
    }
}

extension Point {
    /// Reads `x,y` in pixels.
    init(argument text: String) throws {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let side = 0...Picture.longestSide
        guard numbers.count == 2, let x = numbers[0], let y = numbers[1], side.contains(x), side.contains(y) else {
            throw ValidationError("Expected a point as x,y in pixels, saw \"\(text)\".")
        }
        self.init(x: x, y: y)
    }
}
