import Foundation
import GuestDisplay
import Pictures
import Screen
import ScreenMatching
import Subprocess
import Testing

private let emulator = "/usr/bin/qemu-system-x86_64"

/// Whether the machine has the emulator, with its D-Bus display.
private var hasEmulator: Bool {
    FileManager.default.isExecutableFile(atPath: emulator)
        && FileManager.default.fileExists(atPath: "/usr/lib/x86_64-linux-gnu/qemu/ui-dbus.so")
}

/// Runs `body` with a machine that boots a disk, or whose firmware says on the screen that there is none.
private func withMachine(
    booting disk: Data? = nil,
    _ body: @Sendable @escaping (GuestDisplay, ControlSocket) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("display-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("qmp").path
    var drive: [String] = []
    if let disk {
        let file = folder.appendingPathComponent("disk")
        try disk.write(to: file)
        drive = ["-drive", "file=\(file.path),format=raw,if=ide"]
    }
    let outcome = try await run(
        .path("/usr/bin/qemu-system-x86_64"),
        arguments: Arguments(
            [
                "-nodefaults", "-no-user-config", "-machine", "pc", "-accel", "tcg", "-m", "64M", "-vga", "std",
                "-device", "qemu-xhci", "-device", "usb-tablet", "-display", "dbus,p2p=yes",
                "-chardev", "socket,id=qmp,path=\(path),server=on,wait=off", "-mon", "chardev=qmp,mode=control",
            ] + drive
        ),
        input: .none,
        output: .discarded,
        error: .discarded
    ) { _ in
        let control = try ControlSocket(path: path)
        try await withGuestDisplay(connectedBy: control.openDisplay()) { try await body($0, control) }
        try? control.run(#"{"execute":"quit"}"#)
    }
    #expect(outcome.terminationStatus.isSuccess)
}

@Suite(
    "A real machine's display",
    .enabled(if: hasEmulator, "needs QEMU with its D-Bus display"),
    .timeLimit(.minutes(5))
)
struct RealDisplayTests {
    @Test("the firmware's text is read from the screen, and input is acknowledged")
    func firmware() async throws {
        try await withMachine { display, _ in
            let screen = try Screen(display: display, reader: TextReader())
            try await screen.wait(forText: "No bootable device", within: .seconds(60))
            let lines = try await screen.readText()
            #expect(try #require(TextSearch("SeaBIOS")).firstMatch(in: lines) != nil, "\(lines)")
            #expect(display.size.map { [$0.width, $0.height] } == [720, 400])

            let start = ContinuousClock.now
            try await screen.keyboard.press("ctrl+alt+t")
            try await screen.keyboard.type("Hello, World!\n")
            #expect(ContinuousClock.now - start < .seconds(20))
            try await screen.mouse.move(to: Point(x: 10, y: 20))
            try await screen.mouse.scroll(.down, clicks: 2)
        }
    }

    @Test("text in the VGA's font is read, and every key that is typed arrives, in order")
    func echo() async throws {
        let guest = BootSector(
            text: "\nWelcome to the boot loader\nTor is not ready yet\nlogin: root@assay:~$ whoami\n\n"
        )
        try await withMachine(booting: guest.disk) { display, _ in
            let screen = try Screen(display: display, reader: TextReader())
            try await screen.wait(forText: "Welcome to the boot loader", within: .seconds(60))
            try await screen.wait(forText: "not ready yet", within: .seconds(10))
            try await screen.wait(forText: "root@assay:~$ whoami", within: .seconds(10))
            #expect(try await screen.find(.text("ready yet")) == nil)

            let sentence = "The quick brown fox jumps over the lazy dog"
            for number in ["one", "two", "three", "four"] {
                try await screen.keyboard.type("\(number) \(sentence) \(number)\n")
                try await screen.wait(forText: "\(number) \(sentence) \(number)", within: .seconds(10))
            }
        }
    }

    @Test("the display ends when the machine does")
    func ends() async throws {
        try await withMachine { display, control in
            let changes = display.changes
            try? control.run(#"{"execute":"quit"}"#)
            for await _ in changes {}
            #expect(!display.isConnected)
            await #expect(throws: GuestDisplayError.self) { try await display.press(key: 1) }
        }
    }
}
