import Foundation
import Testing

/// The minimal reference image; `ci/test` names it.
private let testImage = ProcessInfo.processInfo.environment["ASSAY_TEST_IMAGE"]

extension EndToEnd {
    @Suite("The reference image", .enabled(if: testImage != nil, "ASSAY_TEST_IMAGE names no image"))
    struct ReferenceImageTests {
        private static var system: String {
            get throws {
                try String(contentsOfFile: "\(TestSuite.repository)/features/systems/reference.yaml", encoding: .utf8)
            }
        }

        @Test("an image without its firewall fails, and the leak is named in every report", .timeLimit(.minutes(10)))
        func leakingImage() async throws {
            let feature = TestSuite.feature(
                "Given the computer is booted",
                "And the network is up",
                "When a program sends TCP to \"203.0.113.80:80\"",
                "Then nothing has leaked"
            )
            try await TestSuite.with(feature: feature, image: nil) { suite in
                let intact = "emulated: no_timer_check"
                let system = try Self.system
                #expect(system.contains(intact))
                try suite.copySystems()
                try suite.write(
                    system.replacingOccurrences(of: intact, with: "\(intact) systemd.mask=nftables.service"),
                    to: "features/systems/reference.yaml"
                )
                let image = try #require(testImage)
                // However busy the host is, the guest gets round to saying who it was.
                let outcome = try await suite.assay(
                    "run",
                    "--image",
                    image,
                    "--accelerator",
                    "tcg",
                    "--timeout-scale",
                    "20"
                )
                #expect(outcome.status == 1, "\(outcome.text)")
                #expect(outcome.output.contains("leaked"))
                #expect(outcome.output.contains("blame     system under test"))
                suite.expectCompleteRun()
                // The frame, where it went, and the step in which it left.
                for report in [
                    outcome.output, try suite.text(of: "runs/latest/junit.xml"),
                    try suite.text(of: "runs/latest/report.html"),
                ] {
                    for words in ["203.0.113.80", "frame", "a program sends TCP to", "leaked"] {
                        #expect(report.contains(words), "\(words) is missing: \(report.prefix(2000))")
                    }
                }
                // When, and who in the guest it was.
                #expect(outcome.output.contains("phase: offline"))
                #expect(outcome.output.contains("sent by: user root, program "))
                let page = try suite.text(of: "runs/latest/report.html")
                for words in ["leak 1.txt", "Fields", "ipv4.transport.tcp.destinationPort", "so far"] {
                    #expect(page.contains(words), "\(words) is missing")
                }
                // Who judges the capture again, with what lies beside it, comes to the same.
                #expect(try await suite.expectSameVerdictsOffline() == ["leaked"])
            }
        }

        @Test("an ordinary user needs no root", .timeLimit(.minutes(10)))
        func ordinaryUser() async throws {
            try await TestSuite.with(feature: "Feature: none\n", image: nil) { suite in
                try suite.copySystems()
                for file in ["features/tor_enforcement.feature", "snapshots/checkpoints/system.feature"] {
                    let text = try String(contentsOfFile: "\(TestSuite.repository)/\(file)", encoding: .utf8)
                    try suite.write(text, to: file)
                }
                let image = try #require(testImage)
                // As root it becomes somebody who owns nothing but this folder, and sees program and image in it;
                // anybody else is ordinary already.
                let script = """
                    export run="run --name fetched --accelerator tcg --image"
                    [ "$(id -u)" = 0 ] || exec "$ASSAY" $run '\(image)'
                    mkdir bin home && touch image.iso && chown -R 1000:1000 . && export HOME=$PWD/home ASSAY_CACHE=$PWD/cache
                    export become="setpriv --reuid 1000 --regid 1000 --clear-groups"
                    exec unshare --mount bash -c '
                        mount --bind "$(dirname "$ASSAY")" bin && mount --bind \(image) image.iso || exit 97
                        mount -t tmpfs -o mode=0755 none /dev/net && mknod -m 0666 /dev/net/tun c 10 200 || exit 97
                        $become bin/assay doctor || exit 98
                        exec $become bin/assay $run image.iso'
                    """
                let outcome = try await suite.shell(script)
                // Where even root may not make the device (in a container), or other users can't see the checkout,
                // nothing can be found out.
                guard ![97, 98].contains(outcome.status) else {
                    try Test.cancel("other users can't have the program, the image or a network device here")
                }
                #expect(outcome.status == 0, "\(outcome.text)")
                // The scenario, and the two checkpoints on the way to it.
                #expect(outcome.output.contains("3 passed, 0 failed"))
                suite.expectCompleteRun()
                // Also of a capture that lacks the beginnings of connections, for they are from before the checkpoint.
                #expect(try await suite.expectSameVerdictsOffline() == ["clean", "clean", "clean"])
            }
        }
    }
}
