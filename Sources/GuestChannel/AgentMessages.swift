import FoundationEssentials

// The commands of the QEMU guest agent that are used here, and its answers:
// https://www.qemu.org/docs/master/interop/qemu-ga-ref.html

struct AgentCommand<Arguments: Encodable>: Encodable {
    let execute: String
    let arguments: Arguments?

    init(_ execute: String, _ arguments: Arguments?) {
        self.execute = execute
        self.arguments = arguments
    }
}

struct NoArguments: Encodable {}

struct AgentAnswer<Value: Decodable>: Decodable {
    let value: Value

    enum CodingKeys: String, CodingKey {
        case value = "return"
    }
}

/// The answer `{}`, which says that it was done.
struct Done: Decodable {}

struct ExecArguments: Encodable {
    let path: String
    let arg: [String]
    let inputData: String?
    let captureOutput = true

    enum CodingKeys: String, CodingKey {
        case path, arg
        case inputData = "input-data"
        case captureOutput = "capture-output"
    }
}

struct Started: Decodable {
    let pid: Int
}

struct ProcessReference: Encodable {
    let pid: Int
}

struct ExecStatus: Decodable {
    let exited: Bool
    let exitcode: Int?
    let signal: Int?
    let outData: String?
    let errData: String?
    let outTruncated: Bool?
    let errTruncated: Bool?

    enum CodingKeys: String, CodingKey {
        case exited, exitcode, signal
        case outData = "out-data"
        case errData = "err-data"
        case outTruncated = "out-truncated"
        case errTruncated = "err-truncated"
    }
}

struct OpenArguments: Encodable {
    let path: String
    let mode: String
}

struct FileReference: Encodable {
    let handle: Int
}

struct ReadArguments: Encodable {
    let handle: Int
    let count: Int
}

struct ReadAnswer: Decodable {
    let count: Int
    let bufB64: String
    let eof: Bool

    enum CodingKeys: String, CodingKey {
        case count, eof
        case bufB64 = "buf-b64"
    }
}

struct WriteArguments: Encodable {
    let handle: Int
    let bufB64: String

    enum CodingKeys: String, CodingKey {
        case handle
        case bufB64 = "buf-b64"
    }
}

struct WriteAnswer: Decodable {
    let count: Int
}

struct TimeArguments: Encodable {
    /// Nanoseconds since 1970.
    let time: Int
}
