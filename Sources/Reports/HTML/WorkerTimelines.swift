import Forecasts

/// What the workers did, as the values of the HTML report's section: a bar for each along the time of the run.
struct WorkerTimelines {
    private let times: WorkerTimes
    /// The places of scenarios in the page, by the identities of their attempts.
    private let anchors: [String: String]

    private static let mostWorkers = 64
    /// Pieces of a bar that are narrower than this part of it are joined or left out.
    private static let narrowest = 0.0015

    init(_ times: WorkerTimes, anchors: [String: String]) {
        self.times = times
        self.anchors = anchors
    }

    /// The values, or `false` when there is nothing to tell.
    var view: Any {
        let end = times.end
        guard times.areWorthTelling, end > .zero else { return false }
        let sums = times.sums
        let rows = zip(times.workers, sums).prefix(Self.mostWorkers).enumerated().map { number, worker in
            [
                "workerName": "Worker \(number + 1)", "pieces": pieces(worker.0, of: end / .seconds(1)),
                "workerText": sentence(worker.1),
            ] as [String: Any]
        }
        let kinds = Set(times.workers.joined().filter { $0.length / end > Self.narrowest }.map(\.kind))
        return [
            "workers": rows, "runLength": readable(end),
            "moreWorkers": sums.count > rows.count ? "and \(counted(sums.count - rows.count, "more worker"))" : false,
            "legend": WorkerTimes.Span.Kind.allCases.filter(kinds.contains).map {
                ["kind": $0.style, "kindName": $0.words]
            },
            "awaited": times.awaitedCheckpoints.prefix(10).filter { $0.length >= .milliseconds(50) }.map {
                ["awaitedTitle": $0.title, "awaitedTime": readable($0.length)]
            },
        ] as [String: Any]
    }

    private struct Piece {
        let kind: WorkerTimes.Span.Kind
        let from: Double
        var to: Double
        var count = 1
        let title: String
        let anchor: String?
    }

    private func pieces(_ spans: [WorkerTimes.Span], of end: Double) -> [[String: Any]] {
        var pieces: [Piece] = []
        for span in spans {
            let isNarrow = (span.to - span.from) / end < Self.narrowest
            if isNarrow, let last = pieces.last, last.kind == span.kind, (span.from - last.to) / end < Self.narrowest {
                pieces[pieces.count - 1].to = span.to
                pieces[pieces.count - 1].count += 1
            } else if !isNarrow || span.kind == .scenario || span.kind == .checkpoint {
                // Where one is drawn already, another would not be seen.
                if isNarrow, let last = pieces.last, (span.from - last.from) / end < Self.narrowest { continue }
                pieces.append(
                    Piece(
                        kind: span.kind,
                        from: span.from,
                        to: span.to,
                        title: span.title,
                        anchor: span.attempt.flatMap { anchors[$0] }
                    )
                )
            }
        }
        return pieces.map { piece in
            let length = Duration.seconds(piece.to - piece.from)
            let others = piece.count > 1 ? " and \(piece.count - 1) more" : ""
            let title = piece.title.isEmpty ? "" : ": \(piece.title)\(others)"
            return [
                "kind": piece.kind.style, "left": percent(piece.from / end),
                "width": percent((piece.to - piece.from) / end),
                "tip": "\(piece.kind.words)\(title), \(readable(length))",
                "target": piece.anchor ?? false,
            ]
        }
    }

    private func sentence(_ sums: WorkerSums) -> String {
        func part(_ duration: Duration, _ words: String) -> String? {
            duration >= .milliseconds(50) ? "\(words) \(readable(duration))" : nil
        }
        let scenarios = sums.scenarios > 0 ? "\(counted(sums.scenarios, "scenario")) in" : ""
        let checkpoints = sums.checkpoints > 0 ? "\(counted(sums.checkpoints, "checkpoint")) made in" : ""
        let parts = [
            sums.scenarios > 0 ? "\(scenarios) \(readable(sums.scenarioTime))" : nil,
            sums.checkpoints > 0 ? "\(checkpoints) \(readable(sums.checkpointTime))" : nil,
            part(sums.waitingForCheckpoint, "waited for checkpoints"), part(sums.waitingForMemory, "waited for memory"),
            part(sums.waitingForTurn, "waited for their turn"), part(sums.idle, "idle"),
        ].compactMap(\.self)
        return parts.isEmpty ? "nothing" : parts.joined(separator: " · ")
    }

    /// A part of one as CSS has it: with a point, and no more digits than a screen can show.
    private func percent(_ part: Double) -> String {
        let thousandths = Int((min(1, max(0, part)) * 100_000).rounded())
        let digits = String(thousandths % 1_000 + 1_000).dropFirst()
        return "\(thousandths / 1_000).\(digits)%"
    }
}

extension WorkerTimes.Span.Kind {
    fileprivate var style: String {
        switch self {
        case .scenario: "runs"
        case .checkpoint: "makes"
        case .waitingForCheckpoint: "awaits"
        case .waitingForMemory: "starves"
        case .waitingForTurn, .idle: "idles"
        }
    }

    fileprivate var words: String {
        switch self {
        case .scenario: "runs a scenario"
        case .checkpoint: "makes a checkpoint"
        case .waitingForCheckpoint: "waits for a checkpoint"
        case .waitingForMemory: "waits for memory"
        case .waitingForTurn: "waits for its turn"
        case .idle: "idle"
        }
    }
}
