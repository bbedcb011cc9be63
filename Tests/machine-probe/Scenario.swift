import Foundation
import GuestChannel
import Subprocess
import SystemPackage
import VirtualMachines

/// What the probe can be asked to do.
enum Scenario: String, CaseIterable, Sendable {
    case power, plug, cardOfGuest, guestPowersOff, panicOnConsole, qemuFails, hold, startup, boot, checkpoint, restore

    func run(on hypervisor: Hypervisor, _ setting: Setting) async throws {
        switch self {
        case .power: try await power(hypervisor, setting)
        case .plug: try await plug(hypervisor, setting)
        case .cardOfGuest: try await cardOfGuest(hypervisor, setting)
        case .guestPowersOff: try await guestPowersOff(hypervisor, setting)
        case .panicOnConsole: try await panicOnConsole(hypervisor, setting)
        case .qemuFails: try await qemuFails(hypervisor, setting)
        case .hold: try await hold(hypervisor, setting)
        case .startup: try await startup(hypervisor, setting)
        case .boot: try await boot(hypervisor, setting)
        case .restore: try await Checkpoint(hypervisor: hypervisor, setting: setting).restore()
        case .checkpoint: try await Checkpoint(hypervisor: hypervisor, setting: setting).run()
        }
    }

    // MARK: - Power

    private func power(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        try await hypervisor.withMachine(setting.machine("first"), start: .suspended) { machine in
            try await expectState(.suspended, machine)
            try await machine.resume()
            try await expectState(.running, machine)
            try await machine.suspend()
            try await expectState(.suspended, machine)
            try await machine.resume()
            try await machine.reset()
            try await machine.wait(for: "see the reset", within: .seconds(10)) { $0 == .reset ? () : nil }
            report.say("reset", "seen")
            let display = try await machine.openDisplay()
            try expect(display >= 0, "no display")
            close(display)
            report.say("display", "open")
            let answer = try await machine.monitorCommand(#"{"execute":"query-status"}"#)
            try expect(answer.contains("\"running\""), answer)
            do {
                _ = try await machine.monitorCommand(#"{"execute":"no-such-command"}"#)
                throw ProbeError("the monitor took an unknown command")
            } catch MachineError.monitorRefused(_, let reason) {
                report.say("monitor", reason)
            }
            try await machine.powerOff()
            let event = try await machine.waitUntilOff(within: .seconds(10))
            try expect(event == .poweredOff, "\(event)")
            try await expectState(.off, machine)
            try await machine.powerOff()
            do {
                try await machine.resume()
                throw ProbeError("a machine that is off resumed")
            } catch MachineError.isOff {
                report.say("off", "stays off")
            }
        }
        try await hypervisor.withMachine(setting.machine("second")) { try await expectState(.running, $0) }
        report.say("second", "ran")
    }

    private func guestPowersOff(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        var description = setting.machine("guest")
        description.disks = [try setting.disk("off", code: BootSector.powerOff)]
        try await hypervisor.withMachine(description) { machine in
            let event = try await machine.waitUntilOff(within: .seconds(30))
            report.say("event", "\(event)")
            try await expectState(.off, machine)
        }
    }

    private func expectState(_ wanted: Machine.State, _ machine: Machine) async throws {
        let state = try await machine.state()
        try expect(state == wanted, "expected the machine to be \(wanted), but it is \(state)")
        report.say("state", state.rawValue)
    }

    // MARK: - Devices

    private func plug(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        try await ip("tuntap", "add", "dev", "tap0", "mode", "tap")
        try await ip("tuntap", "add", "dev", "tap1", "mode", "tap")
        try await ip("link", "set", "tap0", "up")
        let stick = try MachineDescription.Disk(
            "stick",
            path: setting.disk("stick", code: []).path,
            bus: .usb(removable: true)
        )
        var description = setting.machine("guest")
        description.cards = [.init("lan", address: "52:54:00:00:00:01", tap: "tap0")]
        try await hypervisor.withMachine(description) { machine in
            for _ in 0..<2 {
                try await machine.attach(stick)
                let devices = try await machine.monitorCommand(#"{"execute":"query-block"}"#)
                try expect(devices.contains("stick.disk"), devices)
                try await machine.detach("stick")
                report.say("stick", "out")
            }
            try await machine.attach(.init("second", address: "52:54:00:00:00:02", tap: "tap1", model: .e1000))
            let cards = try await machine.monitorCommand(#"{"execute":"query-rx-filter"}"#)
            try expect(cards.contains("52:54:00:00:00:01"), cards)
            report.say("card", "in")
            do {
                // Nothing runs in this guest that could let go of a card.
                try await machine.detach("second", within: .milliseconds(300))
                throw ProbeError("a guest without a system let go of a card")
            } catch MachineError.deviceNotReleased(let device, _) {
                report.say("kept", device)
            }
        }
    }

    private func cardOfGuest(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        var description = setting.machine("guest")
        description.cards = [.init("lan", address: "52:54:00:00:00:01", tap: "no-such-tap")]
        try await hypervisor.withMachine(description) { _ in }
    }

    private func panicOnConsole(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        var description = setting.machine("guest")
        let text = "hello\r\nKernel panic - not syncing: IO-APIC + timer doesn't work!\r\n"
        description.disks = [try setting.disk("panic", code: BootSector.write(text))]
        try await withSerialConsole(description.serialLog) { console in
            try await hypervisor.withMachine(description) { _ in
                _ = try await console.wait(for: "hello", within: .seconds(30))
                report.say("hello", "seen")
                _ = try await console.wait(for: "never written", within: .seconds(30))
            }
        }
    }

    private func qemuFails(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        var description = setting.machine("guest")
        // 20 bytes of text are no qcow2 file, which only QEMU finds out.
        let path = setting.scratch.appending("broken.qcow2")
        try Data("this is no disk file".utf8).write(to: URL(fileURLWithPath: path.string))
        description.disks = [.init("broken", path: path, bus: .virtio, format: .qcow2)]
        try await hypervisor.withMachine(description) { _ in }
    }

    // MARK: - Time

    private func hold(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        try await hypervisor.withMachine(setting.machine(setting.name)) { _ in
            report.say("holding", "\(getpid())")
            try await Task.sleep(for: .seconds(600))
        }
    }

    private func startup(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        var description = setting.machine("guest")
        description.memory = 1024
        description.processors = 2
        for round in 1...3 {
            try await hypervisor.withMachine(description) { machine in
                try expect(try await machine.state() == .running, "not running")
                report.say("running", "\(round)")
            }
            report.say("off", "\(round)")
        }
    }

    private func boot(_ hypervisor: Hypervisor, _ setting: Setting) async throws {
        guard let image = setting.image else { throw ProbeError("no image given") }
        var description = setting.machine("guest")
        description.memory = 1024
        description.processors = 2
        description.firmware = setting.firmware
        description.disks = [.init("system", path: image, bus: setting.bus)]
        try await withSerialConsole(description.serialLog) { console in
            try await hypervisor.withMachine(description) { machine in
                report.say("running", "true")
                let agent = GuestAgent(machine)
                do {
                    try await agent.waitUntilReachable(within: .seconds(240))
                } catch {
                    throw ProbeError("\(error)\n\(console.text.suffix(3000))")
                }
                report.say("agent", "answers")
                let result = try await agent.run("echo out; echo err >&2; exit 3")
                try expect(
                    result == CommandResult(exitStatus: 3, standardOutput: "out\n", standardError: "err\n"),
                    "\(result)"
                )
                report.say("command", "ran")
                let content = Array((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
                try await agent.writeFile("/tmp/probe", content)
                try expect(try await agent.readFile("/tmp/probe") == content, "the file came back changed")
                report.say("file", "came back")
                let user = try await agent.run("id -un; pwd", as: "nobody")
                report.say("user", user.standardOutput + user.standardError)
                let echo = try await agent.run("cat", as: nil, input: "text", within: .seconds(20))
                try expect(echo.standardOutput == "text", "\(echo)")
                try await agent.setTime()
                let time = try await agent.run("date +%s")
                report.say(
                    "clockError",
                    "\(Int(Date().timeIntervalSince1970) - (Int(time.standardOutput.dropLast()) ?? 0))"
                )
                report.say(
                    "firmware",
                    try await agent.run("test -d /sys/firmware/efi && echo uefi || echo bios").standardOutput
                )
                report.say(
                    "removable",
                    try await agent.run("cat /sys/block/sd*/removable /sys/block/sr*/removable").standardOutput
                )
                _ = try? await agent.run("systemctl poweroff", within: .seconds(5))
                report.say("event", "\(try await machine.waitUntilOff(within: .seconds(90)))")
            }
        }
    }

    // MARK: - Commands

    private func ip(_ arguments: String...) async throws {
        let result = try await Subprocess.run(
            .name("ip"),
            arguments: Arguments(arguments),
            output: .discarded,
            error: .string(limit: 4096)
        )
        try expect(result.terminationStatus.isSuccess, "ip \(arguments): \(result.standardError)")
    }
}
