import ApplicationDecoding
package import PacketDecoding

/// Judges the frames of one guest, one by one, without any input or output of its own.
package struct LeakJudge: Sendable {
    private let allowances: [LeakPolicy.Allowance]
    private let realAddresses: RealAddressSearch?
    private let guest: GuestFacts
    /// What was seen so far.
    package private(set) var report: TrafficReport
    private var flowIndices: [Flow: Int] = [:]

    /// More flows than this are counted, but not kept one by one: a guest must not fill the memory.
    private static let mostFlows = 4096

    /// Creates a judge that has seen nothing yet.
    package init(policy: ResolvedLeakPolicy, guest: GuestFacts) {
        allowances = policy.policy.allowances
        realAddresses =
            policy.policy.realHardwareAddresses == .forbidden ? RealAddressSearch(guest.hardwareAddresses) : nil
        self.guest = guest
        report = TrafficReport(purposes: allowances.map(\.purpose))
    }

    /// Returns what is wrong with a frame, or `nil` when the policy allows it or it came to the guest.
    package mutating func judge(_ frame: CapturedFrame) -> LeakFinding? {
        guard frame.direction == .fromGuest else {
            report.framesToGuest += 1
            return nil
        }
        report.framesFromGuest += 1
        let bytes = frame.bytes.span
        let decoded: DecodedFrame
        do {
            decoded = try decode(bytes)
        } catch {
            return finding(frame.originalLength == frame.bytes.count ? .undecodable : .cutOff, error, in: frame)
        }
        let flow = Flow(of: decoded)
        let kind: LeakFinding.Kind
        var reason = "no rule of the policy allows it"
        var rule: String?
        if frame.originalLength != frame.bytes.count {
            kind = .cutOff
            reason = "the capture holds only \(frame.bytes.count) of its \(frame.originalLength) bytes"
        } else if let address = realAddresses?.first(in: bytes, decoded) {
            kind = .realHardwareAddress
            reason = "it shows the hardware address \(address) that the guest's network card came with"
        } else {
            switch verdict(on: decoded, bytes) {
            case .allowed(let index):
                report.allowances[index].add(frame.originalLength)
                record(flow, length: frame.originalLength)
                return nil
            case .broken(let index, let flaw):
                (kind, reason, rule) = (.ruleBroken, flaw, allowances[index].purpose)
            case .notAllowed:
                kind = .notAllowed
            }
        }
        record(flow, length: frame.originalLength)
        report.findings += 1
        let application = Application.decode(decoded, bytes)
        return LeakFinding(
            kind: kind,
            rule: rule,
            reason: reason,
            summary: decoded.summary(with: application),
            flow: flow,
            isDNS: application.isDNS,
            in: frame
        )
    }

    // MARK: - Rules

    private enum Verdict {
        case allowed(Int)
        case broken(Int, String)
        case notAllowed
    }

    private func verdict(on frame: DecodedFrame, _ bytes: Span<UInt8>) -> Verdict {
        var firstBroken: Verdict?
        for index in allowances.indices {
            switch allowances[index].rule.verdict(on: frame, bytes, guest: guest) {
            case .allowed: return .allowed(index)
            case .broken(let flaw): firstBroken = firstBroken ?? .broken(index, flaw)
            case .unconcerned: continue
            }
        }
        return firstBroken ?? .notAllowed
    }

    // MARK: - Records

    private mutating func record(_ flow: Flow, length: Int) {
        if let index = flowIndices[flow] {
            report.flows[index].frames += 1
            report.flows[index].bytes += length
        } else if report.flows.count < Self.mostFlows {
            flowIndices[flow] = report.flows.count
            report.flows.append(FlowRecord(flow: flow, frames: 1, bytes: length))
        } else {
            report.framesOfFlowsNotKept += 1
        }
    }

    private mutating func finding(
        _ kind: LeakFinding.Kind,
        _ error: FrameDecodingError,
        in frame: CapturedFrame
    ) -> LeakFinding {
        let bytes = frame.bytes
        func address(_ offset: Int) -> FlowParty {
            let part = bytes.dropFirst(offset).prefix(6)
            return .hardware(MACAddress(rawValue: part.reduce(0) { $0 << 8 | UInt64($1) }))
        }
        let flow = Flow(protocol: .undecodable, source: address(6), destination: address(0))
        record(flow, length: frame.originalLength)
        report.findings += 1
        let inside = error.inside.first.map { " in \($0)" } ?? ""
        return LeakFinding(
            kind: kind,
            rule: nil,
            reason: error.summary.trimmingFullStop,
            summary: "undecodable \(error.header.rawValue)\(inside)",
            flow: flow,
            isDNS: false,
            in: frame
        )
    }
}

extension Application {
    fileprivate var isDNS: Bool {
        if case .dns(_, .dns) = self { true } else { false }
    }
}

extension LeakFinding {
    fileprivate init(
        kind: Kind,
        rule: String?,
        reason: String,
        summary: String,
        flow: Flow,
        isDNS: Bool,
        in frame: CapturedFrame
    ) {
        self.init(
            kind: kind,
            rule: rule,
            reason: reason,
            summary: summary,
            flow: flow,
            isDNS: isDNS,
            frameNumber: frame.number,
            timestamp: frame.timestamp,
            length: frame.originalLength,
            hex: hexadecimalText(of: frame.bytes.prefix(96))
        )
    }
}

extension String {
    fileprivate var trimmingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
