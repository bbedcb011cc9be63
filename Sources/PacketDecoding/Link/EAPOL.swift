/// A message of port access control (IEEE 802.1X), such as a request for a user's name.
package struct EAPOL: Hashable, Sendable {
    /// The message of EAP inside (RFC 3748).
    package struct EAP: Hashable, Sendable {
        /// 1 request, 2 response, 3 success, 4 failure.
        package let code: UInt8
        package let identifier: UInt8
        /// 1 identity; only requests and responses have one.
        package let type: UInt8?
        /// What follows the type: the user's name in the response to a request for the identity.
        package let data: [UInt8]
    }

    package let version: UInt8
    /// 0 EAP, 1 start, 2 log-off, 3 key.
    package let type: UInt8
    package let eap: EAP?

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> (EAPOL, Int) {
        try bytes.require(4, of: window, for: .eapol)
        let start = window.lowerBound
        let length = Int(bytes.u16(start + 2))
        try bytes.require(4 + length, of: window, for: .eapol)
        let body = start + 4..<start + 4 + length
        let type = bytes[start + 1]
        let eap = type == 0 ? try decodeEAP(bytes, body) : nil
        return (EAPOL(version: bytes[start], type: type, eap: eap), body.upperBound)
    }

    private static func decodeEAP(_ bytes: Span<UInt8>, _ body: Range<Int>) throws(FrameDecodingError) -> EAP {
        try bytes.require(4, of: body, for: .eapol)
        let start = body.lowerBound
        let length = Int(bytes.u16(start + 2))
        guard length == body.count else {
            throw .invalid(.eapol, at: start + 2, "EAP length", expected: "\(body.count)", seen: length)
        }
        let hasType = bytes[start] <= 2
        if hasType { try bytes.require(5, of: body, for: .eapol) }
        return EAP(
            code: bytes[start],
            identifier: bytes[start + 1],
            type: hasType ? bytes[start + 4] : nil,
            data: bytes.copy((hasType ? start + 5 : start + 4)..<body.upperBound)
        )
    }

    var summary: String {
        let names: [UInt8: String] = [0: "EAP", 1: "start", 2: "log-off", 3: "key"]
        let isName = eap?.code == 2 && eap?.type == 1
        return "EAPOL \(names[type] ?? "type \(type)")"
            + (isName ? ", identity “\(printable(String(decoding: eap?.data ?? [], as: UTF8.self)))”" : "")
    }
}
