package import Pictures

/// One thing that happened to the guest's screen.
package struct DisplayChange: Hashable, Sendable {
    /// What happened.
    package enum Kind: Hashable, Sendable {
        /// Pixels within the rectangle really changed.
        case damaged(Rectangle)
        /// The guest chose another mode; everything may have changed.
        case resized(width: Int, height: Int)
        /// The guest turned its display off: there is no picture.
        case disabled
        /// QEMU has gone. Nothing follows.
        case disconnected
    }

    /// What happened.
    package let kind: Kind
    /// Counts the changes of one display from 1.
    ///
    /// A gap in what a consumer gets means that it was too slow.
    package let sequence: UInt64
    /// When the change arrived from QEMU.
    package let instant: ContinuousClock.Instant

    /// Creates a change.
    package init(kind: Kind, sequence: UInt64, instant: ContinuousClock.Instant) {
        self.kind = kind
        self.sequence = sequence
        self.instant = instant
    }
}

/// A picture and which change it is as new as.
package struct Frame: Hashable, Sendable {
    /// What the screen shows.
    package let picture: Picture
    /// The sequence number of the last change that is in the picture.
    package let generation: UInt64
    /// When that change arrived.
    package let changedAt: ContinuousClock.Instant

    /// Creates a frame.
    package init(picture: Picture, generation: UInt64, changedAt: ContinuousClock.Instant) {
        self.picture = picture
        self.generation = generation
        self.changedAt = changedAt
    }
}

/// The guest's pointer, when it is drawn by the display and not by the guest itself.
package struct PointerImage: Hashable, Sendable {
    /// Where it would be drawn.
    ///
    /// Pixels under it are not in the picture: QEMU sends the pointer apart.
    package var rectangle: Rectangle
    /// Whether the guest shows it.
    package var isVisible: Bool
}
