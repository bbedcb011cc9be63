import FileLocks
import FoundationEssentials
import SystemPackage

/// Keys and directory data of private Tor networks, kept from run to run: with them a network is up in seconds.
///
/// ```
/// CACHE/tor-1-0.4.9.11-3a2e1b/        one network, by everything that shapes its data
///     0/                              a state: the keys alone
///     1795234567/                     a state: keys and directories, saved at that time
///     lock
/// ```
/// States are never changed, only added (by renaming) and, much later, removed; so readers need no lock.
package struct TorCache: Sendable {
    /// Raised when the layout, or the meaning of what is kept, changes.
    private static let layout = 1
    /// Clients take a consensus that ran out less than 24 hours ago; older directories are of no use to them.
    static let usableAge = 20 * 3600
    /// How long another process may need to make keys.
    private static let patience = Duration.seconds(120)

    let folder: FilePath
    let plans: [TorNodePlan]

    /// Names the network's folder after the version of Tor and the kinds of its relays.
    init(cache: FilePath, size: TorNetworkSize, torVersion: String) {
        let kinds = "\(size.authorities)a\(size.guards)g\(size.exits)e\(size.bridges)b"
        folder = cache.appending("tor-\(Self.layout)-\(torVersion)-\(kinds)")
        plans = TorNodePlan.nodes(size)
    }

    /// What `load` put into the target folder.
    struct Loaded: Sendable {
        let identities: [String: TorNodeIdentity]
        /// Whether there is a consensus that clients will take.
        let isWarm: Bool
    }

    // MARK: - Loading

    /// Copies the newest state to a new folder, after making keys if there are none.
    func load(into target: FilePath, now: Date = Date()) async throws -> Loaded {
        try makeFolder(folder)
        if states().isEmpty { try await makeKeys() }
        guard let saved = states().last else {
            throw SimulatedInternetError.cacheUnusable(folder.string, reason: "the keys that were just made are gone")
        }
        let state = folder.appending(String(saved))
        let index = state.appending(Self.indexName)
        let identities: [String: TorNodeIdentity]
        do {
            try FileManager.default.copyItem(atPath: state.string, toPath: target.string)
            let data = try Data(contentsOf: URL(filePath: index.string))
            identities = try JSONDecoder().decode([String: TorNodeIdentity].self, from: data)
        } catch {
            throw SimulatedInternetError.cacheUnusable(state.string, reason: "\(error)")
        }
        guard Set(identities.keys) == Set(plans.map(\.nickname)) else {
            throw SimulatedInternetError.cacheUnusable(state.string, reason: "it is about other relays")
        }
        let age = Int(now.timeIntervalSince1970) - saved
        // A negative age: the clock was set back, and nobody takes directories from the future.
        let isWarm = saved > 0 && (0...Self.usableAge).contains(age)
        if saved > 0, !isWarm { try removeDirectories(in: target) }
        return Loaded(identities: identities, isWarm: isWarm)
    }

    private func makeKeys() async throws {
        try await FileLock.withLock(folder.appending("lock"), within: Self.patience) {
            // Another process may have made them while this one waited.
            guard states().isEmpty else { return }
            try await addState(0) { work in
                let identities = try await TorKeys(plans: plans, folder: work).make()
                let data = try JSONEncoder().encode(identities)
                try data.write(to: URL(filePath: work.appending(Self.indexName).string))
            }
        }
    }

    // MARK: - Saving

    /// Saves the data of a running network that clients have used, for the next time.
    func save(from source: FilePath, now: Date = Date()) async throws {
        try await FileLock.withLock(folder.appending("lock"), within: Self.patience) {
            let time = Int(now.timeIntervalSince1970)
            // Another process may have saved while this one started from the same old state.
            guard !states().contains(where: { $0 > 0 && (0...Self.usableAge / 2).contains(time - $0) }) else { return }
            try await addState(time) { work in
                try copy(Self.indexName, from: source, to: work)
                for plan in plans {
                    let (data, kept) = (source.appending(plan.nickname), work.appending(plan.nickname))
                    try makeFolder(kept)
                    for name in try FileManager.default.contentsOfDirectory(atPath: data.string) where Self.isKept(name)
                    {
                        try copy(name, from: data, to: kept)
                    }
                }
            }
            // The newest two stay: somebody may be reading the older one.
            for old in states().dropLast(2) {
                try? FileManager.default.removeItem(atPath: folder.appending(String(old)).string)
            }
        }
    }

    /// Whether a file of a data folder is worth keeping: keys and directories, no locks, logs or statistics.
    package static func isKept(_ name: String) -> Bool {
        // What Tor is writing has such a name until it is whole.
        if name.hasSuffix(".tmp") { return false }
        return name == "keys" || name == "pt_state" || name.hasPrefix("fingerprint") || isDirectoryData(name)
    }

    private static func isDirectoryData(_ name: String) -> Bool {
        name.hasPrefix("cached-") || name == "unverified-consensus" || name == "v3-status-votes" || name == "sr-state"
    }

    // MARK: - Files

    private static let indexName = "identities.json"
    private static let workPrefix = "new-"

    /// The states there are, oldest first.
    private func states() -> [Int] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).compactMap { Int($0) }.sorted()
    }

    /// Fills a new folder and only then gives it its name, so that no half-made state is ever seen.
    ///
    /// Called by the holder of the lock.
    private func addState(_ time: Int, fill: (FilePath) async throws -> Void) async throws {
        // Only the holder of the lock fills folders, so what is left of others was left by one that died.
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        where entry.hasPrefix(Self.workPrefix) {
            try? FileManager.default.removeItem(atPath: folder.appending(entry).string)
        }
        let work = folder.appending(Self.workPrefix + UUID().uuidString)
        do {
            try makeFolder(work)
            try await fill(work)
            try FileManager.default.moveItem(atPath: work.string, toPath: folder.appending(String(time)).string)
        } catch {
            try? FileManager.default.removeItem(atPath: work.string)
            if error is SimulatedInternetError || error is CancellationError { throw error }
            throw SimulatedInternetError.cacheUnusable(folder.string, reason: "\(error)")
        }
    }

    private func copy(_ name: String, from source: FilePath, to target: FilePath) throws {
        try FileManager.default.copyItem(atPath: source.appending(name).string, toPath: target.appending(name).string)
    }

    private func removeDirectories(in target: FilePath) throws {
        for plan in plans {
            let data = target.appending(plan.nickname)
            for name in try FileManager.default.contentsOfDirectory(atPath: data.string)
            where Self.isDirectoryData(name) {
                try FileManager.default.removeItem(atPath: data.appending(name).string)
            }
        }
    }
}
