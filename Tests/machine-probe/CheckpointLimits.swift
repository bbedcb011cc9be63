import Foundation
import GuestChannel
import SystemPackage
import VirtualMachines

// States that must be refused, and states made from states.

extension Checkpoint {
    func refusals(_ saved: Saved) async throws {
        let content = try Data(contentsOf: URL(fileURLWithPath: devices.string))
        var flipped = content
        flipped[1] ^= 0x10
        let broken = setting.scratch.appending("broken")
        for (name, bytes) in [
            ("truncated", content.prefix(content.count / 2)), ("flipped", flipped), ("empty", Data()),
        ] {
            try bytes.write(to: URL(fileURLWithPath: broken.string))
            let start = clock.now
            do {
                let description = try await clone("a", of: saved)
                try await hypervisor.withMachine(description, start: .restored(devices: broken)) { _ in }
                throw ProbeError("a state that is \(name) was restored")
            } catch let error as MachineError {
                guard case .stateUnusable = error else { throw error }
                try expect(clock.now - start < .seconds(10), "it took \(clock.now - start) to refuse it")
                report.say(name, error.summary)
            }
        }
        var description = try await clone("a", of: saved)
        description.backing = .copyOnWrite(broken)
        do {
            try await hypervisor.withMachine(description, start: .restored(devices: devices)) { _ in }
            throw ProbeError("a machine was restored without its memory")
        } catch MachineError.stateUnusable(let reason, _) {
            report.say("memory cut off", reason)
        }
        description.backing = .shared(memory)
        do {
            try await hypervisor.withMachine(description) { _ in }
            throw ProbeError("a new machine got another one's memory")
        } catch MachineError.memoryFileInUse {
            report.say("memory in use", "refused")
        }
        var other = saved
        other.machine.processors = 1
        do {
            let description = try await clone("a", of: other)
            try await hypervisor.withMachine(description, start: .restored(devices: devices)) { _ in }
            throw ProbeError("the state of another machine was restored")
        } catch MachineError.stateUnusable(let reason, _) {
            report.say("other machine", reason)
        }
    }

    /// Shows that a frame in which QEMU announces a guest would have been counted.
    func expectAnnouncement(_ machine: Machine) async throws {
        let before = try await announcements()
        let rounds = #"{"initial":50,"max":50,"rounds":1,"step":10}"#
        _ = try await machine.monitorCommand(#"{"execute":"announce-self","arguments":\#(rounds)}"#)
        let deadline = clock.now + .seconds(5)
        while try await announcements() == before, clock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        try expect(try await announcements() != before, "an announcement was not counted")
        report.say("announcement", "would be seen")
    }

    /// A restored machine whose memory is shared again can be saved as quickly as the first one.
    func child(of saved: Saved) async throws {
        let (childMemory, childDevices) = (memory.string + ".child", FilePath(devices.string + ".child"))
        try FileManager.default.copyItem(atPath: memory.string, toPath: childMemory)
        var parent = try await clone("parent", of: saved)
        parent.backing = .shared(FilePath(childMemory))
        try await hypervisor.withMachine(parent, start: .restored(devices: devices)) { machine in
            try await machine.resume()
            let agent = GuestAgent(machine)
            try await agent.waitUntilReachable(within: .seconds(30))
            _ = try await shell(agent, "echo child > /run/child")
            for disk in try await disks(agent) { try await write("child", to: disk, agent) }
            report.say("pause of child", "\(try await machine.save(devices: childDevices))")
        }
        var child = try await clone("child", of: Saved(machine: parent))
        child.backing = .copyOnWrite(FilePath(childMemory))
        try await hypervisor.withMachine(child, start: .restored(devices: childDevices)) { machine in
            try await machine.resume()
            let agent = GuestAgent(machine)
            try await agent.waitUntilReachable(within: .seconds(30))
            try expect(try await shell(agent, "cat /run/child") == "child", "the child's memory is its parent's")
            for disk in try await disks(agent) {
                try expect(try await read(disk, agent) == "child", "the child's disk is its parent's")
            }
            try expect(try await inside(agent) == saved.inside, "the child forgot what its grandparent knew")
        }
        report.say("child", "restored")
    }
}
