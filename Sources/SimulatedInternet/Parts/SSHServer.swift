import FoundationEssentials
import SystemPackage

/// `ssh.test` (dropbear): one user, one key, and no shell.
///
/// Whatever is asked of it, it says the visitor's address, unless that is to read or write the repository by git.
struct SSHServer: Sendable {
    static let user = "git"

    /// The folder of repositories.
    let repositories: FilePath
    let keys: ServiceKeys

    /// The service, with its repository made.
    func service(folder: FilePath, log: ServiceLog) async throws -> Service {
        try await GitServer.makeRepository(in: repositories)
        let settings = folder.appending(".ssh")
        try makeFolder(settings)
        let known = settings.appending("authorized_keys")
        let program = folder.appending("answer")
        do {
            try FileManager.default.copyItem(atPath: keys.sshUserPublic.string, toPath: known.string)
            try writeFile(program, answer)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: known.string)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program.string)
        } catch {
            throw SimulatedInternetError.fileUnusable(folder.string, reason: "\(error)")
        }
        return try ServiceAccount(name: Self.user, home: folder, shell: "/bin/sh").write(in: folder)
            .service(
                "ssh server (dropbear)",
                .dropbear,
                [
                    // In the foreground, to standard error; no passwords, no forwarding, no message of the day.
                    "-F", "-E", "-s", "-j", "-k", "-m",
                    "-r", keys.sshHost.string, "-P", folder.appending("dropbear.pid").string,
                    "-p", "\(AddressPlan.address(of: .ssh)):22", "-c", program.string,
                ],
                workingFolder: folder,
                log: log
            )
    }

    /// What runs in place of any command: the client's words are compared, never run.
    private var answer: String {
        let repository = repositories.appending(GitServer.repository)
        func serve(_ command: String) -> String {
            "\"\(command) '/\(GitServer.repository)'\") exec git \(command.dropFirst(4)) '\(repository)' ;;"
        }
        return """
            #!/bin/sh
            export GIT_CONFIG_NOSYSTEM=1
            case $SSH_ORIGINAL_COMMAND in
            \(serve("git-upload-pack"))
            \(serve("git-receive-pack"))
            *) echo "Your address is ${SSH_CONNECTION%% *}." ;;
            esac

            """
    }
}
