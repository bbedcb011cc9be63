/// An answer of DNS (RFC 1035) by which every name leads to the same place, such as the sinkhole.
package enum NameAnswer {
    private static let addressType: UInt16 = 1
    private static let address6Type: UInt16 = 28

    /// Answers a query with one question by an address of the sinkhole, or returns `nil` for anything else.
    static func answer(to query: [UInt8]) -> [UInt8]? {
        answer(
            to: query,
            address: IPText(AddressPlan.sinkhole)?.bytes ?? [],
            address6: IPText(AddressPlan.sinkhole6)?.bytes ?? []
        )
    }

    /// Answers a query with one question by one of the addresses, of 4 and 16 bytes; or returns `nil` for anything else.
    package static func answer(to query: [UInt8], address: [UInt8], address6: [UInt8]) -> [UInt8]? {
        // A query (QR 0) of the standard kind (OPCODE 0) with one question.
        guard query.count >= 12, query[2] & 0xf8 == 0, query[4] == 0, query[5] == 1 else { return nil }
        guard let end = endOfName(query), query.count >= end + 4 else { return nil }
        let type = UInt16(query[end]) << 8 | UInt16(query[end + 1])
        let data: [UInt8]? =
            switch type {
            case addressType: address
            case address6Type: address6
            default: nil
            }
        // A response, recursion desired if it was, and available.
        var message = Array(query[0..<2]) + [0x80 | query[2] & 1, 0x80, 0, 1, 0, data == nil ? 0 : 1, 0, 0, 0, 0]
        message += query[12..<end + 4]
        if let data {
            // The name by a pointer to the question, class IN, to be kept for a minute.
            message += [0xc0, 12, 0, UInt8(type), 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
        }
        return message
    }

    private static func endOfName(_ query: [UInt8]) -> Int? {
        var offset = 12
        while offset < query.count, offset < 12 + 255 {
            let length = Int(query[offset])
            if length == 0 { return offset + 1 }
            guard length < 64 else { return nil }
            offset += 1 + length
        }
        return nil
    }
}
