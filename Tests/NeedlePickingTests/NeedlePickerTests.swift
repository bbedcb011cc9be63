import Foundation
import NeedleKeeping
import NeedlePicking
import PictureFiles
import Pictures
import ScreenMatching
import ScreenTestSupport
import TestSupport
import Testing

private let screen: Picture = {
    var canvas = Canvas(width: 480, height: 300, colour: Colour(red: 60, green: 80, blue: 110))
    canvas.box(Rectangle(x: 100, y: 105, width: 150, height: 40), colour: .paper)
    canvas.write("Start Tor", x: 136, y: 132)
    canvas.disc(x: 118, y: 125, radius: 8, colour: .leafGreen)
    return canvas.picture
}()

/// The needle as the page sends it.
private let needle = """
    {"area": [{"type": "match", "xpos": 90, "ypos": 100, "width": 170, "height": 50,
               "click_point": {"xpos": 30, "ypos": 20}},
              {"type": "exclude", "xpos": 110, "ypos": 117, "width": 16, "height": 16}], "tags": []}
    """
private let plain = #"{"area": [{"type": "match", "xpos": 0, "ypos": 0, "width": 50, "height": 50}], "tags": []}"#

private func names(in folder: String) -> [String]? { try? FileManager.default.contentsOfDirectory(atPath: folder) }

/// Does what waits for a socket on a thread that may wait: those of tasks are as few as processors, and the page needs one.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

/// Serves a page over a folder while `body` acts as the browser; returns what was written in the end.
private func withPage(
    variant: String = "english",
    screens: [NeedlePicker.Screen] = [.init(title: "one") { screen }],
    _ body: @escaping @Sendable (Browser, String) throws -> Void
) async throws -> [String]? {
    try await withTemporaryFolder { folder in
        let page = try LoopbackPage()
        let browser = try #require(Browser(address: page.address))
        let picker = NeedlePicker(
            needle: "tor/start",
            variant: variant,
            screens: screens,
            editor: NeedleEditor(folder: folder)
        )
        return try await withThrowingTaskGroup(of: [String]?.self) { group in
            group.addTask { await page.serve(picker.answer) }
            group.addTask {
                try await onThread { try body(browser, folder) }
                return nil
            }
            // The page ends when a needle was written, or when it is taken away.
            let first = try await group.next() ?? nil
            group.cancelAll()
            let second = try await group.next() ?? nil
            return (first ?? second)?.map { $0.replacing(folder, with: "") }
        }
    }
}

@Suite("The page on which a needle is picked", .timeLimit(.minutes(2)))
struct NeedlePickerTests {
    @Test("a needle that is dragged is judged, written, and then found on the screen; after that nobody listens")
    func whole() async throws {
        let files = try await withPage { browser, folder in
            let page = try #require(browser.get(""))
            #expect(page.status == 200 && page.text.contains("\"needle\":\"tor\\/start\""))
            #expect(try Picture(png: #require(browser.get("screens/0.png")).body) == screen)
            #expect(browser.post("lint/0/english", needle)?.text == #"{"exists":false,"findings":[],"isUnfit":false}"#)
            #expect(browser.post("lint/0/english", plain)?.text.contains("\"isUnfit\":true") == true)
            #expect(browser.post("write/0/english", plain)?.text.contains("\"refusal\"") == true)
            #expect(names(in: folder) == [])
            let written = try #require(browser.post("write/0/english", needle))
            #expect(written.text.contains("\"files\":[") && written.status == 200)
            let found = try NeedleStore(loading: folder).needle(named: "tor/start").findAll(on: screen)
            #expect(found.map(\.clickPoint) == [Point(x: 120, y: 120)])
            let file = try String(contentsOfFile: "\(folder)/tor/start/english.json", encoding: .utf8)
            #expect(file.contains("\"algorithm\": "))
        }
        #expect(files == ["/tor/start/english.json", "/tor/start/english.png"])
    }

    @Test("a picture that is there is replaced only when that is asked for")
    func existing() async throws {
        let files = try await withPage { browser, folder in
            let old = try NeedleEditor(folder: folder).write(
                .init(
                    needle: "tor/start",
                    variant: "english",
                    screen: screen,
                    file: NeedleFile(areas: [
                        .init(kind: .match, rectangle: .init(x: 100, y: 105, width: 150, height: 40))
                    ])
                )
            )
            let before = try String(contentsOfFile: old[0], encoding: .utf8)
            #expect(browser.post("lint/0/english", needle)?.text.contains("\"exists\":true") == true)
            #expect(browser.post("lint/0/german", needle)?.text.contains("\"exists\":false") == true)
            #expect(browser.post("write/0/english", needle)?.text.contains("Expected a new needle") == true)
            #expect(try String(contentsOfFile: old[0], encoding: .utf8) == before)
            #expect(browser.post("replace/0/english", needle)?.text.contains("\"files\":[") == true)
            #expect(try String(contentsOfFile: old[0], encoding: .utf8) != before)
        }
        #expect(files?.count == 2)
    }

    @Test("what is no needle, no screen or no name is refused, and the page goes on")
    func refused() async throws {
        let files = try await withPage { browser, folder in
            for body in [
                "", "nonsense", "[]",
                #"{"area": [{"type": "match", "xpos": 470, "ypos": 0, "width": 50, "height": 50}]}"#,
            ] {
                #expect(browser.post("write/0/english", body)?.text.contains("\"refusal\"") == true, "\(body)")
            }
            for name in ["write/0/..", "write/0/%2e%2e", "write/0/a b"] where !name.contains(" ") {
                #expect(browser.post(name, needle)?.text.contains("\"refusal\"") == true, "\(name)")
            }
            for name in ["write/1/x", "write/-1/x", "write/00/x", "erase/0/x", "write/0/x/y", "write"] {
                #expect(browser.post(name, needle)?.status == 404, "\(name)")
            }
            for name in ["screens/1.png", "screens/../0.png", "favicon.ico", "lint/0/x"] {
                #expect(browser.get(name)?.status == 404, "\(name)")
            }
            #expect(names(in: folder) == [])
        }
        #expect(files == nil)
    }

    @Test("what a file is called can't become a part of the page's program")
    func hostileTitle() async throws {
        let title = "</script><script>alert(1)</script>FACTS"
        _ = try await withPage(screens: [.init(title: title) { screen }]) { browser, _ in
            let page = try #require(browser.get(""))
            #expect(page.text.components(separatedBy: "<script").count == 2)
            #expect(page.text.contains("\\u003c\\/script>"))
            #expect(page.head.contains("Content-Security-Policy: default-src 'none'; script-src 'nonce-"))
        }
    }

    @Test("pages from elsewhere, and users who don't know the path, get nothing")
    func strangers() async throws {
        _ = try await withPage { browser, folder in
            #expect(browser.post("write/0/english", needle, host: "evil.test:\(browser.port)")?.status == 421)
            #expect(browser.post("write/0/english", needle, host: "localhost:\(browser.port)")?.status == 421)
            #expect(browser.post("write/0/english", needle, type: "text/plain")?.status == 415)
            let origin = "GET \(browser.path) HTTP/1.1\r\nHost: \(browser.host)\r\nOrigin: http://evil.test\r\n\r\n"
            #expect(browser.exchange(Array(origin.utf8)).map(Browser.Reply.init)?.status == 421)
            for path in ["/", "/index.html", String(browser.path.dropLast(2)) + "/"] {
                let request = "GET \(path) HTTP/1.1\r\nHost: \(browser.host)\r\n\r\n"
                #expect(browser.exchange(Array(request.utf8)).map(Browser.Reply.init)?.status == 404, "\(path)")
            }
            #expect(names(in: folder) == [])
        }
    }

    @Test(
        "requests that are none are refused with a bounded look at them",
        arguments: [
            ("\r\n\r\n", 400), ("GET / HTTP/1.0\r\n\r\n", 400), ("GET  / HTTP/1.1\r\n\r\n", 400),
            ("PUT / HTTP/1.1\r\n\r\n", 405), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost\r\n\r\n", 400),
            ("GET /\u{0} HTTP/1.1\r\n\r\n", 400), ("GET /é HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 421),
            ("POST / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n", 400),
            (
                "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n",
                413
            ),
            ("POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: HOST\r\n\r\nmore", 400),
            (String(repeating: "x", count: 40_000), 431),
        ]
    )
    func malformed(_ request: String, _ status: Int) async throws {
        _ = try await withPage { browser, _ in
            let bytes = Array(request.replacing("HOST", with: browser.host).utf8)
            #expect(browser.exchange(bytes).map(Browser.Reply.init)?.status == status)
        }
    }

    @Test("a page that is taken away ends though somebody is connected and says nothing")
    func cancelled() async throws {
        let page = try LoopbackPage()
        let browser = try #require(Browser(address: page.address))
        let silent = try #require(browser.connected())
        defer { close(silent) }
        let serving = Task {
            await page.serve { _, _ throws(PageRequest.Refusal) -> (PageAnswer, Int?) in throw .notFound }
        }
        #expect(try await onThread { browser.get("x")?.status } == 404)
        serving.cancel()
        #expect(await serving.value == nil)
        #expect(try await onThread { browser.get("x")?.status } == nil)
    }
}
