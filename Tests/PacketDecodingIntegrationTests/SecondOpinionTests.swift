import Foundation
import Sandbox
import Subprocess
import SystemPackage
import Testing

@Suite("A second opinion", .timeLimit(.minutes(5)))
struct SecondOpinionTests {
    @Test("tshark reads the same protocols, addresses and ports from a frame of every protocol that is decoded")
    func samples() async throws {
        let repository = URL(filePath: #filePath).appending(path: "../../..").standardized.path
        let result = try await run(
            .path(FilePath(repository).appending("ci/second-opinion")),
            environment: .inherit.updating(["OPINION": try SandboxExecutable.beside("packet-opinion").string]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16)
        )
        #expect(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
        let lines = result.standardOutput.split(separator: "\n")
        let total = lines.first?.split(separator: "\t").map(String.init) ?? []
        try #require(total.count == 7 && total[0] == "total", "\(result.standardOutput)")
        #expect(try #require(Int(total[1])) >= 49)
        #expect(total[2] == total[1])
        #expect(total[5] == total[4])
    }
}
