import FoundationEssentials
import SystemPackage

/// Where parts keep their files.
struct PartFolders: Sendable {
    let scratch: FilePath
    let cache: FilePath

    static func folder(of part: InternetPart, in scratch: FilePath) -> FilePath {
        scratch.appending("part-\(part.rawValue)")
    }

    func folder(of part: InternetPart) -> FilePath { Self.folder(of: part, in: scratch) }
    var repositories: FilePath { scratch.appending("repositories") }
}

extension SimulatedInternet {
    /// Waits until a part is asked for, and runs it until the task is cancelled.
    func serve(_ part: InternetPart, in folders: PartFolders) async throws {
        try await progress.wait(until: { $0.state.parts.contains(part) })
        switch part {
        case .sinkhole: try await serveSinkhole()
        case .time: try await serveTime()
        case .portal: try await servePortal(folders)
        case .updates, .mail, .git, .ssh:
            try await run(part, services: try await services(of: part, folders))
        }
    }

    private func services(of part: InternetPart, _ folders: PartFolders) async throws -> [Service] {
        let folder = folders.folder(of: part)
        try makeFolder(folder)
        switch part {
        case .git:
            return [
                try await GitServer(repositories: folders.repositories)
                    .service(folder: folder, log: try log(of: part, "git"))
            ]
        case .ssh:
            return [
                try await SSHServer(repositories: folders.repositories, keys: keys(folders.cache))
                    .service(folder: folder, log: try log(of: part, "ssh"))
            ]
        case .mail:
            return try MailServer(folder: folder, keys: try await keys(folders.cache))
                .services { try log(of: part, $0) }
        case .updates:
            return [
                try UpdateServer(
                    content: configuration.updates.map { FilePath($0) },
                    keys: try await keys(folders.cache)
                )
                .service(folder: folder, log: try log(of: part, "updates"))
            ]
        case .sinkhole, .time, .portal: return []
        }
    }

    /// Runs the services of a part, and says when they can be connected to.
    private func run(_ part: InternetPart, services: [Service]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            group.addTask {
                try await ListeningSockets.wait(for: part.endpoints)
                progress.update { $0.answering.insert(part) }
            }
            for try await _ in group {}
        }
    }

    private func keys(_ cache: FilePath) async throws -> ServiceKeys {
        let keys = try await ServiceKeys.load(from: cache)
        progress.update { $0.keys = keys }
        return keys
    }

    private func log(of part: InternetPart, _ name: String) throws -> ServiceLog {
        try ServiceLog(file: logFolder.appending("\(name).log")) { note($0, of: part, at: $1) }
    }

    // MARK: - Parts that are no programs

    private func serveSinkhole() async throws {
        let sinkhole = try await Sinkhole.open(
            configuration.sinkhole ?? SinkholeLimits(),
            offersIPv6: configuration.offersIPv6,
            clock: clock,
            log: logFolder.appending("sinkhole.jsonl"),
            traffic: sunk
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sinkhole.run() }
            group.addTask {
                // Names have to lead there as well.
                try await progress.wait(until: { $0.servedNames?.sinkhole != nil && $0.namesAnswer })
                progress.update { $0.answering.insert(.sinkhole) }
            }
            for try await _ in group {}
        }
    }

    private func serveTime() async throws {
        let server = try TimeServer()
        progress.update { $0.answering.insert(.time) }
        try await server.run(clock) { seen.update { $0.addTimeQuestion() } }
    }

    private func servePortal(_ folders: PartFolders) async throws {
        let folder = folders.folder(of: .portal)
        try makeFolder(folder)
        let portal = CaptivePortal(passed: folder.appending("passed"), keys: try await keys(folders.cache))
        // First, so that nothing slips by while the rest comes up.
        if !progress.value.state.portalIsPassed {
            try await HostProgram.nft.run(["-f", "-"], input: CaptivePortal.closing)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await run(
                    .portal,
                    services: try portal.services(folder: folder, offersIPv6: configuration.offersIPv6) {
                        try log(of: .portal, $0)
                    }
                )
            }
            group.addTask {
                let wasPassed = progress.value.state.portalIsPassed
                try await progress.wait(until: \.state.portalIsPassed)
                try writeFile(portal.passed, "")
                if !wasPassed { try await HostProgram.nft.run(["-f", "-"], input: CaptivePortal.opening) }
                progress.update { $0.portalIsOpen = true }
            }
            for try await _ in group {}
        }
    }
}

// MARK: - What parts tell

extension SimulatedInternet {
    /// Takes a line of a part's output.
    func note(_ line: String, of part: InternetPart, at time: Date) {
        switch ServiceLogLine(line, of: part) {
        case .visit(let client, let what):
            seen.update { $0.add(ServiceVisit(time: time, part: part, client: client, what: what)) }
        case .unreadable: seen.update { $0.addUnreadable() }
        case .other: break
        }
        if part == .portal, CaptivePortal.isPassed(line) { progress.update { $0.state.portalIsPassed = true } }
    }
}
