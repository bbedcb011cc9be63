import CXkbcommon
import Diagnostics
import Foundation

/// One key and what has to be held while it is pressed.
package struct KeyStroke: Hashable, Sendable {
    /// Pressed in this order before the key, released in the opposite order after it.
    package let modifiers: [KeyNumber]
    /// The key.
    package let key: KeyNumber

    /// Creates a stroke.
    package init(modifiers: [KeyNumber] = [], key: KeyNumber) {
        self.modifiers = modifiers
        self.key = key
    }
}

/// Which keys make which characters on one keyboard layout.
///
/// Made once from libxkbcommon, which reads the same tables as the guest's own X server and Wayland compositors.
package struct Keymap: Sendable {
    /// The layout's name, such as `us` or `de(nodeadkeys)`.
    package let layout: String
    private let strokes: [Unicode.Scalar: KeyStroke]
    private let keysyms: [UInt32: KeyStroke]

    /// Loads a layout.
    package init(layout: String = "us") throws(KeymapError) {
        let (name, variant) = Self.split(layout)
        guard let context = xkb_context_new(XKB_CONTEXT_NO_FLAGS) else { throw .unknownLayout(layout) }
        defer { xkb_context_unref(context) }
        xkb_context_set_log_level(context, XKB_LOG_LEVEL_CRITICAL)
        let keymap = name.withCString { name in
            variant.withCString { variant in
                "evdev".withCString { rules in
                    "pc105".withCString { model in
                        var names = xkb_rule_names(
                            rules: rules,
                            model: model,
                            layout: name,
                            variant: variant,
                            options: nil
                        )
                        return xkb_keymap_new_from_names(context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS)
                    }
                }
            }
        }
        guard let keymap, !name.isEmpty else { throw .unknownLayout(layout) }
        defer { xkb_keymap_unref(keymap) }
        var table = StrokeTable(keymap)
        table.fill()
        self.layout = layout
        strokes = table.strokes
        keysyms = table.keysyms
    }

    /// Returns the strokes that type a text, or throws and names the character that no key makes.
    ///
    /// A line feed is the Return key, a tab the Tab key.
    package func strokes(typing text: String) throws(KeymapError) -> [KeyStroke] {
        var result: [KeyStroke] = []
        for (position, character) in text.enumerated() {
            // Composed first: "é" is one key on a French keyboard, however the text was written.
            let composed = String(character).precomposedScalars
            guard let scalar = composed.first, composed.count == 1, let stroke = stroke(for: scalar) else {
                throw .impossibleCharacter(character, position: position, layout: layout)
            }
            result.append(stroke)
        }
        return result
    }

    /// Returns the keys of a combination such as `ctrl+alt+t`, in the order in which they are pressed.
    ///
    /// The names are those of the keyboard's usual labels or of X11's key symbols, in any case; a single character is
    /// the key that makes it, with its own modifiers. `+` itself is `plus`.
    package func keys(of combination: String) throws(KeymapError) -> [KeyNumber] {
        let names = combination.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        guard !combination.isEmpty, !names.allSatisfy(\.isEmpty) else { throw .emptyCombination(combination) }
        var keys: [KeyNumber] = []
        for name in names {
            for key in try pressed(name, combination) where !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    // MARK: - Private parts

    private func stroke(for scalar: Unicode.Scalar) -> KeyStroke? {
        switch scalar {
        case "\n": KeyNumber(evdev: 28).map { KeyStroke(key: $0) }
        case "\t": KeyNumber(evdev: 15).map { KeyStroke(key: $0) }
        default: strokes[scalar]
        }
    }

    private func pressed(_ name: String, _ combination: String) throws(KeymapError) -> [KeyNumber] {
        if let code = KeyNames.evdev[name.lowercased()], let key = KeyNumber(evdev: code) { return [key] }
        let scalars = name.precomposedScalars
        if scalars.count == 1, let scalar = scalars.first, let stroke = stroke(for: scalar) {
            return stroke.modifiers + [stroke.key]
        }
        for flags in [XKB_KEYSYM_NO_FLAGS, XKB_KEYSYM_CASE_INSENSITIVE] {
            let keysym = xkb_keysym_from_name(name, flags)
            if keysym != 0, let stroke = keysyms[keysym] { return stroke.modifiers + [stroke.key] }
        }
        throw .unknownKey(
            name,
            combination: combination,
            nearest: nearestName(to: name, among: KeyNames.evdev.keys.sorted())
        )
    }

    private static func split(_ layout: String) -> (name: String, variant: String) {
        guard let open = layout.firstIndex(of: "("), layout.last == ")" else { return (layout, "") }
        return (String(layout[..<open]), String(layout[layout.index(after: open)...].dropLast()))
    }
}

extension String {
    fileprivate var precomposedScalars: [Unicode.Scalar] { Array(precomposedStringWithCanonicalMapping.unicodeScalars) }
}

// MARK: - The layout's table

private struct StrokeTable {
    var strokes: [Unicode.Scalar: KeyStroke] = [:]
    var keysyms: [UInt32: KeyStroke] = [:]
    private let keymap: OpaquePointer

    init(_ keymap: OpaquePointer) { self.keymap = keymap }

    mutating func fill() {
        // X11's key codes are Linux's plus 8.
        let codes = max(9, xkb_keymap_min_keycode(keymap))...min(255, xkb_keymap_max_keycode(keymap))
        // Levels outside, so that a character gets the key that needs the fewest modifiers.
        for level in UInt32(0)..<8 {
            for code in codes {
                guard let key = KeyNumber(evdev: code - 8), level < xkb_keymap_num_levels_for_key(keymap, code, 0)
                else {
                    continue
                }
                add(key, code, level)
            }
        }
    }

    private mutating func add(_ key: KeyNumber, _ code: UInt32, _ level: UInt32) {
        var symbols: UnsafePointer<xkb_keysym_t>?
        guard
            xkb_keymap_key_get_syms_by_level(keymap, code, 0, level, &symbols) == 1, let keysym = symbols?.pointee,
            let modifiers = modifiers(code, level)
        else { return }
        let stroke = KeyStroke(modifiers: modifiers, key: key)
        if keysyms[keysym] == nil { keysyms[keysym] = stroke }
        guard let scalar = Unicode.Scalar(xkb_keysym_to_utf32(keysym)), scalar.value >= 0x20, scalar.value != 0x7f
        else {
            return
        }
        if strokes[scalar] == nil { strokes[scalar] = stroke }
    }

    /// The keys to hold for a level, or `nil` when it needs a lock or a modifier that has no key of its own.
    private func modifiers(_ code: UInt32, _ level: UInt32) -> [KeyNumber]? {
        guard level > 0 else { return [] }
        var masks = [xkb_mod_mask_t](repeating: 0, count: 16)
        let count = xkb_keymap_key_get_mods_for_level(keymap, code, 0, level, &masks, masks.count)
        for mask in masks.prefix(Int(count)) {
            var keys: [KeyNumber] = []
            var rest = mask
            // Mod5 is where AltGr (LevelThree) lives on PC keyboards.
            for (name, evdev) in [(XKB_MOD_NAME_SHIFT, UInt32(42)), ("Mod5", UInt32(100))] {
                let index = xkb_keymap_mod_get_index(keymap, name)
                guard index != UInt32.max, rest & (1 << index) != 0, let key = KeyNumber(evdev: evdev) else { continue }
                rest &= ~(1 << index)
                keys.append(key)
            }
            if rest == 0, !keys.isEmpty { return keys }
        }
        return nil
    }
}
