import Foundation
import Sandbox
import Subprocess
import SystemPackage
import Testing

@Suite("A second opinion", .timeLimit(.minutes(5)))
struct SecondOpinionTests {
    @Test("tshark reads the same from a frame of every protocol that is decoded, on every link that is decoded")
    func samples() async throws {
        let result = try await opinion()
        #expect(result.status, "\(result.output)")
        let totals = result.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(totals.count == 10)
        for total in totals {
            try #require(total.count == 7 && total[0] == "total", "\(result.output)")
            #expect(try #require(Int(total[1])) >= 9)
            #expect(total[2] == total[1])
            #expect(total[5] == total[4])
        }
        #expect(totals.contains { $0[1] == "51" })
    }

    @Test(
        "and from what Linux really writes of its loopback and of “any” interface",
        .enabled("network namespaces can't be made here") {
            try await run(.path("/usr/bin/unshare"), arguments: ["-rn", "true"], output: .discarded, error: .discarded)
                .terminationStatus.isSuccess
        }
    )
    func captures() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-links-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let captured = try await run(
            .path("/usr/bin/unshare"),
            arguments: ["-rn", "sh", "-c", Self.captures, "sh", folder],
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        try #require(captured.terminationStatus.isSuccess, "\(captured.standardError)")
        for (name, frames) in [("EN10MB", 4), ("LINUX_SLL", 6), ("LINUX_SLL2", 6), ("raw", 4)] {
            let result = try await opinion(of: "\(folder)/\(name).pcap")
            let all = "\(frames) frames compared, \(frames) agree (100.000 %)"
            #expect(result.output.contains(all), "\(result.output)")
        }
    }

    /// Pings of both versions to itself, and a question of ARP, which leaves a cable's one end and comes in by the other.
    private static let captures = """
        set -eu
        cd "$1"
        ip link set lo up
        ip link add near type veth peer name far
        for end in near far; do echo 1 >"/proc/sys/net/ipv6/conf/$end/disable_ipv6"; done
        ip address add 192.0.2.1/24 dev near
        ip link set near up
        ip link set far up
        for capture in "lo EN10MB 4" "any LINUX_SLL 6" "any LINUX_SLL2 6"; do
            set -- $capture
            mkfifo "$2.said"
            dumpcap -q -i "$1" -y "$2" -c "$3" -P -w "$2.pcap" 2>"$2.said" &
            exec 3<"$2.said"
            while read -r line <&3; do case $line in File:*) break ;; esac; done
            busybox ping -c 1 127.0.0.1 >/dev/null
            busybox ping -c 1 ::1 >/dev/null
            busybox arping -q -c 1 -w 1 -I near 192.0.2.9 >/dev/null || true
            wait $!
        done
        editcap -F pcap -L -C 14 -T rawip EN10MB.pcap raw.pcap
        """

    private func opinion(of captures: String...) async throws -> (status: Bool, output: String) {
        let repository = URL(filePath: #filePath).appending(path: "../../..").standardized.path
        let result = try await run(
            .path(FilePath(repository).appending("ci/second-opinion")),
            arguments: Arguments(captures),
            environment: .inherit.updating(["OPINION": try SandboxExecutable.beside("packet-opinion").string]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16)
        )
        return (result.terminationStatus.isSuccess, result.standardOutput + result.standardError)
    }
}
