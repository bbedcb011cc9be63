import FoundationEssentials
import FoundationXML

// What libvirt's description of a machine has no words for, and QEMU is told past it:
// https://libvirt.org/drvqemu.html#pass-through-of-arbitrary-qemu-commands

extension MachineDescription {
    /// The memory's name in QEMU, which is part of a saved state.
    private static let memoryName = "assay-memory"

    /// Renders the arguments that are passed to QEMU as they are, or nothing when there are none.
    func commandLine(isRestored: Bool) -> [XMLElement] {
        var arguments: [String] = []
        if let memory = memoryArgument {
            // libvirt chooses the path of a memory file itself. The second of two -machine options wins.
            arguments += ["-object", memory, "-machine", "memory-backend=\(Self.memoryName)"]
        }
        if isRestored { arguments += ["-incoming", "defer"] }
        guard !arguments.isEmpty else { return [] }
        let elements = arguments.map { node("qemu:arg", ["value": $0]) }
        return [node("qemu:commandline", ["xmlns:qemu": "http://libvirt.org/schemas/domain/qemu/1.0"], elements)]
    }

    /// The memory as JSON, in which a path may have any character: a comma would end it in QEMU's older form.
    private var memoryArgument: String? {
        struct Backend: Encodable {
            let type = "memory-backend-file"
            let name = MachineDescription.memoryName
            let size: Int
            let path: String
            let isShared: Bool

            enum CodingKeys: String, CodingKey {
                case size
                case type = "qom-type"
                case name = "id"
                case path = "mem-path"
                case isShared = "share"
            }
        }
        let backend: Backend
        switch backing {
        case .anonymous: return nil
        case .shared(let file): backend = Backend(size: memory << 20, path: file.string, isShared: true)
        case .copyOnWrite(let file): backend = Backend(size: memory << 20, path: file.string, isShared: false)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(backend)).map { String(decoding: $0, as: UTF8.self) }
    }
}
