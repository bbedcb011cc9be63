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

    /// What else the guest does.
    enum Habit {
        case none
        /// The text appears at the key press, and the tile goes; after the time it comes back at another place.
        case moving
        /// While the time passes, five lines of the screen change with every tick; then the tile appears.
        case busy
        /// Return alone ends the wait for a key press; all others are written to the serial port.
        case echoing
    }

    /// How many lines there is room for below the menu.
    static let rows = 22
    static let menu = "Assay benchmark"

    let lines: [Line]
    var habit = Habit.none

    /// Lines for waits that react: half a second after their key press.
    static func reacting(rounds: Int) -> Guest {
        Guest(lines: numbers.prefix(rounds).map { Line(text: "Round \($0) is over", ticks: 9) })
    }

    /// One line that is late.
    static func still(seconds: Int) -> Guest {
        Guest(lines: [Line(text: "The long wait is over", ticks: seconds * 182 / 10)])
    }

    /// A tile that comes back elsewhere a second and a half after its key press.
    static func moving(rounds: Int) -> Guest {
        Guest(lines: numbers.prefix(rounds).map { Line(text: "Round \($0) begins", ticks: 27) }, habit: .moving)
    }

    /// Times of hurry on the screen, after each of which a line and the tile appear.
    static func busy(seconds: [Int]) -> Guest {
        Guest(
            lines: zip(numbers, seconds).map { Line(text: "Hurry \($0) is over", ticks: $1 * 182 / 10) },
            habit: .busy
        )
    }

    /// Tells each key that arrives.
    static func echoing(rounds: Int) -> Guest {
        Guest(lines: numbers.prefix(rounds).map { Line(text: "Text \($0) is here", ticks: 1) }, habit: .echoing)
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
        let data = lines.enumerated().map { number, line in
            "    .word \(line.ticks), \(Tile.offset(number))\n    .asciz \"\(line.text)\"\n"
        }.joined()
        let (before, during, after): (String, String, String) =
            switch habit {
            case .none, .echoing: ("", "", "add di, 160\n    call show")
            case .moving: ("call hide\n    add di, 160\n    call show", "", "call place")
            case .busy: ("", "call stir", "add di, 160\n    call show\n    call place")
            }
        let echo = habit == .echoing ? "call tell\n    cmp al, 13\n    jne key" : ""
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
                mov bp, [si + 2]
                add si, 4
                \(before)
            wait:
                mov bx, [0x46c]         # the BIOS counts ticks here
            tick:
                hlt
                cmp bx, [0x46c]
                je tick
                \(during)
                loop wait
                \(after)
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
                \(echo)
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

            hide:                       # clears the right half of the screen, where the tile is
                pusha
                mov di, 80
                mov dx, 25
                mov ax, 0x0720
            cleared:
                mov cx, 40
                rep stosw
                add di, 80
                dec dx
                jnz cleared
                popa
                ret

            place:                      # puts the tile at bp
                pusha
                mov di, bp
                mov si, offset tile
                mov dx, \(Tile.cells.count)
            placed:
                mov cx, \(Tile.columns)
                rep movsw
                add di, 160 - 2 * \(Tile.columns)
                dec dx
                jnz placed
                popa
                ret

            stir:                       # fills five lines with letters that change with each tick
                pusha
                mov di, 160 * 12
                mov ah, 0x07
                mov al, bl
                mov cx, 5 * 80
            stirred:
                and al, 0x3f
                add al, 0x30
                stosw
                inc al
                loop stirred
                popa
                ret

            tile:
            \(Tile.words)
            menu:
                .asciz "\(Self.menu)"
            lines:
            \(data)
                .word 0
            .fill 0x2000 - (. - start), 1, 0

            """
    }
}
