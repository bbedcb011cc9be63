import CheckpointStore
import Testing

@Suite("Digests of chunks", .timeLimit(.minutes(5)))
struct ChunksDigestTests {
    private func digest(_ pieces: [(Int64, String)], size: Int64? = nil) async throws -> String {
        var digest = ""
        try await Sample.with { sample async throws in
            let result = try await sample.store().make(Sample.key("desktop")) { folder in
                try Sample.write(pieces, to: folder.appending("memory"), size: size)
                return Sample.facts("desktop")
            }
            guard case .made(let kept, _) = result else {
                Issue.record("\(result)")
                return
            }
            digest = try #require(kept.manifest.files.first).chunksDigest
        }
        return digest
    }

    @Test("zeros count like holes, wherever they lie")
    func holes() async throws {
        let zeros = String(repeating: "\0", count: 1 << 20)
        let expected = try await digest([(5000, "a"), (3_000_000, "b")], size: 5_000_000)
        #expect(try await digest([(5000, "a"), (1 << 20, zeros), (3_000_000, "b")], size: 5_000_000) == expected)
        #expect(
            try await digest([(5000, "a"), (600_000, zeros), (3_000_000, "b"), (3_000_001, zeros)], size: 5_000_000)
                == expected
        )
    }

    @Test("place, length and content count")
    func differences() async throws {
        let digests = [
            try await digest([(0, "a")]), try await digest([(0, "b")]), try await digest([(0, "a")], size: 2),
            try await digest([(1 << 18, "a")]), try await digest([(1 << 19, "a")]),
            try await digest([(0, "a")], size: (1 << 19) + 1), try await digest([]), try await digest([], size: 1),
            try await digest([], size: 1 << 30),
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test("the digest of a known file stays the same")
    func known() async throws {
        #expect(
            try await digest([(0, "a"), (1 << 20, "b")], size: 2_000_000)
                == "c39f85da51cd67db4d2e07d0313fd70306adc68f8c44828d08e4704ea270cafc"
        )
    }
}
