import SystemPackage

/// Answers every address and port of the internet that nobody else answers, and keeps what it was told.
///
/// It runs on a thread of its own, which waits for many sockets at once; ``run()`` ends it.
struct Sinkhole: Sendable {
    private let loop: SinkholeLoop

    /// Opens the sockets and leads packets to them; from then on they wait to be answered.
    static func open(
        _ limits: SinkholeLimits,
        offersIPv6: Bool,
        clock: Watched<ServedTime>,
        log: FilePath,
        traffic: Watched<SunkTraffic>
    ) async throws -> Sinkhole {
        var sockets: [SinkholeSocket] = []
        do {
            for isIPv6 in offersIPv6 ? [false, true] : [false] {
                sockets.append(try SinkholeSocket(.tcp, isIPv6: isIPv6))
                sockets.append(try SinkholeSocket(.udp, isIPv6: isIPv6))
            }
            let ports = sockets.filter { $0.transport == .tcp }.map(\.port)
            let rules = SinkholeRules.rules(port: ports[0], port6: offersIPv6 ? ports[1] : nil)
            try await HostProgram.ip.run(["-4", "-batch", "-"], input: SinkholeRules.routes)
            if offersIPv6 { try await HostProgram.ip.run(["-6", "-batch", "-"], input: SinkholeRules.routes) }
            try await HostProgram.nft.run(["-f", "-"], input: rules)
            return Sinkhole(
                loop: SinkholeLoop(limits: limits, sockets: sockets, clock: clock, log: log, traffic: traffic)
            )
        } catch {
            for socket in sockets { try? socket.file.close() }
            throw error
        }
    }

    /// Answers until the task is cancelled, and returns only after all is closed and written.
    func run() async throws {
        try await ServingThread.run("sinkhole") { try loop.run(until: $0) }
    }
}
