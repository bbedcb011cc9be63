import Diagnostics
import Foundation
import GuestChannel
import LiveSystem
import StepDefinitions

/// Steps of a scenario that uses the system for as long as a person does.
let enduranceSteps = StepLibrary<LiveSystem> {
    When(
        "pages and names are fetched through Tor for {int} minutes",
        documentation: "Downloads, uploads and look-ups with pauses between; one in ten may fail, as on the real Tor."
    ) { (system: LiveSystem, minutes: Int) async throws in
        let seconds = minutes * 60
        let result = try await system.guest.run(
            mixedUse(seconds: seconds, socks: system.description.tor.socks, url: system.internet.probeURL),
            within: .seconds(seconds) + system.patience(seconds: 60)
        )
        let counts = result.standardOutput.split(separator: " ").compactMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        guard result.succeeded, counts.count == 2 else { throw UseFailed(tried: 0, failed: 0, result.standardError) }
        StepContext.current.log("\(counts[0]) things were fetched, of which \(counts[1]) failed.")
        guard counts[0] > 0, counts[1] * 10 <= counts[0] else {
            throw UseFailed(tried: counts[0], failed: counts[1], result.standardError)
        }
    }

    When("nobody uses the system for {int} minutes") { (system: LiveSystem, minutes: Int) async throws in
        _ = try await system.guest.run("sleep \(minutes * 60)", within: .seconds(minutes * 60 + 60))
    }

    When("Tor is restarted", documentation: "Waits until a page can be fetched again.") {
        (system: LiveSystem) async throws in
        try await system.restartTor()
    }

    When("the network is reconnected", documentation: "As by pulling the cable and putting it back a second later.") {
        (system: LiveSystem) async throws in
        try await system.require(
            """
            card=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
            ip link set "$card" down && sleep 1 && ip link set "$card" up
            """
        )
        try await system.waitForNetwork()
        try await system.waitForCircuit()
    }
}

/// A shell script that uses Tor in turn for pages, names and uploads of different sizes, until its time is up.
private func mixedUse(seconds: Int, socks: String, url: String) -> String {
    """
    end=$(($(date +%s) + \(seconds))); tried=0; failed=0
    through() { curl --silent --show-error --max-time 60 --output /dev/null --socks5-hostname \(socks) "$@" \(url); }
    while [ "$(date +%s)" -lt "$end" ]; do
      tried=$((tried + 1))
      case $((tried % 4)) in
        0) getent ahostsv4 news.test >/dev/null ;;
        1) head -c $((tried % 7 * 20000 + 1)) /dev/urandom | through --data-binary @- ;;
        *) through --fail ;;
      esac || failed=$((failed + 1))
      sleep $((tried % 5))
    done
    echo "$tried $failed"
    """
}

/// A system that is of no use any more.
struct UseFailed: ExplainedError, Equatable {
    let tried: Int
    let failed: Int
    let output: String

    init(tried: Int, failed: Int, _ output: String) { (self.tried, self.failed, self.output) = (tried, failed, output) }

    var blame: Blame { .systemUnderTest }
    var summary: String {
        tried == 0
            ? "Things had to be fetched through Tor, and the script that does so failed."
            : "At most a tenth of what is fetched through Tor may fail, and \(failed) of \(tried) did."
    }
    var context: [String] { output.split(separator: "\n").suffix(8).map { "output: \($0)" } }
}
