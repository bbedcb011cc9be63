package import Pictures

extension Needle {
    /// What the needle asks for, what the screen shows at the best place, and where they differ, side by side.
    ///
    /// Returns `nil` when nothing on the screen resembles the needle.
    package func comparison(of sighting: NeedleSighting, on screen: Picture) -> Picture? {
        guard let offset = sighting.offset, let variant = variants.first(where: { $0.name == sighting.variant }) else {
            return nil
        }
        let wanted = variant.areas.filter { $0.kind == .match }.map(\.rectangle)
            .reduce(Rectangle(x: 0, y: 0, width: 0, height: 0)) { $0.union($1) }
        guard
            let asked = variant.picture.cropped(to: wanted),
            let seen = screen.cropped(to: wanted.moved(byX: offset.x, y: offset.y))
        else { return nil }
        return Picture.sideBySide(asked, seen)
    }
}

extension Picture {
    /// Two pictures, and beside them the second in grey with red where it differs from the first.
    package static func sideBySide(_ first: Picture, _ second: Picture) -> Picture? {
        let gap = 4
        let height = max(first.height, second.height)
        let width = first.width + 2 * second.width + 2 * gap
        guard 1...longestSide ~= width else { return nil }
        var bytes = [UInt8](repeating: 255, count: width * height * 4)
        func put(_ colour: Colour, x: Int, y: Int) {
            let start = (y * width + x) * 4
            bytes[start] = colour.blue
            bytes[start + 1] = colour.green
            bytes[start + 2] = colour.red
        }
        for y in 0..<height {
            for x in 0..<max(first.width, second.width) {
                let (old, new) = (first.colour(at: Point(x: x, y: y)), second.colour(at: Point(x: x, y: y)))
                if let old { put(old, x: x, y: y) }
                guard let new else { continue }
                put(new, x: first.width + gap + x, y: y)
                put(new.marked(against: old), x: first.width + second.width + 2 * gap + x, y: y)
            }
        }
        return Picture(width: width, height: height, bytes: bytes)
    }
}

extension Colour {
    /// Red where it differs visibly, pale grey where not.
    fileprivate func marked(against other: Colour?) -> Colour {
        let visible = 8
        let red = Colour(red: 220, green: 0, blue: 0)
        guard let other else { return red }
        let steps = [
            abs(Int(self.red) - Int(other.red)), abs(Int(green) - Int(other.green)), abs(Int(blue) - Int(other.blue)),
        ]
        guard steps.allSatisfy({ $0 <= visible }) else { return red }
        let luma: Int = (3 * Int(self.red) + 6 * Int(green) + Int(blue)) / 10
        let grey = UInt8(clamping: luma / 2 + 127)
        return Colour(red: grey, green: grey, blue: grey)
    }
}
