import Foundation
import GuestChannel
import Subprocess
import SystemPackage
import VirtualMachines

/// Saves a running system, and finds out whether what is made from it is the same machine, and none disturbs another.
struct Checkpoint: Sendable {
    let hypervisor: Hypervisor
    let setting: Setting
    let clock = ContinuousClock()

    var memory: FilePath { setting.scratch.appending("memory") }
    var devices: FilePath { setting.scratch.appending("devices") }

    /// What the clones have to have in common with the machine that was saved.
    struct Saved: Sendable, Codable {
        var machine: MachineDescription
        var picture = ""
        /// Digest of a file in the guest's memory, and its network cards in their order.
        var inside = ""
        /// Digests of the files on the host.
        var files: [String: String] = [:]
    }

    func run() async throws {
        for number in 0..<4 { try await command("ip", "tuntap", "add", "dev", "tap\(number)", "mode", "tap") }
        for number in 0..<4 { try await command("ip", "link", "set", "tap\(number)", "up") }
        try await countAnnouncements()
        let saved = try await save()
        try await clones(of: saved)
        try expect(try await digests(saved) == saved.files, "a clone changed what was saved")
        report.say("saved files", "unchanged")
        try await refusals(saved)
        try await child(of: saved)
        try expect(try await digests(saved) == saved.files, "a child changed what was saved")
        for _ in 0..<setting.repetitions { try await measure(saved) }
        try JSONEncoder().encode(saved).write(to: URL(fileURLWithPath: record))
    }

    /// Restores what an earlier ``run()`` has left in its folder.
    func restore() async throws {
        try await command("ip", "tuntap", "add", "dev", "tap0", "mode", "tap")
        try await command("ip", "link", "set", "tap0", "up")
        let content = try Data(contentsOf: URL(fileURLWithPath: record))
        let saved = try JSONDecoder().decode(Saved.self, from: content)
        for _ in 0..<max(1, setting.repetitions) { try await measure(saved) }
    }

    private var record: String { setting.scratch.appending("saved.json").string }
    var variables: FilePath { setting.scratch.appending("variables") }

    // MARK: - Saving

    private func save() async throws -> Saved {
        var saved = Saved(machine: try await source())
        let console = saved.machine.serialLog
        try await withSerialConsole(console) { console in
            try await hypervisor.withMachine(saved.machine) { machine in
                let agent = GuestAgent(machine)
                do {
                    try await agent.waitUntilReachable(within: .seconds(240))
                } catch {
                    throw ProbeError("\(error)\n\(console.text.suffix(3000))")
                }
                report.say("booted", setting.firmware.rawValue)
                let fill = "mount -o remount,size=90% /run; head -c \(setting.used)M /dev/urandom > /run/mark"
                _ = try await shell(agent, fill)
                if setting.firmware == .uefi {
                    _ = try await shell(agent, "printf '\\7\\0\\0\\0value' > /sys/firmware/efi/efivars/\(variableName)")
                }
                // The system does so by itself, some time after its agent answers.
                let up = "for card in $(ls /sys/class/net | grep -vx lo); do ip link set $card up; done"
                let all = "until test $(ip -br link show up | grep -v LOOPBACK | grep -c LOWER_UP) = \(setting.cards)"
                _ = try await shell(agent, "\(up); timeout 20 sh -c '\(all); do sleep 0.1; done'")
                for disk in try await disks(agent) { try await write("source", to: disk, agent) }
                saved.inside = try await inside(agent)
                try await machine.suspend()
                saved.picture = try await picture(machine)
                try await expectFailedSave(machine)
                let pause = try await machine.save(devices: devices)
                report.say("pause", "\(pause)")
                do {
                    try await machine.resume()
                    throw ProbeError("a saved machine ran on")
                } catch MachineError.isSaved {
                    report.say("saved", "stands still")
                }
                if let variables = machine.variables {
                    try FileManager.default.copyItem(atPath: variables.string, toPath: self.variables.string)
                    let content = try Data(contentsOf: URL(fileURLWithPath: variables.string))
                    let name = Data("AssayMark".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), 0] })
                    try expect(content.range(of: name) != nil, "the guest's UEFI variable is not in the file")
                }
                saved.files = try await digests(saved)
            }
        }
        try expect(try await digests(saved) == saved.files, "a file changed after the machine was saved")
        return saved
    }

    let variableName = "AssayMark-6f0f5b4e-5b0c-4f0e-9d5c-3b1f6d0a7c11"

    /// A save that fails leaves no file, and a machine that can be saved all the same.
    private func expectFailedSave(_ machine: Machine) async throws {
        let full = setting.scratch.appending("full")
        try FileManager.default.createDirectory(atPath: full.string, withIntermediateDirectories: true)
        try await command("mount", "-t", "tmpfs", "-o", "size=16k", "none", full.string)
        do {
            try await machine.save(devices: full.appending("devices"))
            throw ProbeError("a state was saved where there is no space")
        } catch MachineError.saveFailed(let reason) {
            report.say("no space", reason)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: full.string)
        try expect(left.isEmpty, "a part of the state was left: \(left)")
    }

    private func source() async throws -> MachineDescription {
        guard let image = setting.image else { throw ProbeError("no image given") }
        var description = setting.machine("source")
        description.memory = setting.memory
        description.processors = 2
        description.firmware = setting.firmware
        description.hasGeneration = setting.hasGeneration
        description.video.model = setting.video
        description.disks = [.init("system", path: image, bus: setting.bus)]
        for (number, bus) in setting.writable.enumerated() {
            // Whatever a path may have in it.
            let base = setting.scratch.appending("base, \(number): 'ü' & \"x\".raw")
            try Data(count: 8 << 20).write(to: URL(fileURLWithPath: base.string))
            let overlay = setting.scratch.appending("disk,\(number)=x.qcow2")
            try await DiskOverlay.create(overlay, on: base, format: .raw)
            description.disks.append(
                .init("disk\(number)", path: overlay, bus: bus, format: .qcow2, isReadOnly: false)
            )
        }
        description.cards = (0..<setting.cards).map {
            .init("card\($0)", address: "52:54:00:00:00:0\($0 + 1)", tap: "tap\($0)")
        }
        if setting.isDirect {
            let kernel = setting.scratch.appending("vmlinuz")
            let ramdisk = setting.scratch.appending("initrd.img")
            try await command(
                "xorriso",
                "-osirrox",
                "on",
                "-indev",
                image.string,
                "-extract",
                "/live/vmlinuz",
                kernel.string,
                "-extract",
                "/live/initrd.img",
                ramdisk.string
            )
            description.kernel = .init(
                image: kernel,
                initialRamdisk: ramdisk,
                commandLine: "boot=live live-media-path=live noeject quiet loglevel=3 systemd.show_status=false"
                    + " console=ttyS0,115200 console=tty0 vt.global_cursor_default=0 no_timer_check"
            )
        }
        description.backing = .shared(memory)
        return description
    }

    // MARK: - Clones

    private func clones(of saved: Saved) async throws {
        try await withClone("a", of: saved) { first, firstDisks in
            let one = try await shell(first, "cat /proc/sys/kernel/random/uuid")
            try await withClone("b", of: saved) { second, secondDisks in
                let two = try await shell(second, "cat /proc/sys/kernel/random/uuid")
                report.say("first random values", one == two ? "the same" : "different")
                for (number, disk) in firstDisks.enumerated() { try await write("a\(number)", to: disk, first) }
                for (number, disk) in secondDisks.enumerated() { try await write("b\(number)", to: disk, second) }
                for (number, disk) in firstDisks.enumerated() {
                    try expect(try await read(disk, first) == "a\(number)", "clone a lost what it wrote to \(disk)")
                }
                for (number, disk) in secondDisks.enumerated() {
                    try expect(try await read(disk, second) == "b\(number)", "clone b lost what it wrote to \(disk)")
                }
                report.say("disks", "diverge")
            }
            try await first.setTime()
            let time = try await shell(first, "date +%s.%N")
            report.say("clockError", "\(Date().timeIntervalSince1970 - (Double(time) ?? 0))")
        }
    }

    /// Runs `body` with a clone that was found to be as the saved machine.
    private func withClone(
        _ name: String,
        of saved: Saved,
        body: (GuestAgent, [String]) async throws -> Void
    ) async throws {
        let description = try await clone(name, of: saved)
        let announcementsBefore = try await announcements()
        let start = clock.now
        try await hypervisor.withMachine(description, start: .restored(devices: devices)) { machine in
            let restored = clock.now
            try expect(try await machine.state() == .suspended, "the clone runs")
            if let variables = machine.variables {
                try expect(try await digest(variables) == digest(self.variables), "the clone has other variables")
            }
            try expect(try await picture(machine) == saved.picture, "the clone's screen differs")
            let resumed = clock.now
            try await machine.resume()
            let agent = GuestAgent(machine)
            try await agent.waitUntilReachable(within: .seconds(30))
            report.say("restored \(name)", "\(restored - start), answers \(clock.now - resumed) after resuming")
            // As long as QEMU would repeat its announcements, which it holds back while the machine stands still.
            try await Task.sleep(for: .seconds(1))
            try expect(try await announcements() == announcementsBefore, "QEMU sent a frame in the guest's name")
            if name == "b" { try await expectAnnouncement(machine) }
            let disks = try await disks(agent)
            try expect(disks.count == setting.writable.count, "the clone has the disks \(disks)")
            try await body(agent, disks)
            let inside = try await inside(agent)
            try expect(inside == saved.inside, "expected in the clone: \(saved.inside), but: \(inside)")
            report.say("clone \(name)", "is the saved machine")
        }
    }

    func clone(_ name: String, of saved: Saved) async throws -> MachineDescription {
        var description = saved.machine
        description.name = name
        description.serialLog = setting.scratch.appending("\(name).serial")
        description.backing = .copyOnWrite(memory)
        if description.firmware == .uefi { description.variables = variables }
        let offset = name == "b" ? 2 : 0
        description.cards = description.cards.enumerated().map {
            .init($1.name, address: $1.address, tap: "tap\($0 + offset)", model: $1.model)
        }
        for (number, disk) in description.disks.enumerated() where !disk.isReadOnly {
            let overlay = setting.scratch.appending("\(name)-\(number).qcow2")
            try? FileManager.default.removeItem(atPath: overlay.string)
            try await DiskOverlay.create(overlay, on: disk.path, format: disk.format)
            description.disks[number] = .init(
                disk.name,
                path: overlay,
                bus: disk.bus,
                format: .qcow2,
                isReadOnly: false
            )
        }
        return description
    }

    /// How long a restored machine takes to answer, without looking at anything.
    func measure(_ saved: Saved) async throws {
        let description = try await clone("a", of: saved)
        let start = clock.now
        try await hypervisor.withMachine(description, start: .restored(devices: devices)) { machine in
            let restored = clock.now
            try await machine.resume()
            let resumed = clock.now
            let agent = GuestAgent(machine)
            try await agent.waitUntilReachable(within: .seconds(30))
            let end = clock.now
            report.say(
                "measured",
                "restored \(restored - start) resumed \(resumed - restored) answered \(end - resumed) in all \(end - start)"
                    + " memory \(MemoryUse.measure().bytes >> 20) MiB"
            )
            let before = clock.now
            try await agent.setTime()
            report.say("setTime", "\(clock.now - before)")
        }
    }
}
