import Glibc

extension SimulatedInternet {
    /// How many ports the LAN can have besides the first.
    package static let mostMorePorts = 8

    /// Adds a port to the guest's LAN, for a card that is plugged in later; nothing is plugged into it yet.
    ///
    /// `number` counts from 1. Like every link it ends with the namespace.
    ///
    /// - Throws: ``SimulatedInternetError/programFailed(_:status:lastLines:)``, also when there is such a port already.
    package func addPort(_ number: Int) async throws -> GuestPort {
        guard (1...Self.mostMorePorts).contains(number) else {
            throw SimulatedInternetError.configuration("a LAN has \(Self.mostMorePorts) ports besides the first")
        }
        let plan = LinkPlan(configuration: configuration, tapOwner: getuid())
        try await HostProgram.ip.run(["-batch", "-"], input: plan.anotherPort(number))
        return GuestPort(offersIPv6: configuration.offersIPv6, tap: LinkPlan.tap(number))
    }
}

extension LinkPlan {
    static func tap(_ number: Int) -> String { "tap\(number)" }

    /// Input of `ip -batch`: one more tap in the guest's LAN, up.
    package func anotherPort(_ number: Int) -> String {
        """
        tuntap add dev \(Self.tap(number)) mode tap user \(tapOwner)
        link set \(Self.tap(number)) address 02:00:0a:02:02:0\(number) master \(Self.lan)
        link set \(Self.tap(number)) up

        """
    }
}
