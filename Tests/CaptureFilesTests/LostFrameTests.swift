import CaptureFiles
import FrameBuilding
import PacketDecoding
import Testing

private let frame = FrameBuilder().samples[0]

@Suite("What a capture says that it missed")
struct LostFrameTests {
    private let make = CaptureSamples()
    private var begin: [UInt8] { make.section + make.interface() + make.interface() }

    private func dropped(_ code: UInt16, _ count: UInt64) -> [UInt8] { make.option(code, make.number(count)) }

    @Test("frames dropped for lack of room and by the system are counted", arguments: [5, 7] as [UInt16])
    func statistics(_ code: UInt16) {
        let file = begin + make.enhanced(frame) + make.statistics(options: dropped(4, 9) + dropped(code, 3))
        let read = ReadCapture(file)
        #expect(read.error == nil)
        #expect(read.lostFrames == 3)
    }

    @Test("frames that a filter left out, and none at all, are no loss", arguments: [[], [4, 6, 8]] as [[UInt16]])
    func noLoss(_ codes: [UInt16]) {
        let options = codes.flatMap { dropped($0, 9) } + dropped(5, 0) + dropped(7, 0)
        #expect(ReadCapture(begin + make.statistics(options: options)).lostFrames == 0)
        #expect(ReadCapture(begin + make.enhanced(frame)).lostFrames == 0)
    }

    @Test("of an interface the greatest counts, of several and of all sections the sum")
    func sums() {
        var file = begin + make.statistics(options: dropped(5, 2) + dropped(7, 1))
        file += make.statistics(options: dropped(5, 4)) + make.statistics(interface: 1, options: dropped(7, 10))
        file += begin + make.statistics(options: dropped(5, 100))
        #expect(ReadCapture(file).lostFrames == 114)
        let all = make.statistics(options: dropped(5, .max) + dropped(7, .max))
        #expect(ReadCapture(begin + all + begin + all).lostFrames == .max)
    }

    @Test("a frame can tell how many were lost before it")
    func beforeFrames() {
        func packet(_ lost: UInt16) -> [UInt8] {
            let count = make.number(UInt32(frame.count))
            return make.block(
                2,
                make.number(UInt16(0)) + make.number(lost) + make.number(UInt64(0)) + count + count + frame
            )
        }
        #expect(ReadCapture(begin + make.enhanced(frame, options: dropped(4, 6))).lostFrames == 6)
        #expect(ReadCapture(begin + make.enhanced(frame, options: dropped(4, 0))).lostFrames == 0)
        #expect(ReadCapture(begin + packet(5) + packet(2)).lostFrames == 7)
        #expect(ReadCapture(begin + packet(0) + packet(.max)).lostFrames == 0)
    }

    @Test("statistics that are none are refused")
    func refused() {
        let files: [([UInt8], String)] = [
            (make.section + make.statistics(options: dropped(5, 1)), "interface"),
            (begin + make.statistics(interface: 2, options: []), "interface"),
            (begin + make.statistics(options: make.option(5, [1, 2, 3, 4])), "option 5"),
            (begin + make.enhanced(frame, options: make.option(4, [1])), "option 4"),
            (begin + make.block(5, [0, 0, 0, 0]), "length"),
        ]
        for (file, field) in files {
            guard case .invalid(_, _, let seen, _, _) = ReadCapture(file).error else {
                Issue.record("no error for the \(field)")
                continue
            }
            #expect(seen == field)
        }
    }
}
