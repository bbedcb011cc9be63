/// What people call the keys that make no character, and Linux's numbers for them.
enum KeyNames {
    static let evdev: [String: UInt32] = {
        var names: [String: UInt32] = [
            "ctrl": 29, "control": 29, "shift": 42, "alt": 56, "altgr": 100, "super": 125, "meta": 125, "win": 125,
            "rightctrl": 97, "rightshift": 54, "rightalt": 100, "rightsuper": 126,
            "return": 28, "enter": 28, "tab": 15, "space": 57, "backspace": 14, "esc": 1, "escape": 1, "delete": 111,
            "del": 111, "insert": 110, "ins": 110, "home": 102, "end": 107, "pageup": 104, "pgup": 104, "pagedown": 109,
            "pgdn": 109, "up": 103, "down": 108, "left": 105, "right": 106, "menu": 127, "capslock": 58, "numlock": 69,
            "scrolllock": 70, "print": 99, "printscreen": 99, "sysrq": 99, "pause": 119,
        ]
        for number in 1...10 { names["f\(number)"] = UInt32(58 + number) }
        names["f11"] = 87
        names["f12"] = 88
        return names
    }()
}
