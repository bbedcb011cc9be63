import Accelerators
import ArgumentParser
import CheckpointStore
import Foundation
import LiveSystem
import Sandbox
import ScenarioRunner
import SystemPackage

/// Where checkpoints are kept, and how much room they may take.
struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much of the disk all checkpoints may take; those unused for longest make room.",
            valueName: "size"
        )
    )
    var checkpointLimit = ByteCount(gibibytes: 20)

    /// Where checkpoints lie in a cache.
    static func folder(in cache: String) -> FilePath { FilePath(cache).appending("checkpoints") }

    /// The checkpoints of this user, or of all users who share `$ASSAY_CACHE`.
    func store() throws -> CheckpointStore {
        CheckpointStore(
            folder: Self.folder(in: try LiveSystemSettings.makeCacheFolder()),
            limit: checkpointLimit.bytes
        )
    }
}

/// A number of bytes as people write it: 500M, 20G.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int64

    init(gibibytes: Int64) { bytes = gibibytes << 30 }

    init?(argument: String) {
        let units: [Character: Int64] = ["K": 10, "M": 20, "G": 30, "T": 40]
        guard let last = argument.uppercased().last else { return nil }
        let shift = units[last]
        guard let number = Int64(shift == nil ? argument[...] : argument.dropLast()), number > 0,
            number < Int64(1) << (62 - (shift ?? 0))
        else { return nil }
        bytes = number << (shift ?? 0)
    }

    var description: String { bytes.asSize }
    var defaultValueDescription: String { description }
}

extension Int64 {
    /// A number of bytes in the largest binary unit of which there is one.
    var asSize: String {
        var (value, unit) = (Double(self), "B")
        for larger in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
            (value, unit) = (value / 1024, larger)
        }
        return String(format: value == value.rounded() ? "%.0f %@" : "%.1f %@", value, unit)
    }
}

extension StampedDigests {
    /// The digests of large files, as they are remembered in a cache.
    init(cache: String) { self.init(rememberedIn: FilePath(cache).appending("digests.json")) }
}

/// Everything besides its steps and its parent that goes into a checkpoint, as digests.
struct CheckpointSurroundings {
    private let settings: LiveSystemSettings
    private let digests: StampedDigests

    init(_ settings: LiveSystemSettings) {
        self.settings = settings
        digests = StampedDigests(cache: settings.cache)
    }

    /// What goes into a checkpoint of scenarios with a tag that decides on the image, or without one.
    func ingredients(variant: String?) async throws -> [CheckpointKey.Ingredient] {
        let size = settings.description.size(for: variant.map { [$0] } ?? [])
        guard let image = settings.images[size.name] else {
            throw ImageError.missing(size.name, nearest: nil)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let system = String(decoding: try encoder.encode(settings.description), as: UTF8.self)
        return [
            CheckpointKey.Ingredient("format", "2"),
            CheckpointKey.Ingredient("image", try await digests.sha256(of: FilePath(image))),
            CheckpointKey.Ingredient("code of the steps", try await AssaySuite.current.digestOfCode(digests)),
            CheckpointKey.Ingredient("system", digestOf: system),
            CheckpointKey.Ingredient("policy", digestOf: settings.policy),
            CheckpointKey.Ingredient("needles", digestOf: try await needles()),
            CheckpointKey.Ingredient("host", digestOf: try await host()),
            CheckpointKey.Ingredient("accelerator", digestOf: accelerator),
        ]
    }

    private func needles() async throws -> String {
        let folder = FilePath(settings.snapshots).appending("needles")
        let names = (FileManager.default.enumerator(atPath: folder.string)?.compactMap { $0 as? String } ?? []).sorted()
        return try await lines(names.map { ($0, folder.appending($0)) })
    }

    /// The programs whose state a checkpoint holds: another QEMU or firmware may not be able to read it.
    private func host() async throws -> String {
        try await lines(MachineHost.files.map { ($0.string, $0) })
    }

    /// A line with name and digest for each file that is there.
    private func lines(_ files: [(name: String, path: FilePath)]) async throws -> String {
        var lines: [String] = []
        for (name, path) in files {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), !isFolder.boolValue
            else { continue }
            lines.append("\(name) \(try await digests.sha256(of: path))")
        }
        return lines.joined(separator: "\n")
    }

    /// A guest that runs on the host's processor has seen which one it is.
    private var accelerator: String {
        switch settings.accelerator {
        case .tcg: return "tcg"
        case .kvm:
            let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
            let lines = text.split(separator: "\n").prefix { !$0.hasPrefix("power management") }
            let kept = ["vendor_id", "cpu family", "model", "stepping", "microcode", "flags"]
            return (["kvm"] + lines.filter { line in kept.contains { line.hasPrefix($0) } }.map(String.init))
                .joined(separator: "\n")
        }
    }
}

/// The files of the host that a virtual machine is made of.
enum MachineHost {
    static let files: [FilePath] = [
        "/usr/bin/qemu-system-x86_64",
        "/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so",
        "/usr/share/OVMF/OVMF_CODE_4M.fd",
        "/usr/share/OVMF/OVMF_VARS_4M.fd",
        "/usr/share/seabios/bios-256k.bin",
        "/usr/share/seabios/vgabios-stdvga.bin",
        "/usr/share/seabios/vgabios-virtio.bin",
    ]
}
