import FrameBuilding
import LeakPolicy
import PacketDecoding
import Testing

/// What systemd-networkd 252 sends with `ClientIdentifier=mac` and `SendHostname=no`, as captured from a guest.
private enum Captured {
    static let discover =
        "ffffffffffff9a43f7bd90a2080045c00128000000004011790600000000ffffffff004400430114e2330101060015a0976700010000000000000000000000000000000000009a43f7bd90a2"
        + String(repeating: "00", count: 202)
        + "638253633501013d07019a43f7bd90a2370d0103060f1f212b2c2e2f79f9fcff"

    static let request =
        "ffffffffffff9a43f7bd90a2080045c0013400000000401178fa00000000ffffffff004400430120c69b0101060015a0976700010000000000000000000000000000000000009a43f7bd90a2"
        + String(repeating: "00", count: 202)
        + "638253633501033d07019a43f7bd90a2370d0103060f1f212b2c2e2f79f9fc36040a00020232040a00020fff"

    static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { offset in
            UInt8(hex.dropFirst(offset).prefix(2), radix: 16)
        }
    }
}

@Suite("Judging frames of a real guest")
struct CapturedFrameTests {
    private func finding(_ hex: String, realHardware: MACAddress) throws -> LeakFinding? {
        let policy = try LeakPolicy(yaml: Samples.policyText, file: "p.yaml")
        var judge = LeakJudge(
            policy: try policy.resolved(with: ["tor-relays": [Samples.relay]]),
            guest: GuestFacts(
                hardwareAddresses: [realHardware],
                subnet: try #require(IPv4Subnet("10.0.2.0/24")),
                gateway: try #require(IPv4Address("10.0.2.2"))
            )
        )
        return judge.judge(Samples.frame(Captured.bytes(hex)))
    }

    @Test("the way to a lease is clean", arguments: [Captured.discover, Captured.request])
    func lease(_ hex: String) throws {
        let found = try finding(hex, realHardware: Samples.realHardware)
        #expect(found == nil, "\(found?.reason ?? "")")
    }

    @Test("the same from the card's real address is a leak", arguments: [Captured.discover, Captured.request])
    func unspoofed(_ hex: String) throws {
        let real = try #require(MACAddress("9a:43:f7:bd:90:a2"))
        #expect(try finding(hex, realHardware: real)?.kind == .realHardwareAddress)
    }
}
