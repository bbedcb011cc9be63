/// What a capture can prove about itself.
package struct CaptureEvidence: Hashable, Sendable, Codable {
    package let interface: String
    /// Frames that left the guest, without canaries.
    package internal(set) var framesFromGuest = 0
    package internal(set) var framesToGuest = 0
    /// Frames that the kernel had no room for.
    package internal(set) var kernelDrops = 0
    package internal(set) var canariesSent = 0
    /// Canaries that came through the same ring as the guest's frames.
    package internal(set) var canariesSeen = 0
    /// What the interface itself counted from the guest, canaries included; `nil` when it could not be asked.
    ///
    /// It counts what QEMU gives it, before any capture sees it.
    package internal(set) var framesCountedByInterface: Int?
    /// The same in bytes.
    package internal(set) var bytesCountedByInterface: Int?
    /// Frames that the interface did not take, and so sent nowhere, or that nobody but the capture took, such as ones with
    /// the tag of a virtual network: the kernel counts both as one, so that the number proves nothing.
    package internal(set) var framesRefusedByInterface: Int?
    /// Why the capture proves nothing; empty when it saw every frame of the guest.
    package internal(set) var reasons: [String] = []

    /// Whether the capture saw every frame of the guest.
    package var isConclusive: Bool { reasons.isEmpty }

    /// The bytes that the interface counted from the guest alone; `nil` when it could not be asked.
    package var bytesFromGuestCountedByInterface: Int? {
        bytesCountedByInterface.map { $0 - canariesSent * Canary.length }
    }

    init(interface: String) {
        self.interface = interface
    }

    /// Adds the reasons that the numbers give.
    mutating func conclude() {
        if kernelDrops > 0 { reasons.append("The kernel dropped \(kernelDrops) frames.") }
        if canariesSeen != canariesSent {
            reasons.append("Only \(canariesSeen) of \(canariesSent) canary frames were seen.")
        }
        let seen = framesFromGuest + canariesSeen
        if let counted = framesCountedByInterface, counted != seen {
            reasons.append("The interface counted \(counted) frames from the guest, the capture saw \(seen).")
        }
    }
}
