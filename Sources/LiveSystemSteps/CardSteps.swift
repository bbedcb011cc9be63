import Diagnostics
import LiveSystem
import StepDefinitions

/// Steps about network cards that come and go while the system runs.
let cardSteps = StepLibrary<LiveSystem> {
    When(
        "a network card is plugged in",
        documentation: "Into the same network; it is captured and judged from before its first frame."
    ) { (system: LiveSystem) async throws in
        try await system.computer.plugInNetworkCard()
    }

    When("the network card is plugged out", documentation: "The one that was plugged in last.") {
        (system: LiveSystem) async throws in
        try await system.computer.plugOutNetworkCard()
    }

    When(
        "a program sends {traffic} to {string} through the card that was plugged in",
        documentation: "Gives the card an address and the way to the destination, and sends as root."
    ) { (system: LiveSystem, kind: TrafficKind, destination: String) async throws in
        let destination = try Destination(destination, for: kind)
        try await system.require(
            """
            newest() { for card in /sys/class/net/*/device; do
              card=${card%/device}; echo "$(cat $card/ifindex) ${card##*/}"; done | sort -n | tail -n +2 | tail -n 1; }
            timeout \(Int(system.patience(seconds: 10).components.seconds)) sh -c 'until
              [ "$(ls -d /sys/class/net/*/device | wc -l)" -gt 1 ]; do sleep 0.1; done'
            card=$(newest | cut -d " " -f 2)
            ip link set "$card" up && ip address add 10.2.1.77/24 dev "$card" &&
            ip route add \(destination.address) via 10.2.1.1 dev "$card"
            """
        )
        _ = try await system.guest.run(kind.command(to: destination), within: system.patience(seconds: 20))
    }

    Then("the leak is reported, on the card that was plugged in") { (system: LiveSystem) async throws in
        try await system.traffic.waitForExpectedLeaks(within: system.patience(seconds: 5))
        guard try await system.computer.leaksOfPluggedCard > 0 else { throw OtherCard() }
    }
}

/// A leak that was seen where it was not sent.
struct OtherCard: ExplainedError {
    var blame: Blame { .harness }
    var summary: String { "The leak had to be seen on the card that was plugged in, and was seen on another." }
}
