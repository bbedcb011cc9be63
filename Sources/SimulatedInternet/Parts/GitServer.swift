import FoundationEssentials
import SystemPackage

/// git's own protocol at `git.test` (git-daemon(1)), to read from.
struct GitServer: Sendable {
    /// The repository that there is.
    static let repository = "example.git"

    /// The folder of repositories.
    let repositories: FilePath

    /// The service, with its repository made.
    func service(folder: FilePath, log: ServiceLog) async throws -> Service {
        try await Self.makeRepository(in: repositories)
        try makeFolder(folder)
        return Service(
            name: "git server (git-daemon)",
            program: .gitDaemon,
            arguments: [
                "--verbose", "--reuseaddr", "--export-all", "--listen=\(AddressPlan.address(of: .git))",
                "--base-path=\(repositories)", repositories.string,
            ],
            workingFolder: folder,
            log: log
        )
    }

    /// Makes the repository with its one commit, which is the same everywhere; leaves it alone when it is there.
    static func makeRepository(in folder: FilePath) async throws {
        let place = folder.appending(repository)
        if FileManager.default.fileExists(atPath: place.string) { return }
        try makeFolder(folder)
        let work = folder.appending("new-\(UUID().uuidString)")
        try await HostProgram.git.run(
            ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", work.string],
            environment: gitEnvironment
        )
        try await HostProgram.git.run(
            ["--git-dir=\(work)", "fast-import", "--quiet"],
            input: firstCommit,
            environment: gitEnvironment
        )
        do {
            try FileManager.default.moveItem(atPath: work.string, toPath: place.string)
        } catch {
            // Another part may have made it meanwhile, which is as good.
            try? FileManager.default.removeItem(atPath: work.string)
            guard FileManager.default.fileExists(atPath: place.string) else {
                throw SimulatedInternetError.fileUnusable(place.string, reason: "\(error)")
            }
        }
    }

    /// Nothing of the host's own settings counts.
    private static let gitEnvironment = HostProgram.environment.updating(["GIT_CONFIG_NOSYSTEM": "1"])

    /// A stream of git-fast-import(1).
    private static let firstCommit = """
        commit refs/heads/main
        committer Assay <nobody@example.invalid> 1700000000 +0000
        data 6
        First

        M 100644 inline README
        data 25
        Assay example repository

        """
}
