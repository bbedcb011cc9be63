import PacketDecoding

/// How much there was of each flow; a bounded number of flows, for a guest must not fill the memory.
struct FlowRecords: Sendable {
    /// In the order of the first frames.
    private var all: [FlowRecord] = []
    /// Frames whose flows were too many to be kept one by one.
    private(set) var framesNotKept = 0
    private var places = FlowTable()
    /// Those that have no ports.
    private var otherPlaces: [Flow: Int] = [:]

    /// More flows than this are followed, but not shown one by one.
    private static let mostShown = 4_096
    /// More flows than this are only counted.
    static let mostFollowed = 65_536

    /// Those that reports show.
    var flows: [FlowRecord] { Array(all.prefix(Self.mostShown)) }

    /// Counts a frame, and returns the place of its flow: the same for all frames of a flow, and `nil` for those whose
    /// flow is one too many.
    mutating func record(_ key: FlowKey, length: Int, _ flow: @autoclosure () -> Flow) -> Int? {
        if let place = places[key] { return add(length, at: place) }
        let place = begin(flow(), length: length)
        if let place { places.insert(key, at: place) }
        return place
    }

    /// Counts a frame of a flow that has no ports.
    @discardableResult
    mutating func record(_ flow: Flow, length: Int) -> Int? {
        if let place = otherPlaces[flow] { return add(length, at: place) }
        let place = begin(flow, length: length)
        if let place { otherPlaces[flow] = place }
        return place
    }

    private mutating func add(_ length: Int, at place: Int) -> Int {
        all[place].frames += 1
        all[place].bytes += length
        if place >= Self.mostShown { framesNotKept += 1 }
        return place
    }

    private mutating func begin(_ flow: Flow, length: Int) -> Int? {
        if all.count >= Self.mostShown { framesNotKept += 1 }
        guard all.count < Self.mostFollowed else { return nil }
        all.append(FlowRecord(flow: flow, frames: 1, bytes: length))
        return all.count - 1
    }
}
