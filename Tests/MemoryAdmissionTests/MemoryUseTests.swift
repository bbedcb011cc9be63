import Foundation
import MemoryAdmission
import Testing

@Suite("Learned use of memory")
struct MemoryUseTests {
    @Test("the largest of the latest jobs counts, not one of long ago")
    func latest() {
        var use = LearnedMemory()
        use.learn("desktop", peak: 900)
        for _ in 1..<LearnedMemory.mostJobs { use.learn("desktop", peak: 300) }
        #expect(use.peak(of: "desktop") == 900)
        use.learn("desktop", peak: 300)
        #expect(use.peak(of: "desktop") == 300)
    }

    @Test("a job that was never measured teaches nothing")
    func nothing() {
        var use = LearnedMemory()
        use.learn("desktop", peak: 0)
        #expect(use.peak(of: "desktop") == nil)
    }

    @Test("the kind measured longest ago is forgotten when there are too many")
    func bounded() {
        var use = LearnedMemory()
        for number in 0..<LearnedMemory.mostKinds { use.learn("kind \(number)", peak: 1) }
        use.learn("kind 0", peak: 1)
        use.learn("one more", peak: 1)
        #expect(use.count == LearnedMemory.mostKinds)
        #expect(use.peak(of: "kind 0") == 1)
        #expect(use.peak(of: "kind 1") == nil)
    }

    @Test("what was learned survives from run to run")
    func roundTrip() throws {
        var use = LearnedMemory()
        use.learn("desktop", peak: 300)
        use.learn("minimal", peak: 100)
        #expect(try JSONDecoder().decode(LearnedMemory.self, from: JSONEncoder().encode(use)) == use)
    }

    @Test("the format is what earlier runs wrote")
    func golden() throws {
        var use = LearnedMemory()
        use.learn("desktop", peak: 300)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = #"{"kinds":{"desktop":{"bytes":[300],"lastUse":1}},"version":1}"#
        #expect(try String(decoding: encoder.encode(use), as: UTF8.self) == text)
    }

    @Test("damaged numbers are left out, and another version is refused")
    func damaged() throws {
        func read(_ text: String) throws -> LearnedMemory {
            try JSONDecoder().decode(LearnedMemory.self, from: Data(text.utf8))
        }
        let use = try read(
            """
            {"version":1,"kinds":{"a":{"bytes":[-5,9223372036854775807,7],"lastUse":-1},"b":{"bytes":[],"lastUse":1},\
            "c":{"bytes":[0],"lastUse":9223372036854775807}}}
            """
        )
        #expect(use.peak(of: "a") == 7)
        #expect(use.count == 1)
        #expect(throws: DecodingError.self) { try read(#"{"version":2,"kinds":{}}"#) }
        #expect(throws: DecodingError.self) { try read("{}") }
    }
}
