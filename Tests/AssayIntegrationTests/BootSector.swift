import Foundation

/// A whole operating system of a few bytes: shows a boot menu, waits for Return, and does one thing.
///
/// Machine code of the 8086, with its origin at 0x7c00, where the firmware puts the first sector of a disk.
enum BootSector {
    /// What the system does after Return.
    case powersItselfOff
    case hangs
    case panics
    case resetsItself
    /// Says ``lateAnswer`` after three seconds.
    case answersLate
    /// Says “Saw one”, and “Saw two”, “Saw three”, “Saw four” after one key press each.
    case counts

    /// The text of the menu.
    static let menu = "Assay test system"

    /// The text of a system that got so far.
    static let lateAnswer = "Here at last"

    /// The bytes of a disk that starts with the sector.
    var disk: Data {
        var sector = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int) {
            sector.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        put(Self.showMenuAndWait + act, at: 0)
        put(Array("\(Self.menu)\r\nPress Return\r\n".utf8), at: 0x100)
        put(Array("Kernel panic - not syncing: test\r\n".utf8), at: 0x180)
        let counted = ["one", "two", "three", "four"].map { "Saw \($0)\r\n\0" }.joined()
        let text = if case .counts = self { counted } else { Self.lateAnswer }
        put(Array(text.utf8), at: 0x1C0)
        put([0x55, 0xAA], at: 510)
        // A firmware takes nothing for a disk that has less than a cylinder.
        return Data(sector) + Data(count: 1 << 20)
    }

    private var act: [UInt8] {
        switch self {
        case .powersItselfOff:
            // mov dx, 0x604; mov ax, 0x2000; out dx, ax: SLP_EN in PM1a_CNT of the PIIX4 (ACPI 4.8.3.2.1)
            [0xBA, 0x04, 0x06, 0xB8, 0x00, 0x20, 0xEF] + Self.stop
        case .hangs: Self.stop
        case .panics:
            // mov si, 0x7d80; mov dx, 0x3f8; next: lodsb; test al, al; jz stop; out dx, al; jmp next
            [0xBE, 0x80, 0x7D, 0xBA, 0xF8, 0x03, 0xAC, 0x84, 0xC0, 0x74, 0x03, 0xEE, 0xEB, 0xF8] + Self.stop
        // cli; lidt [0x7df0], which is a table of length 0; int3: a fault while a fault is handled, and so on
        case .resetsItself: [0xFA, 0x0F, 0x01, 0x1E, 0xF0, 0x7D, 0xCC]
        case .answersLate:
            // mov cx, 0x2d; mov dx, 0xc6c0; mov ah, 0x86; int 0x15: waits microseconds; then prints as the menu is printed
            [0xB9, 0x2D, 0x00, 0xBA, 0xC0, 0xC6, 0xB4, 0x86, 0xCD, 0x15, 0xBE, 0xC0, 0x7D] + Self.printText + Self.stop
        // mov si, 0x7dc0; next: print, which leaves si behind the zero; xor ah, ah; int 0x16; jmp next
        case .counts: [0xBE, 0xC0, 0x7D] + Self.printText + [0x30, 0xE4, 0xCD, 0x16, 0xEB, 0xEC]
        }
    }

    /// Stops for good: cli; hlt; jmp to the cli.
    private static let stop: [UInt8] = [0xFA, 0xF4, 0xEB, 0xFC]

    /// Prints up to a zero: next: lodsb; test al, al; jz behind; mov ah, 14; mov bx, 7; int 0x10; jmp next.
    private static let printText: [UInt8] = [
        0xAC, 0x84, 0xC0, 0x74, 0x09, 0xB4, 0x0E, 0xBB, 0x07, 0x00, 0xCD, 0x10, 0xEB, 0xF2,
    ]

    private static let showMenuAndWait: [UInt8] =
        [
            0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xD0,  // xor ax, ax; mov ds, es, ss, ax
            0xBC, 0x00, 0x7C,  // mov sp, 0x7c00
            0xB8, 0x03, 0x00, 0xCD, 0x10,  // mov ax, 3; int 0x10: text mode, cleared
            0xBE, 0x00, 0x7D,  // mov si, 0x7d00
        ] + printText + [
            0x30, 0xE4, 0xCD, 0x16, 0x3C, 0x0D, 0x75, 0xF8,  // wait: xor ah, ah; int 0x16; cmp al, Return; jne wait
        ]
}

/// An image of an optical disc that says how large it is, and has a boot record.
///
/// ECMA-119 8.4 (primary volume descriptor), El Torito 1.0 (boot record).
func discImage(declaringSectors declared: Int, having sectors: Int) -> Data {
    var bytes = [UInt8](repeating: 0, count: sectors * 2048)
    func put(_ values: [UInt8], at offset: Int) { bytes.replaceSubrange(offset..<offset + values.count, with: values) }
    put([1] + Array("CD001".utf8), at: 16 * 2048)
    put((0..<4).map { UInt8(truncatingIfNeeded: declared >> (8 * $0)) }, at: 16 * 2048 + 80)
    put([0x00, 0x08], at: 16 * 2048 + 128)
    put([0] + Array("CD001".utf8) + [1] + Array("EL TORITO SPECIFICATION".utf8), at: 17 * 2048)
    return Data(bytes)
}
