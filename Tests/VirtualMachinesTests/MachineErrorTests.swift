import Diagnostics
import Testing
import VirtualMachines

@Suite("Errors of machines")
struct MachineErrorTests {
    @Test("a state that QEMU refuses is the host's fault, and comes with QEMU's own words")
    func state() {
        let error = MachineError.stateUnusable(reason: "load of migration failed: Invalid argument", log: ["a", "b"])
        #expect(error.blame == .host)
        #expect(
            error.description == """
                Expected to restore a saved machine, but its state can't be used: load of migration failed: Invalid argument
                  a
                  b
                Hint: Delete the checkpoint; it is built again when it is needed.
                """
        )
    }

    @Test("letting a saved machine run on is a mistake of this program")
    func saved() {
        let error = MachineError.isSaved(action: "let the machine run")
        #expect(error.blame == .harness)
        #expect(error.summary == "Expected to let the machine run, but it was saved, and may only be switched off.")
    }
}
