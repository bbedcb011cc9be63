/// What a judge saw of one guest.
package struct TrafficReport: Hashable, Sendable, Codable {
    /// How much traffic one allowance covered.
    package struct AllowanceUse: Hashable, Sendable, Codable {
        package let purpose: String
        package private(set) var frames = 0
        /// Bytes on the wire, headers included.
        package private(set) var bytes = 0

        init(purpose: String) {
            self.purpose = purpose
        }

        mutating func add(_ length: Int) {
            frames += 1
            bytes += length
        }
    }

    package internal(set) var framesFromGuest = 0
    package internal(set) var framesToGuest = 0
    package internal(set) var findings = 0
    package internal(set) var allowances: [AllowanceUse]
    /// What the guest sent, in the order of the first frames; a bounded number of flows.
    package internal(set) var flows: [FlowRecord] = []
    /// Frames whose flows were too many to be kept.
    package internal(set) var framesOfFlowsNotKept = 0
    /// Why it can't be said that nothing leaked, though no leak was seen; a bounded number of reasons.
    package private(set) var doubts: [String] = []

    private static let mostDoubts = 32

    mutating func doubt(_ reason: String) {
        if doubts.count < Self.mostDoubts, !doubts.contains(reason) { doubts.append(reason) }
    }

    init(purposes: [String]) {
        allowances = purposes.map { AllowanceUse(purpose: $0) }
    }

    /// The purposes of allowances that covered no frame: candidates for removal from the policy.
    package var unusedAllowances: [String] {
        allowances.filter { $0.frames == 0 }.map(\.purpose)
    }
}
