import CLinkSocket
import Glibc
import SimulatedInternet
import SystemPackage

/// A port of its own on a bridge, for a station that this process plays; it vanishes when closed.
struct LinkPort: Sendable {
    let file: FileDescriptor
    /// The name of the interface.
    let name: String

    /// Room for the largest frame of a link with the usual 1500 bytes and tags.
    private static let longestFrame = 2048

    private init(file: FileDescriptor, name: String) { (self.file, self.name) = (file, name) }

    /// Makes a port and plugs it in.
    static func open(on bridge: String) async throws -> LinkPort {
        let port = try make()
        do {
            let commands = ["link set \(port.name) master \(bridge)", "link set \(port.name) up"]
            try await HostProgram.ip.run(["-batch", "-"], input: commands.map { $0 + "\n" }.joined())
            return port
        } catch {
            port.close()
            throw error
        }
    }

    /// Makes a port that is plugged in nowhere.
    static func make() throws(SimulatedInternetError) -> LinkPort {
        var name = Array("foe%d".utf8CString) + [CChar](repeating: 0, count: 10)
        let status = clink_tap_make(&name)
        guard status >= 0 else {
            throw .socketRefused("a port on the guest's network", reason: "\(Errno(rawValue: -status))")
        }
        let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return LinkPort(file: FileDescriptor(rawValue: status), name: text)
    }

    /// The next frame that the bridge sends to the port, or `nil` when there is none.
    func receive() -> [UInt8]? {
        let frame = [UInt8](unsafeUninitializedCapacity: Self.longestFrame) { buffer, count in
            count = max(0, read(file.rawValue, buffer.baseAddress, buffer.count))
        }
        return frame.isEmpty ? nil : frame
    }

    /// Sends a frame to the bridge; one that the kernel refuses is lost, as on any link.
    func send(_ frame: [UInt8]) { _ = write(file.rawValue, frame, frame.count) }

    func close() { try? file.close() }
}

/// Hears what passes a guest's port, without being noticed.
struct LinkEars: Sendable {
    struct Heard {
        let bytes: [UInt8]
        let isToGuest: Bool
    }

    let file: FileDescriptor

    private static let longestFrame = 2048

    init(at interface: String, hearsBoth: Bool = false) throws(SimulatedInternetError) {
        let status = clink_ears_open(interface, hearsBoth)
        guard status >= 0 else {
            throw .socketRefused("hearing the guest's port", reason: "\(Errno(rawValue: -status))")
        }
        file = FileDescriptor(rawValue: status)
    }

    /// The next frame, or `nil` when there is none.
    func hear() -> Heard? {
        var (length, isToGuest) = (0, false)
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.longestFrame) { buffer, count in
            count = max(0, clink_ears_hear(file.rawValue, buffer.baseAddress, buffer.count, &length, &isToGuest))
        }
        return bytes.isEmpty ? nil : Heard(bytes: bytes, isToGuest: isToGuest)
    }

    /// How many frames there was no room for since this was last asked.
    func takeLosses() -> Int {
        var lost: UInt32 = 0
        return clink_ears_losses(file.rawValue, &lost) == 0 ? Int(lost) : 1
    }

    func close() { try? file.close() }
}

/// A clock that wakes whoever waits for files.
struct LinkTimer: Sendable {
    let file: FileDescriptor

    init() throws(SimulatedInternetError) {
        let status = clink_timer_open()
        guard status >= 0 else { throw .socketRefused("a timer", reason: "\(Errno(rawValue: -status))") }
        file = FileDescriptor(rawValue: status)
    }

    /// The nanoseconds of a clock that does not jump.
    static var now: UInt64 { clink_now() }

    /// Becomes readable at a time of that clock, or never.
    func set(to time: UInt64?) throws(SimulatedInternetError) {
        let status = clink_timer_set(file.rawValue, time ?? 0)
        guard status == 0 else { throw .socketRefused("setting a timer", reason: "\(Errno(rawValue: -status))") }
    }

    /// Is no longer readable until it is set again.
    func clear() { clink_timer_clear(file.rawValue) }

    func close() { try? file.close() }
}

extension Duration {
    /// The duration in nanoseconds; at most five centuries.
    var nanoseconds: UInt64 {
        UInt64(components.seconds) * 1_000_000_000 + UInt64(components.attoseconds / 1_000_000_000)
    }
}
