import PacketDecoding

/// How much there was of each flow; a bounded number of flows, for a guest must not fill the memory.
struct FlowRecords: Sendable {
    /// In the order of the first frames.
    private(set) var flows: [FlowRecord] = []
    /// Frames whose flows were too many to be kept.
    private(set) var framesNotKept = 0
    private var indices: [FlowKey: Int] = [:]
    /// Those that have no ports.
    private var otherIndices: [Flow: Int] = [:]

    /// More flows than this are counted, but not kept one by one.
    private static let mostFlows = 4_096

    mutating func record(_ frame: DecodedFrame, _ key: FlowKey?, length: Int) {
        guard let key else { return record(Flow(of: frame), length: length) }
        if let index = indices[key] {
            add(length, at: index)
        } else if let index = begin(Flow(of: frame), length: length) {
            indices[key] = index
        }
    }

    mutating func record(_ flow: Flow, length: Int) {
        if let index = otherIndices[flow] {
            add(length, at: index)
        } else if let index = begin(flow, length: length) {
            otherIndices[flow] = index
        }
    }

    private mutating func add(_ length: Int, at index: Int) {
        flows[index].frames += 1
        flows[index].bytes += length
    }

    private mutating func begin(_ flow: Flow, length: Int) -> Int? {
        guard flows.count < Self.mostFlows else {
            framesNotKept += 1
            return nil
        }
        flows.append(FlowRecord(flow: flow, frames: 1, bytes: length))
        return flows.count - 1
    }
}
