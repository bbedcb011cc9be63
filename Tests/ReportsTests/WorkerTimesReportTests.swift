import CucumberMessages
import Forecasts
import Foundation
import Reports
import Testing
import Verdicts

private let place = RunPlace(directory: "runs/latest")

/// A run of two workers, of which the second waits for the checkpoint that the first makes.
///
/// With `title` for the checkpoint. Every hook and step takes 1.5 s.
func runOfTwoWorkers(title: String = "the system is up", endsWell: Bool = true) throws -> RunBuilder {
    var builder = RunBuilder()
    let states = builder.feature(
        "snapshots/checkpoints/system.feature",
        "States",
        [.init(name: title, steps: ["Given a computer"], isCheckpoint: true)]
    )
    let cases = builder.feature(
        "features/tor.feature",
        "Tor",
        [.init(name: "first", steps: ["Given \(title)", "Then a"]), .init(name: "second", steps: ["Given \(title)"])]
    )
    let state = try builder.run(states[0])
    let first = try builder.run(cases[0])
    let second = try builder.run(cases[1])
    var times = WorkerTimes(workers: 2)
    times.note(.checkpoint, title, attempt: state, worker: 0, at: 0)
    times.note(.waitingForCheckpoint, title, worker: 1, at: 0)
    times.note(.scenario, "first", attempt: first, worker: 0, at: 6)
    times.note(.scenario, "second", attempt: second, worker: 1, at: 6.25)
    times.note(.idle, worker: 1, at: 11)
    times.close(at: 13)
    if endsWell {
        builder.attach(String(decoding: try JSONEncoder().encode(times), as: UTF8.self), WorkerTimes.mediaType)
        builder.endRun(success: true)
    }
    return builder
}

@Suite("Where the time of a run went")
struct WorkerTimesReportTests {
    @Test("the terminal has a row for each worker, before the counts, which stay the last line")
    func terminal() throws {
        let text = try runOfTwoWorkers().written { ProgressReport(to: $0, style: .plain, place: place) }
        #expect(
            text.hasSuffix(
                """

                           scenarios  checkpoints  awaits checkpoint   idle
                worker 1  1 in 7.0 s   1 in 6.0 s
                worker 2  1 in 4.7 s                           6.2 s  2.0 s
                “the system is up”: 6.2 s of waiting

                runs/latest, 16.5 s
                3 passed, 0 failed

                """
            )
        )
    }

    @Test("a run of one worker without checkpoints closes as ever")
    func oneWorker() throws {
        var times = WorkerTimes(workers: 1)
        times.note(.scenario, "good", attempt: "a", worker: 0, at: 0)
        times.close(at: 1)
        var builder = RunBuilder()
        builder.attach(String(decoding: try JSONEncoder().encode(times), as: UTF8.self), WorkerTimes.mediaType)
        builder.endRun(success: true)
        #expect(builder.record.workerTimes == times)
        #expect(try !builder.written { ProgressReport(to: $0, style: .plain, place: place) }.contains("worker"))
        #expect(try !builder.written { HTMLReport(to: $0, place: place) }.contains("What the workers did"))
    }

    @Test(
        "times that can't be read are a problem of the record, and nothing else",
        arguments: ["", "{", #"{"version":1,"workers":[[{"kind":"idle","title":"","from":1,"to":0}]]}"#]
    )
    func damaged(_ body: String) throws {
        var builder = try runOfTwoWorkers(endsWell: false)
        builder.attach(body, WorkerTimes.mediaType)
        builder.endRun(success: true)
        let record = builder.record
        #expect(record.workerTimes == nil)
        #expect(record.problems == ["What the workers did and waited for can't be read."])
        #expect(RunSummary(record).outcome == .inconclusive)
        #expect(try builder.written { ProgressReport(to: $0, style: .plain, place: place) }.contains("is damaged"))
        #expect(try builder.written { TimesReport(to: $0) }.contains("Where the time went"))
    }

    @Test("what an attempt attaches under the name of the run's times is its own")
    func foreign() throws {
        var builder = try runOfTwoWorkers()
        builder.attach("{", WorkerTimes.mediaType, attempt: "attempt-1")
        #expect(!builder.record.problems.contains { $0.contains("workers") })
    }

    @Test("the page shows a bar for each worker, linked to its scenarios")
    func page() throws {
        let html = try runOfTwoWorkers().written { HTMLReport(to: $0, place: place) }
        for expected in [
            "What the workers did", "1 scenario in 7.0 s · 1 checkpoint made in 6.0 s",
            "<a class=\"makes\" href=\"#s1\" style=\"left:0.000%;width:46.154%\" title=\"makes a checkpoint: the system is up, 6.0 s\"",
            "<i class=\"awaits\" style=\"left:0.000%;width:48.077%\" title=\"waits for a checkpoint: the system is up, 6.2 s\"",
            "<a class=\"runs\" href=\"#s3\"", "6.2 s of waiting for “the system is up”",
        ] {
            #expect(html.contains(expected), "\(expected)")
        }
    }

    @Test(
        "a hostile title leaves neither its attribute nor its line",
        arguments: ["\"><script>alert(1)</script>", "' onfocus='x", "\u{1B}[31mred", "\"\u{301} onfocus=alert(1)"]
    )
    func hostile(_ title: String) throws {
        let run = try runOfTwoWorkers(title: title)
        let harmless = try runOfTwoWorkers(title: "harmless").written { HTMLReport(to: $0, place: place) }
        let html = try run.written { HTMLReport(to: $0, place: place) }
        func count(_ scalar: Unicode.Scalar, _ text: String) -> Int { text.unicodeScalars.count { $0 == scalar } }
        for scalar in ["<", ">", "\"", "'"] as [Unicode.Scalar] {
            #expect(count(scalar, html) == count(scalar, harmless), "\(scalar)")
        }
        for text in [
            try run.written { ProgressReport(to: $0, style: .plain, place: place) },
            try run.written { TimesReport(to: $0) },
        ] {
            #expect(!text.unicodeScalars.contains("\u{1B}"))
        }
    }

    @Test("thousands of short scenarios stay a page that opens")
    func many() throws {
        var times = WorkerTimes(workers: 100)
        for worker in 0..<100 {
            for number in 0..<200 {
                times.note(.scenario, "s\(number)", attempt: "a\(number)", worker: worker, at: Double(number))
                times.note(.idle, worker: worker, at: Double(number) + 0.9)
            }
        }
        times.note(.scenario, "long", attempt: "long", worker: 0, at: 200)
        times.close(at: 1_000_000)
        var builder = RunBuilder()
        builder.attach(String(decoding: try JSONEncoder().encode(times), as: UTF8.self), WorkerTimes.mediaType)
        builder.endRun(success: true)
        let html = try builder.written { HTMLReport(to: $0, place: place) }
        #expect(html.contains("and 36 more workers"))
        #expect(html.utf8.count < 200_000)
    }

    @Test("the full text tells restores, steps and what comes after, from the record alone")
    func text() throws {
        let text = try runOfTwoWorkers().written { TimesReport(to: $0) }
        #expect(text.hasPrefix("Where the time went: 13.0 s on 2 workers\n"))
        let rows = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(rows.contains("A the system is up power-on 1.5 s 1.5 s 3.0 s 6.0 s"))
        #expect(rows.contains("1 first A 3.0 s 1.5 s 2.5 s 7.0 s"))
        #expect(rows.contains("2 second A 3.0 s 0.0 s 1.7 s 4.7 s"))
        #expect(rows.contains("worker 2 4.7 s 8.2 s checkpoint A 6.2 s, nothing left 2.0 s"))
    }

    @Test("a path that ends in .json gets the document")
    func json() throws {
        try withTemporaryFolder { folder in
            var group = try makeReports(
                [ReportFormat(parsing: "times:\(folder)/times.json")],
                place: RunPlace(directory: folder),
                record: .readOnly
            )
            for envelope in try runOfTwoWorkers().envelopes { try group.receive(envelope) }
            try group.finish()
            let data = try Data(contentsOf: URL(filePath: "\(folder)/times.json"))
            let document = try JSONDecoder().decode(ForecastDocument.self, from: data)
            #expect(document.isRecorded)
            #expect(document.makespan == 13)
            #expect(document.jobs.map(\.title) == ["the system is up", "first", "second"])
            #expect(document.jobs[1].needs == document.jobs[0].id)
            #expect(document.workers[1].map(\.waitsFor) == ["checkpoint", nil, "nothing-left"])
        }
    }

    @Test("of checkpoints with one title, a scenario comes from the one for its image")
    func variants() throws {
        var builder = RunBuilder()
        let states = builder.feature(
            "snapshots/checkpoints/system.feature",
            "States",
            [
                .init(name: "up", steps: ["Given a"], isCheckpoint: true),
                .init(name: "up", steps: ["Given a"], tags: ["@desktop"], isCheckpoint: true),
            ]
        )
        let cases = builder.feature(
            "features/a.feature",
            "A",
            [
                .init(name: "plain", steps: ["Given up"]), .init(name: "rich", steps: ["Given up"], tags: ["@desktop"]),
            ]
        )
        let attempts = try (states + cases).map { try builder.run($0) }
        builder.endRun(success: true)
        let jobs = RunTimes(builder.record).forecast.workload.jobs
        #expect(jobs.map(\.needs) == [nil, nil, attempts[0], attempts[1]])
    }

    @Test("a run that was cut off is told by when its attempts began")
    func cutOff() throws {
        let forecast = RunTimes(try runOfTwoWorkers(endsWell: false).record).forecast
        #expect(forecast.pool.count == 1)
        #expect(forecast.schedule.makespan == .milliseconds(16_500))
    }

    @Test("a record that is damaged so that a checkpoint comes from itself is told all the same")
    func circle() throws {
        var builder = RunBuilder()
        let cases = builder.feature("f", "F", [.init(name: "up", steps: ["Given up"], isCheckpoint: true)])
        try builder.run(cases[0])
        #expect(RunTimes(builder.record).forecast.schedule.placements.count == 1)
    }
}
