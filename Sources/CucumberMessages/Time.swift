/// A point of time, as seconds and nanoseconds since the Unix epoch (UTC).
package struct Timestamp: Codable, Hashable, Sendable, Comparable {
    /// The whole seconds since 1970-01-01T00:00:00Z.
    package var seconds: Int
    /// The rest, from 0 to 999,999,999.
    package var nanos: Int

    /// Creates a point of time from its parts.
    package init(seconds: Int, nanos: Int) {
        self.seconds = seconds
        self.nanos = nanos
    }

    /// Orders by time.
    package static func < (first: Timestamp, second: Timestamp) -> Bool {
        (first.seconds, first.nanos) < (second.seconds, second.nanos)
    }

    /// The time that passed from an earlier point of time until this one.
    package func since(_ earlier: Timestamp) -> Duration {
        .seconds(seconds - earlier.seconds) + .nanoseconds(nanos - earlier.nanos)
    }
}

/// A span of time in a message.
package struct MessageDuration: Codable, Hashable, Sendable {
    /// The whole seconds.
    package var seconds: Int
    /// The rest, from 0 to 999,999,999.
    package var nanos: Int

    /// Creates a span, rounded down to nanoseconds.
    package init(_ duration: Duration) {
        seconds = Int(duration.components.seconds)
        nanos = Int(duration.components.attoseconds / 1_000_000_000)
    }

    /// The span as the standard library's type.
    package var duration: Duration { .seconds(seconds) + .nanoseconds(nanos) }
}
