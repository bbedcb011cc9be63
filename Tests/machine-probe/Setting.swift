import Accelerators
import Foundation
import SystemPackage
import VirtualMachines

/// What the machines of the probe are made of.
struct Setting: Sendable {
    let scratch: FilePath
    let name: String
    let image: FilePath?
    let bus: MachineDescription.Disk.Bus
    let firmware: MachineDescription.Firmware
    let video: MachineDescription.Video.Model
    let cards: Int
    /// The drives of the disks that the guest may write to.
    let writable: [MachineDescription.Disk.Bus]
    /// Whether the kernel is started without firmware and boot loader.
    let isDirect: Bool
    let hasGeneration: Bool
    /// The MiB of memory of a guest that boots a system.
    let memory: Int
    /// The MiB of the guest's memory that are filled.
    let used: Int
    let repetitions: Int

    init(_ options: [String: String]) {
        scratch = FilePath(options["scratch"] ?? "/run/assay")
        memory = options["memory"].flatMap { Int($0) } ?? 1024
        name = options["name"] ?? "guest"
        image = options["image"].map { FilePath($0) }
        bus =
            switch options["bus"] {
            case "usb": .usb(removable: true)
            case "virtio": .virtio
            default: .cd
            }
        video = options["video"].flatMap(MachineDescription.Video.Model.init) ?? .standard
        cards = options["cards"].flatMap { Int($0) } ?? 1
        let names = options["disks"]?.split(separator: ",") ?? []
        writable = names.map { $0 == "usb" ? .usb(removable: true) : $0 == "ahci" ? .ahci : .virtio }
        isDirect = options["direct"] == "yes"
        hasGeneration = options["generation"] != "no"
        used = options["used"].flatMap { Int($0) } ?? 16
        repetitions = options["repetitions"].flatMap { Int($0) } ?? 0
        firmware = options["firmware"].flatMap(MachineDescription.Firmware.init) ?? .bios
    }

    /// A machine without disks.
    func machine(_ name: String) -> MachineDescription {
        MachineDescription(
            name: name,
            memory: 64,
            processors: 1,
            accelerator: .tcg(reason: "for a test"),
            serialLog: scratch.appending("\(name).serial")
        )
    }

    /// A disk of 1 MiB whose boot sector is the given code.
    func disk(_ name: String, code: [UInt8]) throws -> MachineDescription.Disk {
        var content = [UInt8](repeating: 0, count: 1 << 20)
        content.replaceSubrange(0..<code.count, with: code)
        content[510] = 0x55
        content[511] = 0xAA
        let path = scratch.appending("\(name).disk")
        try Data(content).write(to: URL(fileURLWithPath: path.string))
        return .init(name, path: path, bus: .virtio)
    }
}

/// Boot sectors: real mode, loaded at 0x7C00.
enum BootSector {
    /// Switches the machine off through the power management of the board: SLP_EN in PM1a_CNT.
    static let powerOff: [UInt8] = [
        0xBA, 0x04, 0x06,  // mov dx, 0x604
        0xB8, 0x00, 0x20,  // mov ax, 0x2000
        0xEF,  // out dx, ax
        0xF4, 0xEB, 0xFD,  // 1: hlt; jmp 1b
    ]

    /// Writes a text to the first serial port and stops.
    static func write(_ text: String) -> [UInt8] {
        let code: [UInt8] = [
            0x31, 0xC0, 0x8E, 0xD8,  // xor ax, ax; mov ds, ax
            0xFC,  // cld
            0xBE, 0x18, 0x7C,  // mov si, 0x7C18
            0xBA, 0xF8, 0x03,  // mov dx, 0x3F8
            0xAC,  // 1: lodsb
            0x84, 0xC0,  // test al, al
            0x74, 0x03,  // jz 2f
            0xEE,  // out dx, al
            0xEB, 0xF8,  // jmp 1b
            0xF4, 0xEB, 0xFD,  // 2: hlt; jmp 2b
            0x90, 0x90,
        ]
        return code + Array(text.utf8) + [0]
    }
}
