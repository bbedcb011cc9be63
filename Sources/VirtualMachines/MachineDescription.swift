package import Accelerators
package import SystemPackage

/// The hardware of a virtual machine.
package struct MachineDescription: Hashable, Sendable, Codable {
    /// The name, by which its log is called.
    ///
    /// Letters, digits, `-` and `_`.
    package var name: String
    /// Memory in mebibytes.
    package var memory: Int
    /// The number of virtual processors.
    package var processors: Int
    /// How the processors are executed.
    package var accelerator: Accelerator
    /// What runs before the boot medium.
    package var firmware = Firmware.bios
    /// The disks and optical drives; the firmware tries them in this order.
    package var disks: [Disk] = []
    /// The network cards.
    package var cards: [NetworkCard] = []
    /// The display.
    package var video = Video()
    /// The file to which the first serial port is written, as evidence.
    package var serialLog: FilePath
    /// Whether there is a port for the QEMU guest agent.
    package var hasAgentChannel = true
    /// Whether there is a virtual source of randomness.
    package var hasRandomness = true
    /// What the hardware clock shows at power-on.
    package var clock = Clock.utc
    /// A kernel to be started directly, without firmware and boot loader.
    package var kernel: DirectKernel?
    /// Where the guest's memory lies.
    package var backing = MemoryBacking.anonymous
    /// Whether the guest is told, by a number that is new at every start, that it is not who it was before.
    ///
    /// Without it, machines that are made from one saved machine begin with the same random numbers.
    package var hasGeneration = true
    /// The UEFI variables to begin with, which the machine gets a copy of; the firmware's empty ones when `nil`.
    package var variables: FilePath?
    /// The socket at which VNC viewers may watch and use the machine, which QEMU makes; none when `nil`.
    ///
    /// The guest knows nothing of it.
    package var viewers: FilePath?

    /// Creates a machine without disks and cards.
    package init(name: String, memory: Int, processors: Int, accelerator: Accelerator, serialLog: FilePath) {
        self.name = name
        self.memory = memory
        self.processors = processors
        self.accelerator = accelerator
        self.serialLog = serialLog
    }
}

// MARK: - Parts

extension MachineDescription {
    /// The program that a machine starts with.
    package enum Firmware: String, Sendable, Codable, CaseIterable {
        /// SeaBIOS.
        case bios
        /// OVMF without Secure Boot.
        case uefi
    }

    /// Where a guest's memory lies on the host.
    package enum MemoryBacking: Hashable, Sendable, Codable {
        /// In QEMU's own memory, and lost with it.
        case anonymous
        /// In a file that every write of the guest goes to: of a machine that is to be saved.
        ///
        /// QEMU makes the file. A restored machine needs one with the saved content, and changes it.
        case shared(FilePath)
        /// In a file with the memory of a saved machine, of which the guest gets its own copy of the pages it writes to.
        ///
        /// The file never changes. QEMU 7.2 insists on the right to write to it all the same.
        case copyOnWrite(FilePath)
    }

    /// A drive with its medium.
    package struct Disk: Hashable, Sendable, Codable {
        /// How the guest sees the drive.
        package enum Bus: Hashable, Sendable, Codable {
            /// An optical drive. Always read-only.
            case cd
            /// A USB stick; most live systems look at whether it says that it is removable.
            case usb(removable: Bool)
            /// A paravirtual disk.
            case virtio
            /// A SATA disk.
            case ahci
        }

        /// How the bytes lie in the file.
        package enum Format: String, Sendable, Codable, CaseIterable {
            /// As they are.
            case raw
            /// QEMU's format, which may refer to a base file.
            case qcow2
        }

        /// The name by which it is plugged out again.
        ///
        /// Letters, digits and `-`; unique within the machine.
        package let name: String
        /// The file with the content.
        package let path: FilePath
        /// How the guest sees the drive.
        package let bus: Bus
        /// How the bytes lie in the file.
        package let format: Format
        /// Whether the guest may write to it.
        package let isReadOnly: Bool

        /// Creates a drive.
        package init(_ name: String, path: FilePath, bus: Bus, format: Format = .raw, isReadOnly: Bool = true) {
            self.name = name
            self.path = path
            self.bus = bus
            self.format = format
            self.isReadOnly = isReadOnly || bus == .cd
        }
    }

    /// A network card that is plugged into a tap interface.
    package struct NetworkCard: Hashable, Sendable, Codable {
        /// How the guest sees the card.
        package enum Model: String, Sendable, Codable, CaseIterable {
            /// A paravirtual card.
            case virtio
            /// An Intel card that every system has a driver for.
            case e1000
        }

        /// The name by which it is plugged out again.
        ///
        /// Letters, digits and `-`; unique within the machine.
        package let name: String
        /// The address as six pairs of hexadecimal digits with colons.
        package let address: String
        /// The tap interface, which must exist already and be up.
        package let tap: String
        /// How the guest sees the card.
        package let model: Model

        /// Creates a card.
        package init(_ name: String, address: String, tap: String, model: Model = .virtio) {
            self.name = name
            self.address = address
            self.tap = tap
            self.model = model
        }
    }

    /// The graphics card and the mode it proposes.
    package struct Video: Hashable, Sendable, Codable {
        /// How the guest sees the card.
        package enum Model: String, Sendable, Codable, CaseIterable {
            /// The Bochs display, a plain framebuffer.
            case standard
            /// A paravirtual card.
            case virtio
        }

        /// How the guest sees the card.
        package var model = Model.standard
        /// Pixels of the proposed mode.
        package var width = 1024
        /// Lines of the proposed mode.
        package var height = 768

        /// Creates a standard card that proposes 1024 × 768.
        package init() {}
    }

    /// What the hardware clock shows.
    package enum Clock: Hashable, Sendable, Codable {
        /// The host's time, in UTC.
        case utc
        /// The host's time and this many seconds more.
        case shifted(seconds: Int)
        /// Starts at this many seconds after 1970.
        case starting(secondsSince1970: Int)
    }

    /// A Linux kernel that is put into memory by the host.
    package struct DirectKernel: Hashable, Sendable, Codable {
        /// The kernel's file.
        package let image: FilePath
        /// The initial file system.
        package let initialRamdisk: FilePath?
        /// The kernel's options.
        package let commandLine: String

        /// Creates a kernel.
        package init(image: FilePath, initialRamdisk: FilePath?, commandLine: String) {
            self.image = image
            self.initialRamdisk = initialRamdisk
            self.commandLine = commandLine
        }
    }
}
