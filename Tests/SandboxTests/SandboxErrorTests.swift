import Diagnostics
import Sandbox
import Testing

@Suite("Refusals of a sandbox")
struct SandboxErrorTests {
    private let line = """
        {"sandbox":"failed","call":"unshare","object":"user namespace","errno":1,"error":"Operation not permitted",\
        "setting":"kernel.unprivileged_userns_clone","remedy":"sysctl -w kernel.unprivileged_userns_clone=1"}
        """

    @Test("the refusal is found among other output, and names the setting and the command that repairs it")
    func refusal() throws {
        let refusal = try #require(SandboxRefusal(standardError: "some warning\n\(line)\n"))
        let error = SandboxError.refused(refusal)
        #expect(
            error.description == """
                Expected to make a sandbox, but unshare of user namespace failed: Operation not permitted.
                  forbidden by: kernel.unprivileged_userns_clone
                Hint: Run: sysctl -w kernel.unprivileged_userns_clone=1
                """
        )
        #expect(error.blame == .host)
    }

    @Test(
        "what is not such a line is no refusal",
        arguments: ["", "unshare: Operation not permitted", "{\"sandbox\":\"failed\"}", "x{\"sandbox\":\"failed\"}"]
    )
    func otherOutput(_ text: String) {
        #expect(SandboxRefusal(standardError: text) == nil)
    }

    @Test("a worker that ended early is reported with its last words")
    func endedEarly() {
        let error = SandboxError.endedEarly(.signalled(11), standardError: "a\nb\n")
        #expect(
            error.description == "The process in the sandbox was ended by signal 11 before its work was done.\n  a\n  b"
        )
        #expect(error.blame == .harness)
    }
}

@Suite("Memory of the host")
struct HostMemoryTests {
    @Test("the available memory is read in bytes")
    func available() {
        #expect(HostMemory.parseAvailable("MemTotal: 100 kB\nMemAvailable:   2048 kB\n") == 2 << 20)
    }

    @Test(
        "a value that is missing or in another unit is not guessed",
        arguments: ["", "MemAvailable: 5 MB", "MemAvailable: x kB"]
    )
    func unknown(_ text: String) {
        #expect(HostMemory.parseAvailable(text) == nil)
    }
}
