package import CucumberMessages
import Foundation

/// A line of a record, as it was read.
package enum RecordedLine: Sendable {
    /// A good line.
    case envelope(Envelope)
    /// A line that holds no message that is known here; the number counts from 1.
    case invalid(line: Int, reason: String)
    /// The last line, when it is not complete: its writer was killed.
    case torn(line: Int)
}

/// The lines of a record, read one by one.
package struct MessageLines {
    /// No line may be longer, in bytes.
    package static let longestLine = 256 << 20

    private let path: String
    private let file: FileHandle
    private let decoder = JSONDecoder()
    private var buffer = Data()
    private var number = 0
    private var isAtEnd = false

    /// Opens a record.
    ///
    /// - Throws: ``ReportError/unreadable(path:reason:)``.
    package init(path: String) throws(ReportError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.path = path
    }

    /// Reads the next line that is not empty, or returns `nil` at the end.
    ///
    /// - Throws: ``ReportError/unreadable(path:reason:)`` or ``ReportError/lineTooLong(path:line:limit:)``.
    package mutating func next() throws(ReportError) -> RecordedLine? {
        var searched = 0
        while true {
            if let feed = buffer[(buffer.startIndex + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[..<feed]
                buffer = buffer[(feed + 1)...]
                searched = 0
                number += 1
                if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
                return parse(line)
            }
            searched = buffer.count
            guard searched <= Self.longestLine else {
                throw .lineTooLong(path: path, line: number + 1, limit: Self.longestLine)
            }
            if isAtEnd {
                guard !buffer.isEmpty else { return nil }
                buffer = Data()
                return .torn(line: number + 1)
            }
            try fill()
        }
    }

    private mutating func fill() throws(ReportError) {
        do {
            let piece = try file.read(upToCount: 1 << 18) ?? Data()
            isAtEnd = piece.isEmpty
            // A copy, so that what was read already is given back.
            buffer = Data(buffer) + piece
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
    }

    private func parse(_ line: Data) -> RecordedLine {
        do {
            return .envelope(try decoder.decode(Envelope.self, from: line))
        } catch let error as DecodingError {
            return .invalid(line: number, reason: error.shortReason)
        } catch {
            return .invalid(line: number, reason: "\(error)")
        }
    }
}

extension ReportGroup {
    /// Feeds a recorded run to the reports; what can't be read is noted, and the rest is still told.
    ///
    /// - Throws: ``ReportError``.
    package mutating func receive(recordAt path: String) throws(ReportError) {
        var lines = try MessageLines(path: path)
        try receive(&lines)
    }

    mutating func receive(_ lines: inout MessageLines) throws(ReportError) {
        while let line = try lines.next() {
            switch line {
            case .envelope(let envelope): try receive(envelope)
            case .invalid(let number, let reason): note(problem: "line \(number): \(reason)")
            case .torn: break
            }
        }
    }
}

extension DecodingError {
    fileprivate var shortReason: String {
        switch self {
        case .keyNotFound(let key, let context): "\(key.stringValue) is missing at \(context.place)"
        case .typeMismatch(let type, let context): "\(type) was expected at \(context.place)"
        case .valueNotFound(let type, let context): "\(type) was expected at \(context.place), not null"
        case .dataCorrupted(let context): context.debugDescription
        @unknown default: "\(self)"
        }
    }
}

extension DecodingError.Context {
    fileprivate var place: String {
        codingPath.isEmpty ? "the top" : codingPath.map(\.stringValue).joined(separator: ".")
    }
}
