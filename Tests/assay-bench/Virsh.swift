import Foundation
import Sandbox

/// What libvirt's own shell needs to save the same guest and to restore it.
///
/// With the embedded driver, as Assay has it, and in a sandbox; one shell for all, so that starting it isn't counted.
func measureVirsh(of guest: RealGuest, runs: Int) async throws -> [Figure] {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/virsh") else {
        note("virsh is not installed (Debian package libvirt-clients)")
        return []
    }
    var figures: [Figure] = []
    for filling in RealGuest.Filling.allCases {
        note("virsh, \(filling.rawValue)")
        let folder = guest.cache.appending(path: "virsh")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let domain = try await writeDomain(of: guest, in: folder)
        let saved = folder.appending(path: "saved").path()
        var saves: [Double] = []
        var restores: [Double] = []
        try await withVirsh { virsh in
            try await virsh.ask("create \(domain)", expecting: "created")
            try await virsh.waitForAnswer(seconds: 300)
            if filling == .much { try await virsh.runInGuest(RealGuest.fillCommand, seconds: 300) }
            for _ in 0..<runs {
                saves.append(try await virsh.ask("save guest \(saved)", expecting: "saved to"))
                let restored = try await virsh.ask("restore \(saved)", expecting: "restored")
                restores.append(restored + (try await virsh.waitForAnswer(seconds: 60)))
            }
            try await virsh.ask("destroy guest", expecting: "destroyed")
        }
        figures.append(Figure(name: "virsh save, \(filling.rawValue)", unit: "s", values: saves))
        figures.append(
            Figure(name: "virsh restore to the guest's answer, \(filling.rawValue)", unit: "s", values: restores)
        )
    }
    return figures
}

/// A shell of libvirt that takes commands by its input.
private struct VirtualShell {
    let process: SandboxedProcess

    /// Runs a command, and returns the seconds that it took.
    @discardableResult
    func ask(_ command: String, expecting answer: String) async throws -> Double {
        let (output, seconds) = try await run(command)
        guard output.contains(answer) else {
            throw BenchError("virsh \(command) said “\(output)” instead of “\(answer)”: \(process.standardErrorTail)")
        }
        return seconds
    }

    /// Waits for the guest's agent, and returns the seconds that it took.
    @discardableResult
    func waitForAnswer(seconds limit: Double) async throws -> Double {
        let start = wallClock
        while wallClock - start < limit {
            let (output, _) = try await run(#"qemu-agent-command guest --timeout 1 '{"execute":"guest-ping"}'"#)
            if output.contains(#""return":{}"#) { return wallClock - start }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchError("virsh's guest does not answer: \(process.standardErrorTail)")
    }

    /// Runs a command in the guest to its end.
    func runInGuest(_ commandLine: String, seconds limit: Double) async throws {
        let mark = "touch /run/is-over"
        func agent(_ text: String) async throws -> String {
            let execute = #"{"execute":"guest-exec","arguments":{"path":"/bin/sh","arg":["-c","\#(text)"]}}"#
            return try await run("qemu-agent-command guest '\(execute)'").output
        }
        _ = try await agent("\(commandLine) && \(mark)")
        let open = #"{"execute":"guest-file-open","arguments":{"path":"/run/is-over"}}"#
        let start = wallClock
        while wallClock - start < limit {
            if try await run("qemu-agent-command guest '\(open)'").output.contains("\"return\"") { return }
            try await Task.sleep(for: .seconds(1))
        }
        throw BenchError("virsh's guest did not end this in \(limit) s: \(commandLine)")
    }

    private func run(_ command: String) async throws -> (output: String, seconds: Double) {
        let start = wallClock
        try await process.write(line: command)
        var output = ""
        while true {
            let line = try await process.expectLine()
            // Printed after each command.
            if line.contains("(Time: ") { return (output, wallClock - start) }
            output += line + "\n"
        }
    }
}

private func withVirsh(_ body: (VirtualShell) async throws -> Void) async throws {
    let script = """
        set -e
        mkdir -p /run/assay/libvirt/etc
        printf '%s\\n' "user = \\"+$(id -u)\\"" "group = \\"+$(id -g)\\"" 'dynamic_ownership = 0' 'remember_owner = 0' \
            'security_driver = "none"' 'cgroup_controllers = []' 'namespaces = []' 'stdio_handler = "file"' \
            > /run/assay/libvirt/etc/qemu.conf
        exec virsh --timing --connect 'qemu:///embed?root=/run/assay/libvirt'
        """
    try await withSandboxedProcess("/bin/bash", arguments: ["-c", script]) { try await body(VirtualShell(process: $0)) }
}

/// Describes a machine that is like Assay's, with the kernel started directly: virsh has no eyes for a boot menu.
private func writeDomain(of guest: RealGuest, in folder: URL) async throws -> String {
    let (kernel, ramdisk) = (folder.appending(path: "vmlinuz").path(), folder.appending(path: "initrd.img").path())
    for (file, target) in [("/live/vmlinuz", kernel), ("/live/initrd.img", ramdisk)] {
        try await command("xorriso", "-osirrox", "on", "-indev", guest.image.path(), "-extract", file, target)
    }
    let options = "boot=live live-media-path=live noeject quiet loglevel=3 systemd.show_status=false console=tty0"
    let text = """
        <domain type='qemu'>
          <name>guest</name>
          <memory unit='MiB'>\(RealGuest.mebibytes)</memory>
          <vcpu>2</vcpu>
          <os>
            <type arch='x86_64' machine='pc'>hvm</type>
            <kernel>\(kernel)</kernel>
            <initrd>\(ramdisk)</initrd>
            <cmdline>\(options) no_timer_check</cmdline>
          </os>
          <features><acpi/><apic/><tcg><tb-cache unit='MiB'>256</tb-cache></tcg></features>
          <cpu mode='maximum' check='none'><feature policy='disable' name='erms'/></cpu>
          <devices>
            <emulator>/usr/bin/qemu-system-x86_64</emulator>
            <disk type='file' device='cdrom'>
              <driver name='qemu' type='raw'/>
              <source file='\(guest.image.path())'/>
              <target dev='sda' bus='ide'/>
              <readonly/>
            </disk>
            <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
            <video><model type='vga'/></video>
            <memballoon model='none'/>
          </devices>
        </domain>

        """
    let file = folder.appending(path: "domain.xml")
    try text.write(to: file, atomically: false, encoding: .utf8)
    return file.path()
}
