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

    /// Gives libvirt what is kept. Whatever goes wrong only costs time.
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
