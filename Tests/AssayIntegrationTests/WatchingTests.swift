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

        /// A viewer's handshake by RFB 3.8 (RFC 6143) at a socket, then the key `a` once a second, until the machine has gone.
        private static let typist = #"""
            use Socket;
            socket S, AF_UNIX, SOCK_STREAM, 0 or die; connect S, pack_sockaddr_un($ARGV[0]) or die; $SIG{PIPE} = "IGNORE";
            sub take { my $t = ""; while (length $t < $_[0]) { sysread S, $t, $_[0] - length $t, length $t or exit } $t }
            sub give { syswrite S, $_[0] or exit }
            give(take(12)); take(unpack "C", take(1)); give("\1"); take(4); give("\1"); take(unpack "x20 N", take(24));
            while (1) { give(pack "CCxxN", 4, $_, 97) for 1, 0; select undef, undef, undef, 1 }
            """#

        @Test("two screens can be watched at once, and a key that is pressed in a viewer reaches its machine")
        func input() async throws {
            let steps = """
                    Given the computer is started from USB by BIOS
                    Then the screen shows "Saw one" within 1 minutes
                    And the screen shows "Saw two" within 1 minutes

                """
            let feature = "Feature: Keys\n  Scenario: One\n\(steps)  Scenario: Two\n\(steps)"
            try await TestSuite.with(feature: feature, image: .counts) { suite in
                try suite.write(Self.typist, to: "typist.pl")
                let outcome = try await suite.shell(
                    """
                    "$ASSAY" run --image test.img --accelerator tcg --view-input -j 2 2>notes >out &
                    screens() { grep -o 'vncviewer .*' notes | cut -d' ' -f2; }
                    until [ "$(screens | wc -l)" = 2 ]; do kill -0 $! || { cat notes out; exit 9; }; sleep 0.1; done
                    grep -c 'vnc_lite.html?scale=true&path=' notes
                    screens | sort -u | wc -l
                    for screen in $(screens); do perl typist.pl "$screen" & done
                    wait %1 || { cat notes out; exit 1; }
                    wait
                    ls tmp
                    """
                )
                #expect(outcome.status == 0 && outcome.output == "2\n2\n", "\(outcome.text)")
            }
        }

        @Test("a second signal leaves no folder behind of those who watch")
        func secondSignal() async throws {
            try await TestSuite.with(feature: Self.failing) { suite in
                let outcome = try await suite.shell(
                    """
                    "$ASSAY" run --image test.img --accelerator tcg --view 2>notes >/dev/null &
                    until grep -q vncviewer notes; do kill -0 $! || exit 9; sleep 0.1; done
                    ls -d tmp/assay-view-* | wc -l
                    kill -TERM $!
                    until grep -q 'once more to stop' notes; do sleep 0.01; done
                    kill -TERM $!
                    wait $!
                    echo $?
                    ls tmp
                    """
                )
                #expect(outcome.output == "1\n143\n", "\(outcome.text)")
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

        @Test("a needle that a person makes of the live screen is found on it at once")
        func addition() async throws {
            try await TestSuite.with(feature: Self.failing) { suite in
                let area = "0,0,720,120"
                let typed = [
                    "add tiny/menu \(area)", "the screen shows the picture \"tiny/menu\"", "add tiny/menu \(area)",
                    "add tiny/other", "add", "skip",
                ]
                try suite.write(typed.joined(separator: "\n") + "\n", to: "typed")
                let outcome = try await suite.shell(
                    """
                    unset CI
                    script --quiet --return --echo never --command \
                        "'$ASSAY' run --image test.img --accelerator tcg --timeout-scale 0.2 --pause-on failure" \
                        /dev/null < typed
                    """
                )
                #expect(outcome.status == 1, "\(outcome.text)")
                #expect(suite.names(in: "snapshots/needles/tiny/menu") == ["screen.json", "screen.png"])
                for words in [
                    "wrote ", "passed in ", "Expected a new needle, but", "assay needles add tiny/other --from ",
                    "Expected add NAME X,Y,W,H",
                ] {
                    #expect(outcome.output.contains(words), "\(words): \(outcome.text)")
                }
                let linted = try await suite.assay("needles", "lint", "--screens", "runs")
                #expect(linted.status == 0 && linted.output.contains("1 needles"), "\(linted.text)")
            }
        }

        @Test(
            "a person who wants each step announced can leave one out, and one who waits for pictures is asked for them only"
        )
        func otherPauses() async throws {
            try await TestSuite.with(feature: Self.failing) { suite in
                for (rule, typed, words) in [
                    ("step", "go\nskip\n", "next: the screen shows \"never"),
                    ("mismatch", "quit\n", "Expected the text"),
                ] {
                    try suite.write(typed, to: "typed")
                    let outcome = try await suite.shell(
                        """
                        unset CI
                        script --quiet --return --echo never --command \
                            "'$ASSAY' run --image test.img --accelerator tcg --timeout-scale 0.05 --pause-on \(rule)" \
                            /dev/null < typed
                        """
                    )
                    #expect(outcome.status == 1, "\(outcome.text)")
                    #expect(outcome.output.contains(words), "\(outcome.text)")
                    // A text that is missing is no picture.
                    #expect(outcome.output.contains("— paused —") == (rule == "step"), "\(outcome.text)")
                }
            }
        }
    }
}
