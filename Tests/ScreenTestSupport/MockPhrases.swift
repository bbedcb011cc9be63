/// What labels, menus and lists of mock screens say.
package enum MockPhrases {
    /// Words that stand alone on buttons, in menus and on tabs.
    package static let labels = [
        "File", "Edit", "View", "Tools", "Window", "Help", "Settings", "Search", "Cancel", "Apply", "Close", "Delete",
        "Rename", "Install", "Continue", "Back", "Restart", "Shut Down", "Log Out", "Lock Screen", "New Folder",
        "Open Terminal", "Save As", "Select All", "Properties", "Preferences", "General", "Advanced", "Network",
        "Display", "Keyboard", "Privacy", "Bookmarks", "Downloads", "Documents", "Pictures", "Music", "Videos", "Trash",
        "Applications", "Places", "System", "Accessories", "Graphics", "Internet", "Office", "Favourites",
    ]

    /// What a sentence, a list entry or a check box says.
    package static let sentences = [
        "Tor is ready", "Tor is not ready", "Connecting to a Tor bridge", "Connected to the Tor network",
        "Use a bridge to connect", "Hide that I use Tor", "Choose a language", "Choose a keyboard layout",
        "Start the live system", "Unlock the Persistent Storage", "Create Persistent Storage", "Wrong passphrase",
        "Passwords do not match", "The disk is almost full", "Verification of the signature succeeded",
        "Verification of the signature failed", "No network connection", "Wired connection established",
        "Remember this decision", "Show hidden files", "Erase all data on this device", "Update is available",
        "Your system is up to date", "Automatic suspend is off", "Battery fully charged", "Sound output muted",
        "Enable large text", "Enable screen reader", "Install additional software", "Open files with one click",
        "Encrypt the selected file", "Decrypt with passphrase", "Permission denied", "Operation completed",
        "Copying files to the stick", "Eject the removable drive", "Print a test page", "Printer is offline",
        "Clear browsing history", "Block all cookies", "Send anonymous reports", "Check the time zone",
        "Synchronise the clock", "Clock synchronised", "Clock not synchronised", "Firewall is active",
        "Administration password is set", "Set an administration password", "Disable the offline mode",
        "Warning about unsafe browser", "Restart the computer now", "Download verified", "Mount the backup disk",
    ]

    /// Numbers and names as lists and terminals have them.
    package static func detail(_ generator: inout SeededGenerator) -> String {
        func number(_ bounds: ClosedRange<Int>) -> Int { Int.random(in: bounds, using: &generator) }
        switch number(0...5) {
        case 0: return "Version \(number(3...9)).\(number(10...99))"
        case 1: return "\(number(12...980)) files"
        case 2: return "\(number(2...64)) GB free"
        case 3: return "\(number(10...28)) March 20\(number(20...39))"
        case 4: return "Used \(number(10...99)) of \(number(100...900)) MB"
        default: return "Step \(number(2...9)) of \(number(10...20))"
        }
    }

    /// What a terminal's line says.
    package static func terminalLine(_ generator: inout SeededGenerator) -> String {
        func number(_ bounds: ClosedRange<Int>) -> Int { Int.random(in: bounds, using: &generator) }
        let services = [
            "Network Manager", "System Logging Service", "Login Service", "Tor network proxy", "Time synchronisation",
            "Disk Manager", "Bluetooth support", "Virtual console setup", "Kernel modules", "Temporary directories",
        ]
        switch number(0...6) {
        case 0: return "[  OK  ] Started \(services.pick(&generator))."
        case 1: return "[FAILED] Failed to start \(services.pick(&generator))."
        case 2: return "systemd[\(number(2...9))]: Reached target \(services.pick(&generator))."
        case 3:
            return
                "drwxr-xr-x \(number(2...9)) root root \(number(1000...9000)) Mar \(number(10...28)) \(word(&generator))"
        case 4: return "Reading package lists... Done, \(number(20...900)) packages can be upgraded"
        case 5: return "\(word(&generator)): \(sentences.pick(&generator).lowercased())"
        default: return "Setting up \(word(&generator)) (\(number(3...9)).\(number(20...90))-\(number(2...9))) ..."
        }
    }

    /// A name as files and packages have them.
    package static func word(_ generator: inout SeededGenerator) -> String {
        [
            "firmware", "documents", "network-tools", "desktop-base", "python", "keyring", "browser", "openssh-server",
            "backup", "thumbnails", "terminal", "readme", "configuration", "templates", "certificates", "wallpaper",
        ].pick(&generator)
    }
}
