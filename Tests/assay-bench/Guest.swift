import Foundation

/// A guest without an operating system, which fits into a few sectors of a disc and does exactly what is measured.
///
/// Its first act is a byte to the serial port. Then it shows a menu, and after each key press waits for a while,
/// writes a line of text to the screen, and in the next instruction a byte to the serial port: the file to which QEMU
/// writes that port tells when the pixels changed, by the kernel's clock.
struct Guest {
    /// A line of text that appears some time after a key press.
    struct Line {
        let text: String
        /// The time in units of the PC's timer, of which there are 18.2 a second.
        let ticks: Int
    }

    /// How many lines there is room for below the menu.
    static let rows = 22
    static let menu = "Assay benchmark"

    let lines: [Line]

    /// Lines for waits that react: half a second after their key press.
    static func reacting(rounds: Int) -> Guest {
        Guest(lines: numbers.prefix(rounds).map { Line(text: "Round \($0) is over", ticks: 9) })
    }

    /// One line that is late.
    static func still(seconds: Int) -> Guest {
        Guest(lines: [Line(text: "The long wait is over", ticks: seconds * 182 / 10)])
    }

    /// Words, since readers mistake digits for each other.
    private static let numbers = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
    ]

    // MARK: - Image

    /// Writes a disc image that starts the guest by BIOS (El Torito, no emulation).
    func write(to image: URL) async throws {
        let folder = image.deletingPathExtension()
        let disc = folder.appending(path: "disc")
        try FileManager.default.createDirectory(at: disc, withIntermediateDirectories: true)
        let files = ["guest.s", "guest.o", "disc/guest.bin"].map { folder.appending(path: $0).path() }
        try source.write(toFile: files[0], atomically: false, encoding: .utf8)
        try await command("as", "--32", "-o", files[1], files[0])
        try await command(
            "ld",
            "-m",
            "elf_i386",
            "--oformat",
            "binary",
            "-Ttext",
            "0x7c00",
            "-e",
            "start",
            "-o",
            files[2],
            files[1]
        )
        try await command(
            "xorriso",
            "-as",
            "mkisofs",
            "-quiet",
            "-b",
            "guest.bin",
            "-no-emul-boot",
            "-boot-load-size",
            "16",
            "-o",
            image.path(),
            disc.path()
        )
    }

    private var source: String {
        let data = lines.map { "    .word \($0.ticks)\n    .asciz \"\($0.text)\"\n" }.joined()
        return """
            .intel_syntax noprefix
            .code16
            .globl start
            start:
                ljmp 0, offset begin
            begin:
                xor ax, ax
                mov ds, ax
                mov ss, ax
                mov sp, 0x7c00
                cld
                sti
                mov al, 'B'
                call tell
                mov ax, 0x0003          # text, 80 columns, cleared
                int 0x10
                mov ah, 1
                mov cx, 0x2000          # no cursor: it would blink, and the screen is to be still
                int 0x10
                mov ax, 0xb800
                mov es, ax
                mov di, 160
                mov si, offset menu
                call show
                call key
                mov si, offset lines
            next:
                cmp word ptr [si], 0
                je halt
                call key
                mov cx, [si]
                add si, 2
            wait:
                mov bx, [0x46c]         # the BIOS counts ticks here
            tick:
                hlt
                cmp bx, [0x46c]
                je tick
                loop wait
                add di, 160
                call show
                mov al, 'L'
                call tell
                jmp next
            halt:
                cli
                hlt
                jmp halt

            key:                        # waits for a key press
                xor ah, ah
                int 0x16
                ret

            show:                       # writes the text at si to the screen's memory at di, and moves si behind it
                push di
                mov ah, 0x0f
            letter:
                lodsb
                test al, al
                jz shown
                stosw
                jmp letter
            shown:
                pop di
                ret

            tell:                       # writes al to the serial port
                mov dx, 0x3f8
                out dx, al
                ret

            menu:
                .asciz "\(Self.menu)"
            lines:
            \(data)
                .word 0
            .fill 0x2000 - (. - start), 1, 0

            """
    }
}
