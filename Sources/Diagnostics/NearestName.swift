/// Returns the candidate that a misspelt name was most likely meant to be.
///
/// Distance is optimal string alignment (insertions, deletions, substitutions, transpositions). A candidate
/// further away than a third of the longer name is no suggestion but a guess, and is not returned.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased())
    return
        candidates
        .map { (candidate: $0, distance: alignmentDistance(wanted, Array($0.lowercased()))) }
        .filter { $0.distance <= max(wanted.count, $0.candidate.count) / 3 }
        .min { $0.distance < $1.distance }?
        .candidate
}

private func alignmentDistance(_ first: [Character], _ second: [Character]) -> Int {
    var beforePrevious = [Int]()
    var previous = Array(0...second.count)
    for row in 0..<first.count {
        var current = [row + 1]
        for column in 0..<second.count {
            var cost = min(
                previous[column] + (first[row] == second[column] ? 0 : 1),
                previous[column + 1] + 1,
                current[column] + 1
            )
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[second.count]
}
