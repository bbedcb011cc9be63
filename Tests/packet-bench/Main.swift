import ApplicationDecoding
import CaptureFiles
import Glibc
import LeakPolicy
import OfflineJudging
import PacketAssembly
import PacketDecoding
import StrictYAML

/// Measures how many packets and bytes a second one core reads, decodes and judges, over 200 MB in memory.
///
///     packet-bench [WORD]                    only what has the word in its name
///     packet-bench --capture SIZE MEGABYTES  writes a capture of frames of one size, for ci/bench
///     packet-bench --policy | --run          writes by which policy and in which run they are judged
@main
struct PacketBench {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 4, arguments[1] == "--capture", let size = Int(arguments[2]),
            let bytes = Int(arguments[3])
        {
            write(TorMix(bytes: bytes << 20, seed: 3, size: size).capture)
            return
        }
        switch arguments.dropFirst().first {
        case "--policy": return print(EveryRule.policy(), terminator: "")
        case "--run": return print(EveryRule.run, terminator: "")
        default: break
        }
        let mix = TrafficMix(bytes: 200 << 20, seed: 1)
        let span = mix.bytes.span
        measure("decode", mix) {
            var total = 0
            for range in mix.frames {
                if let frame = try? decode(span.extracting(range)) { total &+= frame.trailer.count &+ 1 }
            }
            return total
        }
        measure("decode with applications", mix) {
            var total = 0
            for range in mix.frames {
                let bytes = span.extracting(range)
                guard let frame = try? decode(bytes) else { continue }
                if Application.decode(frame, bytes) != .none { total &+= 1 }
            }
            return total
        }
        measure("decode and put streams in order", mix) {
            var assembler = StreamAssembler()
            var total = 0
            for range in mix.frames {
                let bytes = span.extracting(range)
                guard let frame = try? decode(bytes), case .ipv4(let packet) = frame.content,
                    case .tcp(let segment) = packet.transport
                else { continue }
                let key = StreamKey(
                    source: Endpoint(address: .v4(packet.source), port: segment.sourcePort),
                    destination: Endpoint(address: .v4(packet.destination), port: segment.destinationPort)
                )
                total &+= assembler.add(segment, bytes, in: key).inOrder.count
            }
            return total
        }
        let frames = mix.frames.enumerated().map { index, range in
            CapturedFrame(number: index + 1, timestamp: 0, direction: .fromGuest, bytes: Array(mix.bytes[range]))
        }
        let policy = try policy()
        measure("decode and judge", mix) {
            var judge = LeakJudge(policy: policy.0, guest: policy.1)
            var total = 0
            for frame in frames where judge.judge(frame) == nil { total &+= 1 }
            return total
        }
        var encoder = PCAPNGEncoder(interface: "bench")
        for frame in frames { encoder.append(frame, comments: []) }
        let file = encoder.bytes
        measure("read pcapng and decode", mix) { read(file) }
        try measureEveryRule()
    }

    /// Judges what a guest sends that keeps to a policy of which every part is used, as frames and as a capture.
    private static func measureEveryRule() throws {
        let mix = TorMix(bytes: 200 << 20, seed: 2)
        let (policy, guest) = try EveryRule.terms()
        let (nameless, _) = try EveryRule.terms(identity: "allowed")
        measure("judge by every rule but those about who the guest is", packets: mix.frames.count, bytes: mix.byteCount)
        {
            var judge = LeakJudge(policy: nameless, guest: guest)
            judge.enter(.connected)
            var total = 0
            for frame in mix.frames where judge.judge(frame) == nil { total &+= 1 }
            return total
        }
        measure("judge by every rule", packets: mix.frames.count, bytes: mix.byteCount) {
            var judge = LeakJudge(policy: policy, guest: guest)
            judge.enter(.connected)
            var total = 0
            for frame in mix.frames where judge.judge(frame) == nil { total &+= 1 }
            return total
        }
        measure("judge a capture by every rule", mix, policy, guest)
        for size in [64, 630, 1_514] {
            let mix = TorMix(bytes: 100 << 20, seed: 3, size: size)
            measure("judge a capture of frames of \(size) bytes by every rule", mix, policy, guest)
        }
    }

    private static func measure(_ name: String, _ mix: TorMix, _ policy: ResolvedLeakPolicy, _ guest: GuestFacts) {
        let file = mix.capture
        measure(name, packets: mix.frames.count, bytes: mix.byteCount) {
            var judge = OfflineJudge(
                capture: "bench",
                policy: policy,
                guest: guest,
                direction: GuestDirection(),
                phase: .connected
            )
            for start in stride(from: 0, to: file.count, by: 256 << 10) {
                try? judge.feed(file[start..<min(start + 256 << 10, file.count)])
            }
            return (try? judge.finish()).map { $0.report.framesFromGuest - $0.findingCount } ?? 0
        }
    }

    private static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 else { exit(74) }
            rest = rest.dropFirst(written)
        }
    }

    private static func read(_ file: [UInt8]) -> Int {
        var reader = CaptureReader()
        var total = 0
        for start in stride(from: 0, to: file.count, by: 1 << 20) {
            reader.feed(file[start..<min(start + 1 << 20, file.count)])
            while let record = try? reader.next() {
                let bytes = reader.buffer.span.extracting(record.bytes)
                if (try? decode(bytes, as: record.link)) != nil { total &+= 1 }
            }
        }
        return total
    }

    /// Prints the best of five runs, in the processor's time, for others share the machine.
    private static func measure(_ name: String, _ mix: TrafficMix, _ work: () -> Int) {
        measure(name, packets: mix.frames.count, bytes: mix.bytes.count, work)
    }

    private static func measure(_ name: String, packets: Int, bytes: Int, _ work: () -> Int) {
        if CommandLine.arguments.count > 1, !name.contains(CommandLine.arguments[1]) { return }
        var best = Double.infinity
        var result = 0
        for _ in 0..<5 {
            let start = processorSeconds
            result = work()
            best = min(best, processorSeconds - start)
        }
        let seconds = best
        print(
            "\(name): \((Double(packets) / seconds / 1e6).rounded(to: 2)) million packets/s,",
            "\((Double(bytes) / seconds / 1e9).rounded(to: 2)) GB/s",
            "(\(packets) packets, result \(result))"
        )
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func policy() throws -> (ResolvedLeakPolicy, GuestFacts) {
        let text = """
            version: 1
            name: bench
            ipv6: none
            real-hardware-addresses: forbidden
            allowed:
              - purpose: Tor relays
                tcp:
                  to: [192.0.2.7:9001]
              - purpose: names
                udp:
                  to: [203.0.113.53:53]
              - purpose: ARP
                arp:
                  operations: [request, reply]
            """
        let policy = try LeakPolicy(yaml: text, file: "bench.policy.yaml").resolved(with: [:])
        guard let subnet = IPv4Subnet("10.2.1.0/24"), let gateway = IPv4Address("10.2.1.1"),
            let real = MACAddress("52:54:00:12:34:56")
        else { preconditionFailure("The texts of the addresses are written above.") }
        return (policy, GuestFacts(hardwareAddresses: [real], subnet: subnet, gateway: gateway))
    }
}

extension Double {
    fileprivate func rounded(to digits: Int) -> Double {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
