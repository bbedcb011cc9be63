import CaptureFiles
import FrameBuilding
import LeakPolicy
import OfflineJudging
import PacketDecoding
import StrictYAML

/// Captures as Assay writes them, and as others do.
struct CaptureBuilder {
    enum Part {
        case sent([UInt8])
        case received([UInt8])
        case canary
        /// A comment beside the next frame.
        case comment(String)
        /// What the capture's end says of frames that it missed.
        case statistics(drops: Int)
    }

    static let guest = FrameBuilder()
    static let gateway = IPv4Address(rawValue: 0x0a02_0101)
    static let relay = Endpoint(address: .v4(IPv4Address(rawValue: 0xc633_6407)), port: 9001)

    static let policy = """
        version: 1
        name: test
        ipv6: none
        real-hardware-addresses: forbidden
        allowed:
          - purpose: Relays
            tcp:
              to: [relays]
          - purpose: Stations
            arp:
              operations: [request]
        """

    static let canary: [UInt8] = {
        var frame: [UInt8] = [3, 0x41, 0x53, 0x53, 0x41, 0x59, 2, 1, 2, 3, 4, 5, 0x88, 0xb5]
        frame += Array(repeating: 0x5a, count: 16) + Array("Assay canary".utf8)
        return frame + Array(repeating: 0, count: 60 - frame.count)
    }()

    /// A capture with one frame after the other, canaries where they are said to be.
    static func pcapng(_ parts: Part...) -> [UInt8] {
        var encoder = PCAPNGEncoder(interface: "tap")
        var number = 0
        var comments: [String] = []
        func frame(_ bytes: [UInt8], _ direction: FrameDirection) -> CapturedFrame {
            number += 1
            return CapturedFrame(
                number: number,
                timestamp: 1_700_000_000_000_000_000,
                direction: direction,
                bytes: bytes
            )
        }
        for part in parts {
            switch part {
            case .sent(let bytes): encoder.append(frame(bytes, .fromGuest), comments: comments)
            case .received(let bytes): encoder.append(frame(bytes, .toGuest), comments: comments)
            case .canary:
                encoder.append(frame(canary, .fromGuest), comments: comments + ["canary: the capture is alive"])
            case .comment(let text):
                comments.append(text)
                continue
            case .statistics(let drops):
                encoder.appendStatistics(startedAt: 1, endedAt: 2, frames: number, drops: drops, comments: [])
            }
            comments = []
        }
        return encoder.bytes
    }

    /// A capture of libpcap's classic format, which tells no directions.
    static func pcap(link: UInt32 = 1, _ frames: [UInt8]...) -> [UInt8] {
        pcap(link: LinkType(rawValue: link), frames)
    }

    static func pcap(link: LinkType, _ frames: [[UInt8]]) -> [UInt8] {
        func little(_ number: UInt32) -> [UInt8] { bytes(number).reversed() }
        var file = little(0xa1b2_c3d4) + [2, 0, 4, 0] + little(0) + little(0) + little(262_144) + little(link.rawValue)
        for frame in frames {
            file +=
                little(1_700_000_000) + little(0) + little(UInt32(frame.count)) + little(UInt32(frame.count)) + frame
        }
        return file
    }

    /// A capture of pcapng's with an interface of each link, and the frames of each by the interfaces' places.
    static func pcapng(links: [LinkType], _ frames: [(interface: Int, [UInt8])]) -> [UInt8] {
        func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
            let padded = body + Array(repeating: 0, count: (4 - body.count % 4) % 4)
            let length = bytes(UInt32(12 + padded.count))
            return bytes(type) + length + padded + length
        }
        var file = block(0x0a0d_0d0a, [0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0] + Array(repeating: 0xff, count: 8))
        for link in links { file += block(1, bytes(UInt16(link.rawValue)) + [0, 0, 0, 0, 0, 0]) }
        for (interface, frame) in frames {
            let length = bytes(UInt32(frame.count))
            file += block(6, bytes(UInt32(interface)) + [0, 0, 0, 0, 0, 0, 0, 1] + length + length + frame)
        }
        return file
    }

    static func judge(
        _ file: [UInt8],
        policy text: String = policy,
        from addresses: Set<MACAddress> = [],
        hosts: Set<IPAddress> = [],
        at side: GuestDirection.Side? = nil,
        chunk: Int = 61,
        real: Set<MACAddress> = [],
        earlier: [(guest: Endpoint, other: Endpoint)] = []
    ) throws -> OfflineVerdict {
        var facts = RunFacts()
        try facts.addGroup("relays=198.51.100.0/24:9001")
        (facts.subnet, facts.gateway) = (IPv4Subnet("10.2.1.0/24"), gateway)
        facts.realAddresses = real
        let policy = try LeakPolicy(yaml: text, file: "p.yaml")
        var judge = OfflineJudge(
            capture: "test",
            policy: try policy.resolved(to: facts.groups.filter { policy.groups.contains($0.key) }),
            guest: try facts.guest(),
            direction: GuestDirection(capturedAt: side, guestAddresses: addresses, guestHosts: hosts),
            earlierConnections: earlier
        )
        for start in stride(from: 0, to: file.count, by: chunk) {
            try judge.feed(file[start..<min(start + chunk, file.count)])
        }
        return try judge.finish()
    }
}
