import FoundationEssentials
import Glibc
package import SystemPackage

/// Runs `body` in a simulated internet, and ends every process of it before returning.
///
/// Has to be called in a sandbox: in a network namespace of its own, once per namespace, with the capabilities to
/// change it. The links, and the parts that the configuration names, are there when `body` begins; names and web come up
/// beside it, the Tor network when somebody asks
/// for it or ``SimulatedInternet/startTor()`` is called.
///
/// `scratch` is a folder that may be filled, best on a tmpfs; it is made when it is missing. `cache` keeps the keys and
/// directories of Tor networks from run to run.
///
/// - Returns: What `body` returned.
/// - Throws: The error of `body`, or a ``SimulatedInternetError``; when a service ends, `body` is cancelled.
package func withSimulatedInternet<Value: Sendable>(
    _ configuration: InternetConfiguration = InternetConfiguration(),
    scratch: FilePath,
    cache: FilePath,
    body: @escaping @Sendable (SimulatedInternet) async throws -> Value
) async throws -> Value {
    try configuration.validate()
    try await LinkPlan(configuration: configuration, tapOwner: getuid()).lay()
    let internet = SimulatedInternet(configuration: configuration, scratch: scratch)
    try makeFolder(internet.logFolder)
    let value = try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await internet.serveNames(in: scratch.appending("names"))
            return nil
        }
        group.addTask {
            try await internet.serveWeb(in: scratch.appending("web"))
            return nil
        }
        group.addTask {
            try await internet.serveTor(in: scratch, cache: cache)
            return nil
        }
        let folders = PartFolders(scratch: scratch, cache: cache)
        for part in InternetPart.allCases {
            group.addTask {
                try await internet.serve(part, in: folders)
                return nil
            }
        }
        group.addTask {
            // Before anything may speak, so that nothing stays unheard.
            try await internet.waitForParts()
            return try await body(internet)
        }
        defer { group.cancelAll() }
        // Services never return by themselves, so the first value is that of the body.
        for try await finished in group {
            if let finished { return finished }
        }
        throw CancellationError()
    }
    try Isolation.requireNoDefaultRoute()
    return value
}

// MARK: - Services

extension SimulatedInternet {
    /// Runs the name service, and starts it again whenever it has to serve something else.
    fileprivate func serveNames(in folder: FilePath) async throws {
        let log = try ServiceLog(file: logFolder.appending("names.log")) { noteNames($0, at: $1) }
        while true {
            let served = progress.value.state.applied(to: configuration)
            let service = try NameService(configuration: served, hiddenNames: [probeName])
                .service(folder: folder, log: log)
            progress.update { $0.servedNames = served }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                group.addTask { try await progress.wait { $0.state.applied(to: configuration) != served } }
                defer { group.cancelAll() }
                // A service never returns by itself, so the first to return is the one that saw a change.
                for try await _ in group { break }
                progress.update { ($0.servedNames, $0.namesAnswer) = (nil, false) }
            }
        }
    }

    fileprivate func serveWeb(in folder: FilePath) async throws {
        let log = try ServiceLog(file: logFolder.appending("web.log")) { line, _ in noteWeb(line) }
        try await WebServer(configuration: configuration).service(folder: folder, log: log).run()
    }

    fileprivate func serveTor(in scratch: FilePath, cache: FilePath) async throws {
        try await progress.wait(until: \.torIsWanted)
        let folder = scratch.appending("tor")
        let version = try await TorService.version()
        let kept = TorCache(cache: cache, size: configuration.torNetwork, torVersion: version)
        let loaded = try await kept.load(into: folder)
        let texts = TorConfiguration(
            plans: kept.plans,
            identities: loaded.identities,
            isSettled: loaded.isWarm,
            start: Int(Date().timeIntervalSince1970)
        )
        let network = texts.network()
        progress.update { $0.torNetwork = network }

        let tor = try TorService(configuration: texts, folder: folder, logs: logFolder) { noteRelay($0, $1) }
        let probe = try TorProbe(
            client: texts.client,
            folder: scratch.appending("probe"),
            logs: logFolder,
            page: "http://\(probeName)/\(probeWord)",
            expectedText: configuration.pageMarker
        ) { noteRelay("probing client", $0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for relay in tor.services { group.addTask { try await relay.run() } }
            group.addTask {
                try await probe.run()
                if !loaded.isWarm {
                    // A page may come before every relay has introduced itself; the next consensus has the others.
                    var known = progress.value.consensuses
                    while !isSettled(texts, in: folder) {
                        let old = known
                        known = try await progress.wait(for: { $0.consensuses > old ? $0.consensuses : nil })
                    }
                    try await keepForNextTime(kept, folder)
                }
                progress.update { $0.torAnswers = true }
            }
            for try await _ in group {}
        }
    }

    /// Whether the first authority's directory lists every relay; a poorer one would make every later start poor.
    private func isSettled(_ texts: TorConfiguration, in folder: FilePath) -> Bool {
        guard let authority = texts.plans.first(where: { $0.kind == .authority }) else { return false }
        let file = folder.appending(authority.nickname).appending("cached-microdesc-consensus")
        let consensus = FileManager.default.contents(atPath: file.string).map { String(decoding: $0, as: UTF8.self) }
        return texts.isComplete(consensus ?? "")
    }

    /// Saves what makes the next start a warm one.
    ///
    /// That it can't be saved is no reason to end a scenario.
    private func keepForNextTime(_ cache: TorCache, _ folder: FilePath) async throws {
        do {
            try await cache.save(from: folder)
        } catch let error as SimulatedInternetError {
            progress.update { $0.warnings.append(error.description) }
        }
    }
}
