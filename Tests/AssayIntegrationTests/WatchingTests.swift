import Foundation
import Testing

extension EndToEnd {
    @Suite("People who watch")
    struct WatchingTests {
        private static let passing = TestSuite.feature("Given the computer is started from USB by BIOS")
        private static let failing = TestSuite.feature(
            "Given the computer is started from USB by BIOS",
            "Then the screen shows \"never --> <b>shown</b>\""
        )

        private func films(in suite: TestSuite) -> [String] {
            suite.names(in: "runs/latest/attachments").filter { $0.hasSuffix(".webm") }
        }

        @Test("a scenario that fails leaves a video with its steps as subtitles, which the report plays")
        func video() async throws {
            try await TestSuite.with(feature: Self.failing) { suite in
                let outcome = try await suite.runImage()
                #expect(outcome.status == 1, "\(outcome.text)")
                suite.expectCompleteRun()
                let film = try #require(films(in: suite).first)
                #expect(films(in: suite).count == 1)
                let probe = try await suite.shell(
                    """
                    ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 \
                        runs/latest/attachments/\(film)
                    ffprobe -v error -select_streams s -show_entries packet=size -of csv=p=0 \
                        runs/latest/attachments/\(film) | wc -l
                    """
                )
                #expect(probe.output == "vp8,1024,768\nwebvtt,N/A,N/A\n2\n", "\(probe.text)")
                let report = try suite.text(of: "runs/latest/report.html")
                #expect(report.contains("src=\"attachments/\(film)\""))
                #expect(report.contains("<track kind=\"captions\""))
            }
        }

        @Test("a scenario that passes leaves a video only when it is asked for")
        func noVideo() async throws {
            try await TestSuite.with(feature: Self.passing) { suite in
                let plain = try await suite.runImage()
                #expect(plain.status == 0, "\(plain.text)")
                #expect(films(in: suite) == [])
                let filmed = try await suite.runImage("--video", "always")
                #expect(filmed.status == 0, "\(filmed.text)")
                #expect(films(in: suite).count == 1)
            }
        }

        @Test("live screens are served with a token only, while the run lasts")
        func view() async throws {
            try await TestSuite.with(feature: Self.failing) { suite in
                let outcome = try await suite.shell(
                    """
                    "$ASSAY" run --image test.img --accelerator tcg --timeout-scale 0.2 --view 2>notes >/dev/null &
                    until address=$(grep -o 'http://[^ ]*' notes); do kill -0 $! || exit 9; sleep 0.1; done
                    origin=${address%/vnc_lite*}
                    socket() {
                        curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}\\n' \
                            --header 'Connection: Upgrade' --header 'Upgrade: websocket' \
                            --header 'Sec-WebSocket-Version: 13' --header 'Sec-WebSocket-Key: YXNzYXlhc3NheWFzc2F5cw==' \
                            --header 'Sec-WebSocket-Protocol: binary' "$origin/websockify?token=$1"
                    }
                    curl --silent "$address" | grep --count 'noVNC'
                    socket "${address##*%3D}"
                    socket 00000000000000000000000000000000
                    socket ../../etc/passwd
                    folder=$(dirname "$(grep -o 'vncviewer .*' notes | cut -d' ' -f2)")
                    stat --format %a "$folder"
                    wait $!
                    ls "$folder" 2>/dev/null || echo gone
                    curl --silent --max-time 2 "$origin" || echo closed
                    """
                )
                let lines = outcome.output.split(separator: "\n").map(String.init)
                #expect(Array(lines.dropFirst()) == ["101", "000", "000", "700", "gone", "closed"], "\(outcome.text)")
                #expect(lines.first.flatMap { Int($0) } ?? 0 > 0)
            }
        }

        @Test("without a terminal, or in CI, nobody is asked, and nothing is run")
        func noPerson() async throws {
            try await TestSuite.with(feature: Self.failing) { suite in
                for arguments in [["run"], ["console"]] {
                    let pause = arguments == ["run"] ? "--pause-on failure" : ""
                    let outcome = try await suite.shell(
                        "unset CI; \"$ASSAY\" \(arguments[0]) --image test.img --accelerator tcg \(pause) </dev/null"
                    )
                    #expect(outcome.status == 2, "\(outcome.text)")
                    #expect(outcome.errors.contains("need a person at a terminal"))
                }
            }
        }

        @Test("a person at a terminal is asked when a step fails, and their help is no pass")
        func pause() async throws {
            try await TestSuite.with(feature: Self.failing) { suite in
                try suite.write("read\nhelp\nqiut\nthe screen shows \"nowhere\"\nretry\nskip\n", to: "typed")
                let outcome = try await suite.shell(
                    """
                    unset CI
                    script --quiet --return --echo never --command \
                        "'$ASSAY' run --image test.img --accelerator tcg --timeout-scale 0.05 --pause-on failure" \
                        /dev/null < typed
                    """
                )
                #expect(outcome.status == 1, "\(outcome.text)")
                for words in [
                    "did not pass: the screen shows \"never", "make a needle of a part", "near to it: the command quit",
                    "Expected the text \"nowhere\"", "a person helped it", "blame     test author",
                ] {
                    #expect(outcome.output.contains(words), "\(words): \(outcome.text)")
                }
                #expect(outcome.output.components(separatedBy: "— paused —").count == 3)
                suite.expectCompleteRun()
            }
        }
    }
}
