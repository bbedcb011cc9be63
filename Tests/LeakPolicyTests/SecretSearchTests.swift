import Foundation
import FrameBuilding
import LeakPolicy
import PacketDecoding
import Testing

private let guest = Samples.guest
private let secret = "Canary-7251-Host"

@Suite("Looking for secrets")
struct SecretSearchTests {
    /// Encodings by others' code, so that the judge's own can't be wrong in the same way.
    private static let encodings: [(String, [UInt8])] = {
        let data = Data(secret.utf8)
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        func wide(_ encoding: String.Encoding) -> [UInt8] { secret.data(using: encoding).map { Array($0) } ?? [] }
        let hex = data.map { String(format: "%02x", $0) }
        return [
            ("plain", Array(data)), ("lower case", text(secret.lowercased())),
            ("upper case", text(secret.uppercased())),
            ("UTF-16LE", wide(.utf16LittleEndian)), ("UTF-16BE", wide(.utf16BigEndian)),
            ("hex", text(hex.joined())), ("hex, upper case", text(hex.joined().uppercased())),
            ("hex with colons", text(hex.joined(separator: ":"))),
            ("hex with dashes", text(hex.joined(separator: "-"))),
            ("percent", text(hex.map { "%" + $0 }.joined())),
            ("Base64", text(data.base64EncodedString())),
            ("Base64 at 1", text((Data([1]) + data).base64EncodedString())),
            ("Base64 at 2", text((Data([1, 2]) + data).base64EncodedString())),
            ("Base64 of lower case", text(Data(secret.lowercased().utf8).base64EncodedString())),
            ("Base64 of UTF-16", text(Data(wide(.utf16LittleEndian)).base64EncodedString())),
        ]
    }()

    private func judge() throws -> LeakJudge {
        let policy = try LeakPolicy(yaml: Samples.policyText, file: "p.yaml")
        return LeakJudge(
            policy: try policy.resolved(with: ["tor-relays": [Samples.relay]]),
            guest: GuestFacts(
                hardwareAddresses: [Samples.realHardware],
                subnet: try #require(IPv4Subnet("10.2.1.0/24")),
                gateway: Samples.gateway,
                secrets: [try #require(PlantedSecret(name: "canary", bytes: Array(secret.utf8)))]
            )
        )
    }

    private static func noise(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test("every encoding is found wherever it stands in a frame", arguments: encodings)
    func anywhere(_ name: String, _ bytes: [UInt8]) throws {
        var generator = SeededGenerator(seed: 7)
        for offset in 0..<9 {
            for rest in [0, 1, 5] {
                var judge = try judge()
                let payload = Self.noise(offset, &generator) + bytes + Self.noise(rest, &generator)
                let frame = guest.tcp(to: Samples.relay, flags: 0x18, acknowledgement: 7, payload)
                #expect(judge.judge(Samples.frame(frame))?.check == .secret, "\(name) at \(offset)")
            }
        }
    }

    @Test("every encoding is found across the border of two segments, wherever that is", arguments: encodings)
    func borders(_ name: String, _ bytes: [UInt8]) throws {
        // The last characters of Base64 depend on what follows, and long texts are told by their beginning.
        let end = min(bytes.count, 22)
        for border in 1..<end {
            var judge = try judge()
            let frames = guest.stream(to: Samples.relay, [[0x5a] + bytes[..<border], bytes[border...] + [0x5a]])
            let found = frames.compactMap { judge.judge(Samples.frame($0))?.check }
            #expect(found == [.secretAcrossSegments] || found == [.secret], "\(name) cut at \(border): \(found)")
        }
    }

    @Test("noise holds no secret")
    func noise() throws {
        var generator = SeededGenerator(seed: 9)
        var judge = try judge()
        for index in 0..<7 {
            let parts = (0..<10).map { _ in Self.noise(1_400, &generator) }
            for frame in guest.stream(to: Samples.relay, from: 40_000 + UInt16(index), parts) {
                #expect(judge.judge(Samples.frame(frame)) == nil)
            }
        }
        #expect(judge.report.doubts == [])
    }

    @Test("a secret that chance would find is refused")
    func short() {
        #expect(PlantedSecret(name: "user", bytes: Array("user".utf8)) == nil)
        #expect(PlantedSecret(name: "user", bytes: Array("amnesia".utf8)) != nil)
    }
}
