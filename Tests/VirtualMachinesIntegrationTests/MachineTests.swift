import Foundation
import Sandbox
import SystemPackage
import Testing

@Suite("Machines", .serialized, .enabled("QEMU or sandboxes are missing here") { await machinesWork() })
struct MachineTests {
    @Test("a machine starts, halts, goes on, resets, and is off for good")
    func power() async throws {
        let said = try await probe("power")
        #expect(
            said == [
                "hypervisor: open", "state: suspended", "state: running", "state: suspended", "reset: seen",
                "display: open", "monitor: The command no-such-command has not been found", "state: off",
                "off: stays off", "state: running", "second: ran", "done: true",
            ]
        )
    }

    @Test("a guest that switches itself off is told apart from a machine that is switched off")
    func guestPowersOff() async throws {
        let said = try await probe("guestPowersOff")
        #expect(said == ["hypervisor: open", "event: poweredOffByGuest", "state: off", "done: true"])
    }

    @Test("a panic on the serial console ends a wait and is explained")
    func panic() async throws {
        let said = try await probe("panicOnConsole")
        #expect(said.dropLast() == ["hypervisor: open", "hello: seen"])
        #expect(said.last?.hasPrefix("failed: Expected the guest's kernel to run, but it panicked: IO-APIC") == true)
    }

    @Test("a QEMU that ends at its start is reported with the last lines of its log")
    func qemuFails() async throws {
        let last = try #require(try await probe("qemuFails").last)
        #expect(last.hasPrefix("failed: Expected QEMU to start, but: "))
        #expect(last.contains("\n  "))
        #expect(last.contains("Image is not in qcow2 format"))
    }

    @Test("a card without its tap interface is an error of the host, not a guest without network")
    func noTap() async throws {
        #expect(try await probe("cardOfGuest").last?.contains("doesn't exist") == true)
    }

    @Test(
        "sticks are plugged in and out again, and a card that the guest does not let go of is named",
        .enabled("/dev/net/tun can't be opened here") { tapsWork() }
    )
    func plug() async throws {
        let said = try await probe("plug")
        #expect(said == ["hypervisor: open", "stick: out", "stick: out", "card: in", "kept: second", "done: true"])
    }

    @Test("when its sandbox is killed, QEMU is gone within 2 seconds")
    func killed() async throws {
        let probe = try SandboxExecutable.beside("machine-probe")
        // The name of the domain is on QEMU's command line.
        let name = "guest=hold-\(UInt32.random(in: 0...UInt32.max))"
        _ = try? await withSandboxedProcess(probe, arguments: ["hold", "name=\(name.dropFirst(6))"]) { process in
            for try await line in process.lines where line.contains("holding") {
                #expect(processes(with: name) > 0)
                kill(process.processIdentifier, SIGKILL)
                let deadline = ContinuousClock.now + .seconds(2)
                while processes(with: name) > 0, ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(processes(with: name) == 0)
                return
            }
            Issue.record("the probe never held a machine: \(process.standardErrorTail)")
        }
    }

    private func processes(with text: String) -> Int {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return folders.count { folder in
            FileManager.default.contents(atPath: "/proc/\(folder)/cmdline")?.range(of: Data(text.utf8)) != nil
        }
    }

    @Test(
        "the image given boots, and its agent runs commands, keeps files and sets the clock",
        .enabled(if: testImage != nil, "ASSAY_TEST_IMAGE names no image"),
        // features/harness/boot_media.feature boots from the other drives and firmwares.
        arguments: ["cd"],
        ["bios"]
    )
    func boots(_ bus: String, _ firmware: String) async throws {
        let image = try #require(testImage)
        let said = try await probe(
            "boot",
            "image=\(image)",
            "bus=\(bus)",
            "firmware=\(firmware)",
            patience: .seconds(400)
        )
        #expect(said.contains("agent: answers"))
        #expect(said.contains("firmware: \(firmware)\n"))
        #expect(said.contains("event: poweredOffByGuest"))
        #expect(said.last == "done: true")
    }
}
