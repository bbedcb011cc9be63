import Testing
import VideoRecording

@Suite("Captions")
struct CaptionsTests {
    @Test("each step stands from its beginning to its end, the last to the end of the video")
    func times() {
        var captions = Captions()
        captions.show("the computer is booted", at: .milliseconds(0))
        captions.hide(at: .milliseconds(61_250))
        captions.show("I log in", at: .seconds(3_700))
        #expect(
            captions.webVTT(endingAt: .seconds(3_702)) == """
                WEBVTT

                00:00:00.000 --> 00:01:01.250
                the computer is booted

                01:01:40.000 --> 01:01:42.000
                I log in

                """
        )
    }

    @Test(
        "a hostile text stays one line of text",
        arguments: [
            ("a\n\n00:00:00.000 --> 99:00:00.000\nb", "a  00:00:00.000 --&gt; 99:00:00.000 b"),
            ("<c.red>&amp;</c>", "&lt;c.red&gt;&amp;amp;&lt;/c&gt;"),
            ("left\u{202E}right\u{2028}\u{0}", "left right  "),
            ("", "–"), ("\n \n", "–"), ("می\u{200C}خواهم", "می\u{200C}خواهم"),
        ]
    )
    func hostile(_ text: String, _ expected: String) {
        var captions = Captions()
        captions.show(text, at: .zero)
        let lines = captions.webVTT(endingAt: .seconds(1)).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines == ["WEBVTT", "", "00:00:00.000 --> 00:00:01.000", Substring(expected), ""])
    }

    @Test("a step that is over at once still has a cue, and a long text an end")
    func extremes() {
        var captions = Captions()
        captions.show(String(repeating: "x", count: 100_000), at: .seconds(1))
        captions.show("next", at: .seconds(1))
        let text = captions.webVTT(endingAt: .seconds(1))
        #expect(text.contains("00:00:01.000 --> 00:00:01.001\n"))
        #expect(text.utf8.count < 1_000)
    }
}
