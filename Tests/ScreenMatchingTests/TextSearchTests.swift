import Pictures
import ScreenMatching
import Testing

/// A line of words with a place each.
private func line(_ text: String, y: Int = 0) -> TextLine {
    TextLine(
        words: text.split(separator: " ").enumerated().map { index, word in
            TextWord(text: String(word), box: Rectangle(x: index * 60, y: y, width: 50, height: 12))
        }
    )
}

@Suite("Searching for text")
struct TextSearchTests {
    private func isFound(_ phrase: String, _ seen: String) throws -> Bool {
        try #require(TextSearch(phrase)).firstMatch(in: [line(seen)]) != nil
    }

    @Test(
        "a phrase is found among other words, whatever its case and spaces",
        arguments: [
            ("Tor is ready", "Status: Tor is ready."), ("tor is ready", "TOR IS READY"), ("log in", "Login now"),
            ("Login", "Log in now"), ("No bootable device", "No bootable device."), ("not ready", "Tor is not ready"),
            ("files", "fi1es"), ("modern", "modem"), ("Über uns", "uber uns"), ("6.10", "Version 6.1O"),
            ("42 apples", "|42 apples"),
            ("42 apples", "42 apples|"), ("live", "|ive"),
        ]
    )
    func found(_ phrase: String, _ seen: String) throws {
        #expect(try isFound(phrase, seen))
    }

    @Test(
        "near misses are refused",
        arguments: [
            ("ready", "Tor is not ready yet"), ("ready", "Not ready"), ("ready", "already"), ("locked", "unlocked"),
            ("6.10", "6.11"), ("reads", "ready"), ("Tor is ready", "Tor is reody"), ("Tor is ready", "Tor is blocked"),
            ("Tor is ready", "Tor is not ready"), ("Connected", "Connected failed"), ("Tor is ready", "is Tor ready"),
            ("start", "Restart"), ("ready", "isn't ready"), ("Tor ready", "Tor is ready"), ("42", "l42"),
            ("42", "a |42 b"),
        ]
    )
    func refused(_ phrase: String, _ seen: String) throws {
        #expect(try !isFound(phrase, seen))
    }

    @Test("a refused place does not hide a good one further on")
    func second() throws {
        let lines = [line("Tor is not ready"), line("Network ready", y: 20)]
        #expect(try #require(TextSearch("ready")).firstMatch(in: lines)?.first?.box.y == 20)
    }

    @Test("a miss names the nearest line and its distance")
    func nearest() throws {
        let miss = try #require(TextSearch("Tor is ready")).nearest(in: [line("Welcome"), line("Tor is reody", y: 20)])
        #expect(miss?.distance == 1)
        #expect(miss?.line.box.y == 20)
    }

    @Test("a phrase without letters is no phrase")
    func empty() {
        #expect(TextSearch(" ...") == nil)
    }
}
