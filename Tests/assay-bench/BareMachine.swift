import Accelerators
import Foundation
import Subprocess

/// Starts a guest in QEMU with nothing around it, and returns the seconds until its first byte.
///
/// The same board, memory and drive as in a run, but no network card, no capture, and no management.
func bareMachine(_ image: URL, in workshop: Workshop) async throws -> Double {
    let serial = workshop.folder.appending(path: "bare.log").path()
    try? FileManager.default.removeItem(atPath: serial)
    let accelerator = await Accelerator.choose(workshop.accelerator)
    let name = if case .kvm = accelerator { "kvm" } else { "tcg" }
    let started = wallClock
    return try await Subprocess.run(
        .name("qemu-system-x86_64"),
        arguments: [
            "-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc", "-accel", name, "-cpu", "max",
            "-m", "1024", "-smp", "2", "-vga", "std", "-cdrom", image.path(), "-serial", "file:\(serial)",
        ],
        input: .none,
        output: .discarded,
        error: .discarded
    ) { execution in
        defer { try? execution.send(signal: .kill) }
        let deadline = ContinuousClock.now + .seconds(60)
        var status = stat()
        while ContinuousClock.now < deadline {
            if stat(serial, &status) == 0, status.st_size > 0 {
                return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9 - started
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchError("QEMU alone did not start \(image.path()) within a minute")
    }.closureResult
}
