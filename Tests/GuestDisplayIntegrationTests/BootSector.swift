import Foundation

/// A disk whose boot sector prints a text and then echoes what is typed, in the text mode of a PC.
///
/// It is a whole guest in 512 bytes: a screen in the font of the VGA, and a keyboard with the small buffer of the BIOS.
struct BootSector {
    /// At most 450 ASCII characters; lines end with a line feed.
    let text: String

    /// The bytes of the disk.
    var disk: Data {
        let code: [UInt8] = [
            0x31, 0xc0,  // xor ax, ax
            0x8e, 0xd8,  // mov ds, ax
            0xbe, 0x2c, 0x7c,  // mov si, text
            0xac,  // print: lodsb
            0x08, 0xc0,  // or al, al
            0x74, 0x09,  // jz echo
            0xb4, 0x0e,  // mov ah, 0x0e (print a character)
            0xbb, 0x07, 0x00,  // mov bx, 7
            0xcd, 0x10,  // int 0x10
            0xeb, 0xf2,  // jmp print
            0x31, 0xc0,  // echo: xor ax, ax (wait for a key)
            0xcd, 0x16,  // int 0x16
            0xb4, 0x0e,  // mov ah, 0x0e
            0xbb, 0x07, 0x00,  // mov bx, 7
            0xcd, 0x10,  // int 0x10
            0x3c, 0x0d,  // cmp al, carriage return
            0x75, 0xf1,  // jne echo
            0xb0, 0x0a,  // mov al, line feed
            0xb4, 0x0e,  // mov ah, 0x0e
            0xcd, 0x10,  // int 0x10
            0xeb, 0xe9,  // jmp echo
        ]
        var sector = code + text.replacingOccurrences(of: "\n", with: "\r\n").utf8.prefix(460) + [0]
        sector += [UInt8](repeating: 0, count: max(0, 510 - sector.count)) + [0x55, 0xaa]
        return Data(sector) + Data(count: (1 << 20) - sector.count)
    }
}
