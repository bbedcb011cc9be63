import Foundation
import GuestChannel
import Subprocess
import SystemPackage
import VirtualMachines

// How the probe looks into guests and at files.

extension Checkpoint {
    func inside(_ agent: GuestAgent) async throws -> String {
        try await shell(
            agent,
            """
            sha256sum < /run/mark
            cat /sys/firmware/efi/efivars/\(variableName) 2>/dev/null | tail -c 5
            for card in $(ls /sys/class/net | grep -vx lo); do
              echo $card $(cat /sys/class/net/$card/address) $(ip -br link show $card | grep -o LOWER_UP)
            done
            """
        )
    }

    /// The writable disks, in an order that stays.
    func disks(_ agent: GuestAgent) async throws -> [String] {
        try await shell(
            agent,
            "cd /dev; for disk in $(ls -d vd? sd? 2>/dev/null); do test \"$(cat /sys/block/$disk/size)\" = 16384 && echo /dev/$disk; done; true"
        )
        .split(separator: "\n").map(String.init)
    }

    func write(_ text: String, to disk: String, _ agent: GuestAgent) async throws {
        _ = try await shell(agent, "echo \(text) | dd of=\(disk) bs=512 conv=sync,fsync seek=100 2>/dev/null")
    }

    func read(_ disk: String, _ agent: GuestAgent) async throws -> String {
        // Past the guest's cache, which holds what it has written itself.
        try await shell(agent, "dd if=\(disk) bs=512 count=1 skip=100 iflag=direct 2>/dev/null | tr -d '\\0'")
    }

    func shell(_ agent: GuestAgent, _ commandLine: String) async throws -> String {
        let result = try await agent.run(commandLine)
        try expect(result.succeeded, "\(commandLine): \(result)")
        return String(result.standardOutput.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    func picture(_ machine: Machine) async throws -> String {
        let file = setting.scratch.appending("picture.ppm")
        try await machine.takePicture(file)
        return try await digest(file)
    }

    /// Counts the frames by which QEMU tells of a guest's new place: RARP.
    func countAnnouncements() async throws {
        let chains = (0..<4).map { number in
            "chain c\(number) { type filter hook ingress device tap\(number) priority 0; "
                + "ether type 0x8035 counter name announcements; };"
        }
        let table = "table netdev probe { counter announcements { }; \(chains.joined(separator: " ")) }"
        try await command("nft", table)
    }

    func announcements() async throws -> String {
        try await command("nft", "list", "counter", "netdev", "probe", "announcements")
    }

    func digests(_ saved: Saved) async throws -> [String: String] {
        var files = [memory, devices] + saved.machine.disks.filter { !$0.isReadOnly }.map(\.path)
        files += (0..<setting.writable.count).map { setting.scratch.appending("base, \($0): 'ü' & \"x\".raw") }
        if saved.machine.firmware == .uefi { files.append(variables) }
        var digests: [String: String] = [:]
        for file in files { digests[file.string] = try await digest(file) }
        return digests
    }

    func digest(_ file: FilePath) async throws -> String {
        String(try await command("sha256sum", "--zero", file.string).prefix(64))
    }

    @discardableResult
    func command(_ name: String, _ arguments: String...) async throws -> String {
        let result = try await Subprocess.run(
            .name(name),
            arguments: Arguments(arguments),
            output: .string(limit: 65536),
            error: .string(limit: 65536)
        )
        try expect(result.terminationStatus.isSuccess, "\(name) \(arguments): \(result.standardError)")
        return result.standardOutput
    }
}
