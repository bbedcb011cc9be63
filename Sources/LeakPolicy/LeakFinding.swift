/// A frame from the guest that the policy does not allow.
package struct LeakFinding: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        /// No allowance is about such traffic.
        case notAllowed = "not-allowed"
        /// An allowance is about such traffic, but wants it otherwise.
        case ruleBroken = "rule-broken"
        /// The bytes could not be decoded.
        case undecodable
        /// The frame shows an address that the guest's cards came with.
        case realHardwareAddress = "real-hardware-address"
        /// The frame shows something that was planted in the guest.
        case plantedSecret = "planted-secret"
        /// The frame by itself is allowed, but not at this time, so often, or from this program.
        case runRule = "run-rule"
        /// The capture holds only a part of the frame, so that the rest can't be judged.
        case cutOff = "cut-off"
    }

    package let kind: Kind
    /// What found it; the self-test proves that it does.
    package let check: LeakCheck
    /// The purpose of the allowance whose rule was broken.
    package let rule: String?
    /// What is wrong, as a clause: "the TCP checksum is wrong".
    package let reason: String
    /// The frame in one line.
    package let summary: String
    package let flow: Flow
    /// Whether it carries a well-formed DNS message.
    package let isDNS: Bool
    /// The frame's position in the capture, counted from 1.
    package let frameNumber: Int
    /// When the kernel saw the frame, in nanoseconds since 1970.
    package let timestamp: UInt64
    /// The frame's length on the wire, in bytes.
    package let length: Int
    /// The first 96 bytes in hexadecimal digits.
    package let hex: String
    /// What the guest was doing when the frame left, if anybody said so.
    package let phase: Phase?
}

extension LeakFinding.Kind {
    /// The kind of what a check finds in a frame that an allowance is about.
    init(_ check: LeakCheck) {
        self =
            switch check {
            case .realSource, .realAddressInside, .realInterfaceIdentifier: .realHardwareAddress
            case .secret, .secretAcrossSegments: .plantedSecret
            case .phase, .unknownPhase, .firstFrame, .volume, .distinctDestinations, .foreignOwner, .unprovenOwner,
                .hardwareAddressCount:
                .runRule
            default: .ruleBroken
            }
    }
}
