import Forecasts
import Foundation
import Testing

@Suite("Forecasts on a terminal")
struct ForecastTextTests {
    private var example: [Job] {
        [
            Job(
                id: "desktop",
                title: "The desktop is ready",
                kind: .checkpoint,
                estimate: Estimate(restore: .seconds(20), steps: .seconds(80), teardown: .milliseconds(400))
            ),
            Job(
                id: "f:3",
                title: "A page is fetched through Tor, and nothing else leaves the machine",
                kind: .scenario,
                needs: "desktop",
                estimate: Estimate(restore: .milliseconds(600), steps: .seconds(20), teardown: .seconds(1))
            ),
            Job(
                id: "f:9",
                title: "The clock is right",
                kind: .scenario,
                needs: "desktop",
                estimate: Estimate(restore: .milliseconds(600), steps: .seconds(12), isMeasured: false)
            ),
            Job(
                id: "g:3",
                title: "Boot from USB",
                kind: .scenario,
                estimate: Estimate(restore: .seconds(20), steps: .seconds(30))
            ),
        ]
    }

    @Test("a forecast is shown as bars, tables and advice")
    func golden() throws {
        let text = ForecastText(try forecast(example, workers: 2)).lines.joined(separator: "\n")
        #expect(
            text == """
                Where the time will go: 2 min 02 s on 2 workers

                worker 1  A========================================================1------------
                worker 2  3---------------------------.............................2------
                          0                                                           2 min 02 s
                A= builds a checkpoint   1- runs a scenario   . waits for a checkpoint

                   checkpoint or scenario              from      restore   steps  after    total
                A  The desktop is ready                power-on   20.0 s    1:20  0.4 s     1:40
                1  A page is fetched through Tor, an…  A           0.6 s  20.0 s  1.0 s   21.6 s
                2  The clock is right                  A           0.6 s  12.0 s  0.0 s  ~12.6 s
                3  Boot from USB                       power-on   20.0 s  30.0 s  0.0 s   50.0 s
                ~ a guess: nothing has measured it yet

                          busy  waiting  for
                worker 1  2:02
                worker 2  1:02   59.4 s  checkpoint A 50.4 s, nothing left 9.0 s

                building checkpoints       1:40  41 %
                restoring                21.2 s   9 %
                steps                      1:02  25 %
                judging and taking down   1.0 s   0 %
                waiting                  59.4 s  24 %

                longest chain               2:02  A → 1
                with one more worker        2:02  saves nothing
                with every checkpoint kept  1:02
                workers that can be used       2

                * Building the checkpoint “The desktop is ready” takes 82 % of the run: keep the
                  cache. With every checkpoint kept, the run takes 1 min 02 s.
                * The chain “The desktop is ready” → “A page is fetched through Tor, and nothing
                  else leaves the machine” alone takes 2 min 02 s: more workers can't help below
                  that.
                * 1 of 4 durations is a guess: what a run measures, the next forecast knows.
                """
        )
    }

    @Test("beyond some rows, jobs are summed up; checkpoints and the longest scenarios stay")
    func manyJobs() throws {
        let jobs = (1...200).map { scenario("s\($0)", $0, from: "A") } + [checkpoint("A", 1)]
        let lines = ForecastText(try forecast(jobs, workers: 4), rows: 3).lines
        let words = lines.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        let titles = words.filter { $0.contains(" scenario s") || $0 == "A checkpoint A" || $0.hasPrefix("and ") }
        #expect(
            titles == [
                "199 scenario s199", "200 scenario s200", "A checkpoint A", "and 198 more",
            ]
        )
    }

    @Test("what a title holds never writes on the terminal")
    func controlCharacters() throws {
        let estimate = Estimate(steps: .seconds(1))
        let title = "\u{1B}[31mred\r\nnext\u{202E}"
        let jobs = [
            Job(id: "1", title: title, kind: .scenario, needs: "A", estimate: estimate),
            Job(id: "A", title: title, kind: .checkpoint, estimate: estimate),
        ]
        let text = ForecastText(try forecast(jobs, workers: 2)).lines.joined()
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{202E}" })
    }

    @Test("wide characters keep the columns straight")
    func wideCharacters() throws {
        let estimate = Estimate(steps: .seconds(1))
        let jobs = ["画面が表示される", "画面が表示される画面が表示される画面が表示される"].map {
            Job(id: $0, title: $0, kind: .scenario, estimate: estimate)
        }
        let lines = ForecastText(try forecast(jobs, workers: 1)).lines.filter { $0.contains("画面") }
        #expect(lines.count == 2)
        let columns = lines.map { line in line.reduce(0) { $0 + ($1.isASCII || $1 == "…" ? 1 : 2) } }
        #expect(Set(columns).count == 1)
        #expect(columns.allSatisfy { $0 <= 80 })
    }

    @Test("a run that is over says where its time went, one of nothing says so")
    func headings() throws {
        let workload = try Workload([scenario("1", 3)])
        let recorded = Forecast(
            workload,
            on: WorkerPool(count: 1),
            recorded: [Placement(job: "1", worker: 0, start: .seconds(1), end: .seconds(4))]
        )
        #expect(ForecastText(recorded).lines.first == "Where the time went: 4.0 s on 1 worker")
        #expect(ForecastText(recorded).lines.contains("worker 1  3.0 s    1.0 s  its turn 1.0 s"))
        #expect(
            ForecastText(try forecast([], workers: 1)).lines == ["Nothing is to run, so that no time goes anywhere."]
        )
    }
}

@Suite("Forecasts for programs")
struct ForecastDocumentTests {
    @Test("a document holds what the text shows, in seconds")
    func golden() throws {
        let forecast = try forecast([checkpoint("A", 2), scenario("1", 1, from: "A", memory: 7)], workers: 2)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = try String(decoding: encoder.encode(ForecastDocument(forecast)), as: UTF8.self)
        #expect(
            text == """
                {"advice":["Building the checkpoint “checkpoint A” takes 67 % of the run: keep the cache. \
                With every checkpoint kept, the run takes 1.0 s.",\
                "The chain “checkpoint A” → “scenario 1” alone takes 3.0 s: more workers can't help below that.",\
                "One worker is as fast as 2."],\
                "enoughWorkers":1,"isRecorded":false,\
                "jobs":[{"id":"A","isMeasured":true,"kind":"checkpoint","memory":0,"restore":0,"steps":2,\
                "teardown":0,"title":"checkpoint A"},\
                {"id":"1","isMeasured":true,"kind":"scenario","memory":7,"needs":"A","restore":0,"steps":1,\
                "teardown":0,"title":"scenario 1"}],\
                "longestChain":["A","1"],"longestChainTime":3,"makespan":3,"savingOfOneMoreWorker":0,\
                "totals":{"building":2,"restoring":0,"steps":1,"teardown":0,"waiting":3},"version":1,\
                "withEveryCheckpointKept":1,"withOneMoreWorker":3,\
                "workers":[[{"end":2,"job":"A","start":0},{"end":3,"job":"1","start":2}],\
                [{"checkpoint":"A","end":2,"start":0,"waitsFor":"checkpoint"},\
                {"end":3,"start":2,"waitsFor":"nothing-left"}]]}
                """
        )
        #expect(try JSONDecoder().decode(ForecastDocument.self, from: Data(text.utf8)) == ForecastDocument(forecast))
    }
}
