/// How far two opinions on the frames of a capture agree.
struct Comparison {
    private(set) var compared = 0
    private(set) var agreed = 0
    /// Frames that our decoder refuses, by header; tshark calls them malformed or is more lenient.
    private(set) var refused: [String: Int] = [:]
    private(set) var refusedByBoth = 0
    /// Frames that our decoder names, and tshark looks further into.
    private(set) var opaque: [String: Int] = [:]
    private(set) var differing: [String: Int] = [:]
    private(set) var examples: [String: String] = [:]
    /// Frames of which the capture holds a part only.
    var cut = 0
    private(set) var applicationsCompared = 0
    private(set) var applicationsAgreed = 0
    private(set) var applicationsDiffering: [String: Int] = [:]

    mutating func add(_ own: OwnOpinion, _ other: TsharkOpinion, place: String) {
        compared += 1
        if let header = own.refusal {
            if other.isMalformed { refusedByBoth += 1 }
            refused[header, default: 0] += 1
            examples["refused \(header)"] = examples["refused \(header)"] ?? place
            return
        }
        if own.isOpaque {
            let mine = own.opinion
            let begins = other.opinion.protocols.starts(with: mine.protocols)
            let rest = other.opinion.protocols.dropFirst(mine.protocols.count).joined(separator: ":")
            if begins, mine.addresses == other.opinion.addresses || mine.addresses == ["", ""] {
                if rest.isEmpty || own.isFragment {
                    agreed += 1
                } else {
                    note("\(mine.protocols.joined(separator: ":")) | \(rest)", in: \.opaque, place)
                }
                return
            }
        }
        var (mine, theirs) = (own.opinion, other.opinion)
        (mine.application, theirs.application) = ("", "")
        if mine.stations == ["", ""] { theirs.stations = ["", ""] }
        if mine == theirs { agreed += 1 } else { note(Self.difference(mine, theirs), in: \.differing, place) }
        compare(own.opinion.application, other, place)
    }

    private mutating func compare(_ application: String, _ other: TsharkOpinion, _ place: String) {
        guard let agrees = other.agrees(on: application) else { return }
        applicationsCompared += 1
        if agrees {
            applicationsAgreed += 1
        } else {
            let others = other.applications.sorted().joined(separator: ":")
            note("\(application) | \(others)", in: \.applicationsDiffering, place)
        }
    }

    private mutating func note(_ what: String, in counts: WritableKeyPath<Comparison, [String: Int]>, _ place: String) {
        self[keyPath: counts][what, default: 0] += 1
        examples[what] = examples[what] ?? place
    }

    private static func difference(_ mine: Opinion, _ theirs: Opinion) -> String {
        if mine.protocols != theirs.protocols {
            return "protocols \(mine.protocols.joined(separator: ":")) | \(theirs.protocols.joined(separator: ":"))"
        }
        if mine.stations != theirs.stations { return "stations" }
        if mine.addresses != theirs.addresses { return "addresses" }
        return "ports"
    }

    /// Prints the counts, as lines that add up over many captures.
    func report(_ name: String) {
        print("total\t\(compared)\t\(agreed)\t\(cut)\t\(applicationsCompared)\t\(applicationsAgreed)\t\(name)")
        let parts = [
            ("refused", refused), ("opaque", opaque), ("differs", differing), ("application", applicationsDiffering),
        ]
        for (kind, counts) in parts {
            for (what, count) in counts.sorted(by: { $0.key < $1.key }) {
                let example = examples[what] ?? examples["refused \(what)"] ?? ""
                print("\(kind)\t\(count)\t\(what)\t\(example)")
            }
        }
        if refusedByBoth > 0 { print("malformed\t\(refusedByBoth)\trefused, and malformed for tshark too\t") }
    }
}
