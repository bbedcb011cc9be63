import Pictures

/// Where the lines of the newest screen are, found anew only around rows that changed.
struct LineFinder {
    /// More than the highest line that is read, so that a band holds every line that a change touches.
    private static let band = 56
    private static let touch = 3

    private var previous: Page?
    private var found: [Rectangle] = []

    /// The boxes from top to bottom.
    mutating func boxes(of page: Page) throws(VisionError) -> [Rectangle] {
        if let previous, previous.bounds == page.bounds {
            try update(page, since: previous)
        } else {
            found = try page.lines(top: 0, bottom: page.bounds.height)
        }
        found.sort { ($0.y, $0.x) < ($1.y, $1.x) }
        previous = page
        return found
    }

    private mutating func update(_ page: Page, since previous: Page) throws(VisionError) {
        var bands: [Range<Int>] = []
        for (row, isChanged) in page.changedRows(since: previous).enumerated() where isChanged {
            if let last = bands.last, row - last.upperBound < 2 * Self.band {
                bands[bands.count - 1] = last.lowerBound..<row + 1
            } else {
                bands.append(row..<row + 1)
            }
        }
        for changed in bands {
            func isTouched(_ box: Rectangle) -> Bool {
                box.bottom >= changed.lowerBound - Self.touch && box.y <= changed.upperBound + Self.touch
            }
            let fresh = try page.lines(
                top: max(0, changed.lowerBound - Self.band),
                bottom: min(page.bounds.height, changed.upperBound + Self.band)
            )
            found.removeAll(where: isTouched)
            found += fresh.filter(isTouched)
        }
    }
}
