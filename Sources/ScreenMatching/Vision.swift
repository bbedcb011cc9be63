import CVision
package import Diagnostics
import Pictures

/// A reason why a picture could not be looked at.
///
/// None of them says anything about what it shows.
package enum VisionError: ExplainedError, Equatable {
    /// The machine has no memory left.
    case outOfMemory(during: String)
    /// Something that our own code guarantees did not hold.
    case broken(during: String, status: UInt32)
    /// A needle was found, but nowhere.
    case noPlace(String)

    package var blame: Blame {
        switch self {
        case .outOfMemory: .host
        case .broken, .noPlace: .harness
        }
    }

    package var summary: String {
        switch self {
        case .outOfMemory(let act): "There was not enough memory for \(act)."
        case .broken(let act, let status):
            "\(act.prefix(1).uppercased() + act.dropFirst()) broke with status \(status)."
        case .noPlace(let needle): "Expected a place for the needle \"\(needle)\", which was found, but there is none."
        }
    }

    static func check(_ status: cvision_status, during act: String) throws(VisionError) {
        switch status {
        case CVISION_OK: return
        case CVISION_OUT_OF_MEMORY: throw .outOfMemory(during: act)
        default: throw .broken(during: act, status: status.rawValue)
        }
    }
}

extension Picture {
    func withVisionPicture<R>(_ body: (cvision_picture) -> R) -> R {
        bytes.withUnsafeBufferPointer { bytes in
            body(
                cvision_picture(
                    pixels: bytes.baseAddress,
                    width: Int32(width),
                    height: Int32(height),
                    stride: width * 4
                )
            )
        }
    }
}

extension cvision_rect {
    init(_ rectangle: Rectangle) {
        self.init(
            x: Int32(clamping: rectangle.x),
            y: Int32(clamping: rectangle.y),
            width: Int32(clamping: rectangle.width),
            height: Int32(clamping: rectangle.height)
        )
    }
}

extension Rectangle {
    init(_ rect: cvision_rect) {
        self.init(x: Int(rect.x), y: Int(rect.y), width: Int(rect.width), height: Int(rect.height))
    }
}
