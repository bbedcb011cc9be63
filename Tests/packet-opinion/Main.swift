import CaptureFiles
import Foundation
import FrameBuilding
import PacketDecoding

/// Compares what our decoder says of each frame of a capture with what tshark says.
///
///     packet-opinion samples > CAPTURE
///     packet-opinion fields
///     tshark -r CAPTURE -T fields … | packet-opinion compare CAPTURE
@main
struct PacketOpinion {
    static func main() {
        switch CommandLine.arguments.dropFirst().first {
        case "samples": FileHandle.standardOutput.write(Data(samples))
        case "fields": print(TsharkOpinion.fields.map { "-e \($0)" }.joined(separator: " "))
        case "compare" where CommandLine.arguments.count == 3: exit(compare(CommandLine.arguments[2]))
        default:
            print("usage: packet-opinion samples | fields | compare CAPTURE < FIELDS")
            exit(2)
        }
    }

    /// A capture with a frame of every protocol that is decoded.
    private static var samples: [UInt8] {
        var encoder = PCAPNGEncoder(interface: "samples")
        for (index, bytes) in FrameBuilder().samples.enumerated() {
            let time = 1_700_000_000_000_000_000 + UInt64(index)
            let frame = CapturedFrame(number: index + 1, timestamp: time, direction: .fromGuest, bytes: bytes)
            encoder.append(frame, comments: [])
        }
        return encoder.bytes
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
