import CLibvirt
import Foundation
import SystemPackage

/// What libvirt found out about QEMU, kept from one run to the next: asking QEMU takes half a second.
///
/// libvirt checks by itself whether what it finds still fits (times of change of QEMU and of itself, kernel,
/// processor, /dev/kvm), so that a stale file costs time and is no danger.
struct CapabilitiesCache: Sendable {
    let kept: FilePath
    let live: FilePath

    init(kept: FilePath, root: FilePath) {
        self.kept = kept
        live = root.appending("cache/qemu/capabilities")
    }

    /// Gives libvirt what is kept.
    ///
    /// Whatever goes wrong only costs time.
    func restore() {
        copy(from: kept, to: live)
    }

    /// Keeps what libvirt has found out.
    func store() {
        copy(from: live, to: kept)
    }

    private func copy(from source: FilePath, to target: FilePath) {
        let files = FileManager.default
        guard let names = try? files.contentsOfDirectory(atPath: source.string) else { return }
        try? files.createDirectory(atPath: target.string, withIntermediateDirectories: true)
        for name in names where name.hasSuffix(".xml") {
            let old = try? Data(contentsOf: URL(fileURLWithPath: target.appending(name).string))
            guard let new = try? Data(contentsOf: URL(fileURLWithPath: source.appending(name).string)), new != old
            else {
                continue
            }
            // Under a new name first, for other workers that read at this moment.
            try? new.write(to: URL(fileURLWithPath: target.appending(name).string), options: .atomic)
        }
    }
}

// MARK: - Processor

/// Runs `open` on the first processor that this process may use, and gives all threads back what they may use after.
///
/// libvirt keeps the answers of the `cpuid` instruction with the capabilities and compares them when it reads them
/// again, and among them is the number of the processor that it happens to run on. Without this, what is kept would
/// be thrown away by chance: on a host with n processors, all but one time in n.
func onFirstProcessor<Value>(_ open: () -> Value) -> Value {
    var usual = [UInt](repeating: 0, count: 128)
    let size = clibvirt_get_affinity(0, &usual, usual.count)
    guard size > 0, let word = usual.firstIndex(where: { $0 != 0 }) else { return open() }
    var first = [UInt](repeating: 0, count: usual.count)
    first[word] = usual[word] & (~usual[word] &+ 1)
    guard clibvirt_set_affinity(0, first, first.count) == 0 else { return open() }
    defer {
        // The library's threads that were started meanwhile have inherited it.
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for thread in threads.compactMap({ Int32($0) }) { _ = clibvirt_set_affinity(thread, usual, usual.count) }
    }
    return open()
}
