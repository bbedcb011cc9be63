import CaptureFiles
import Foundation
import FrameBuilding
import PacketDecoding

/// Compares what our decoder says of each frame of a capture with what tshark says.
///
///     packet-opinion links
///     packet-opinion samples LINK > CAPTURE
///     packet-opinion fields
///     tshark -r CAPTURE -T fields … | packet-opinion compare CAPTURE
@main
struct PacketOpinion {
    static func main() {
        switch CommandLine.arguments.dropFirst().first {
        case "links": print(LinkType.decodable.map { "\($0.rawValue)" }.joined(separator: " "))
        case "samples" where CommandLine.arguments.count == 3:
            let link = LinkType(rawValue: UInt32(CommandLine.arguments[2]) ?? .max)
            FileHandle.standardOutput.write(Data(samples(link)))
        case "fields": print(TsharkOpinion.fields.map { "-e \($0)" }.joined(separator: " "))
        case "compare" where CommandLine.arguments.count == 3: exit(compare(CommandLine.arguments[2]))
        default:
            print("usage: packet-opinion links | samples LINK | fields | compare CAPTURE < FIELDS")
            exit(2)
        }
    }

    /// A capture of libpcap's classic format, with a frame of every protocol that is decoded and the link can carry.
    private static func samples(_ link: LinkType) -> [UInt8] {
        var file = bytes(UInt32(0xa1b2_c3d4)) + [0, 2, 0, 4] + Array(repeating: 0, count: 8)
        file += bytes(UInt32(262_144)) + bytes(link.rawValue)
        for sample in FrameBuilder().samples where isCarried(sample, by: link) {
            let frame = FrameBuilder.captured(sample, on: link)
            let length = bytes(UInt32(frame.count))
            file += bytes(UInt32(1_700_000_000)) + [0, 0, 0, 0] + length + length + frame
        }
        return file
    }

    private static func isCarried(_ frame: [UInt8], by link: LinkType) -> Bool {
        let type = UInt16(frame[12]) << 8 | UInt16(frame[13])
        return switch link {
        case .ethernet: true
        // Frames of 802.3 have no type.
        case .linuxCooked, .linuxCooked2: type >= 0x0600
        case .ipv4: type == EtherType.ipv4.rawValue
        case .ipv6: type == EtherType.ipv6.rawValue
        default: type == EtherType.ipv4.rawValue || type == EtherType.ipv6.rawValue
        }
    }

    /// Returns the exit status: 0 when both agree on every frame that ours does not refuse.
    private static func compare(_ path: String) -> Int32 {
        var others: [Int: TsharkOpinion] = [:]
        while let line = readLine() {
            if let other = TsharkOpinion(line: line) { others[other.number] = other }
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            print("unreadable\t\(path)")
            return 2
        }
        var comparison = Comparison()
        var reader = CaptureReader()
        do throws(CaptureFileError) {
            while let chunk = try? file.read(upToCount: 1 << 20), !chunk.isEmpty {
                reader.feed(chunk)
                while let record = try reader.next() {
                    guard !record.isCut else {
                        comparison.cut += 1
                        continue
                    }
                    guard let other = others[record.number] else { continue }
                    let own = OwnOpinion(reader.buffer.span.extracting(record.bytes), as: record.link)
                    comparison.add(own, other, place: "\(path):\(record.number)")
                }
            }
            try reader.finish()
        } catch {
            print("file\t1\t\(error.summary)\t\(path)")
        }
        comparison.report(path)
        return comparison.agreed == comparison.compared ? 0 : 1
    }
}
