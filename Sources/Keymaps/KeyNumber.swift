/// A key of a keyboard, by the number that QEMU calls it: XT set 1, with 0x80 added for extended keys.
package struct KeyNumber: Hashable, Sendable {
    /// QEMU's number ("qnum").
    package let rawValue: UInt32

    /// Creates a key from Linux's number for it (`linux/input-event-codes.h`), or `nil` when QEMU has no such key.
    package init?(evdev code: UInt32) {
        if 1...83 ~= code || 86...88 ~= code {
            rawValue = code
        } else if let number = Self.others[code] {
            rawValue = number
        } else {
            return nil
        }
    }

    /// Keys whose numbers differ, as in the keymaps that QEMU ships (made by qemu-keymap from keycodemapdb).
    private static let others: [UInt32: UInt32] = [
        89: 0x73, 91: 0x77, 92: 0x79, 93: 0x70, 94: 0x7b, 96: 0x9c, 97: 0x9d, 98: 0xb5, 99: 0x54, 100: 0xb8, 101: 0x5b,
        102: 0xc7, 103: 0xc8, 104: 0xc9, 105: 0xcb, 106: 0xcd, 107: 0xcf, 108: 0xd0, 109: 0xd1, 110: 0xd2, 111: 0xd3,
        113: 0xa0, 114: 0xae, 115: 0xb0, 116: 0xde, 117: 0x59, 119: 0xc6, 121: 0x7e, 124: 0x7d, 125: 0xdb, 126: 0xdc,
        127: 0xdd, 128: 0xe8, 138: 0xf5, 139: 0x9e, 140: 0xa1, 142: 0xdf, 143: 0xe3,
    ]
}
