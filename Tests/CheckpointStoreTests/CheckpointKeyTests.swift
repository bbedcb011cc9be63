import CheckpointStore
import FoundationEssentials
import Testing

@Suite("Checkpoint key")
struct CheckpointKeyTests {
    @Test("the same ingredients give the same key, also in another version of the program")
    func stable() {
        let key = CheckpointKey([.init("image", "12"), .init("steps", "Given a desktop")])
        #expect(key.description == "0287df6b56582f685aec9675602196e1132459c50d5709d81d213b92031aa3fb")
        #expect(CheckpointKey(key.description) == key)
    }

    @Test(
        "whatever differs in the ingredients gives another key",
        arguments: [
            [("image", "12"), ("steps", "34")], [("steps", "34"), ("image", "12")], [("image", "1"), ("2steps", "34")],
            [("image", "12steps34")], [("image", "12"), ("steps", "34"), ("", "")], [], [("", "")],
        ] as [[(String, String)]]
    )
    func differences(_ pairs: [(String, String)]) {
        let key = CheckpointKey(pairs.map { .init($0.0, $0.1) })
        #expect(key != CheckpointKey([.init("image", "12"), .init("steps", "35")]))
        #expect(key != CheckpointKey(pairs.map { .init($0.0, $0.1 + " ") } + [.init("", "")]))
    }

    @Test("a text that is no key is none")
    func texts() {
        let text = CheckpointKey([]).description
        for bad in ["", String(text.dropLast()), text + "0", text.uppercased(), "../" + text.dropFirst(3)] {
            #expect(CheckpointKey(bad) == nil)
        }
    }

    @Test("it is a text in JSON")
    func json() throws {
        let key = CheckpointKey([])
        let data = try JSONEncoder().encode([key])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(key)\"]")
        #expect(try JSONDecoder().decode([CheckpointKey].self, from: data) == [key])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CheckpointKey].self, from: Data("[\"..\"]".utf8))
        }
    }
}
