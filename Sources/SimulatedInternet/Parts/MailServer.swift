import FoundationEssentials
import SystemPackage

/// Mail at `mail.test`: SMTP with TLS (aiosmtpd), which takes what anybody sends to anybody, and IMAP with TLS
/// (dovecot), which hands all of it out to anybody with the password.
struct MailServer: Sendable {
    static let smtpPort: UInt16 = 465
    static let imapPort: UInt16 = 993
    /// Any name will do, with this password.
    static let password = "assay"
    /// The largest message that is taken, in bytes.
    private static let messageLimit = 1 << 20

    let folder: FilePath
    let keys: ServiceKeys

    /// Where messages are kept, one file each.
    static func messages(in folder: FilePath) -> FilePath { folder.appending("Maildir") }

    /// What was taken, oldest first; at most a hundred messages.
    static func read(in folder: FilePath) throws(SimulatedInternetError) -> [String] {
        let place = messages(in: folder).appending("new")
        // Their names begin with the time.
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: place.string)) ?? []).sorted().prefix(100)
        var found: [String] = []
        for name in names {
            let file = place.appending(name).string
            guard let data = FileManager.default.contents(atPath: file) else {
                throw .fileUnusable(file, reason: "it can't be read")
            }
            found.append(String(decoding: data, as: UTF8.self))
        }
        return found
    }

    /// The two services.
    func services(logs: (_ name: String) throws -> ServiceLog) throws -> [Service] {
        for part in ["new", "cur", "tmp"] { try makeFolder(Self.messages(in: folder).appending(part)) }
        let address = AddressPlan.address(of: .mail)
        let taking = Service(
            name: "mail server (aiosmtpd)",
            program: .aiosmtpd,
            arguments: [
                "--nosetuid", "--debug", "--size", String(Self.messageLimit), "--class", "aiosmtpd.handlers.Mailbox",
                "--smtpscert", keys.certificate.string, "--smtpskey", keys.certificateKey.string,
                "--listen", "\(address):\(Self.smtpPort)", Self.messages(in: folder).string,
            ],
            workingFolder: folder,
            log: try logs("smtp")
        )
        let configuration = folder.appending("dovecot.conf")
        try writeFile(configuration, dovecot(at: address))
        let accounts = try ServiceAccount(name: "assay", home: folder, shell: "/bin/false").write(in: folder)
        let handingOut = try accounts.service(
            "mailboxes (dovecot)",
            .dovecot,
            ["-F", "-c", configuration.string],
            workingFolder: folder,
            log: try logs("imap")
        )
        return [taking, handingOut]
    }

    /// After doveconf(1), for one user without root.
    private func dovecot(at address: String) -> String {
        """
        protocols = imap
        base_dir = \(folder.appending("dovecot"))
        state_dir = \(folder.appending("dovecot-state"))
        listen = \(address)
        log_path = /dev/stderr
        default_internal_user = assay
        default_internal_group = assay
        default_login_user = assay
        first_valid_uid = \(ServiceAccount.number)
        ssl = required
        ssl_cert = <\(keys.certificate)
        ssl_key = <\(keys.certificateKey)
        mail_location = maildir:\(Self.messages(in: folder))
        service anvil {
          chroot =
        }
        service stats {
          chroot =
        }
        service imap-login {
          chroot =
          inet_listener imap {
            port = 0
          }
          inet_listener imaps {
            port = \(Self.imapPort)
          }
        }
        passdb {
          driver = static
          args = password=\(Self.password)
        }
        userdb {
          driver = static
          args = uid=\(ServiceAccount.number) gid=\(ServiceAccount.number) home=\(folder)
        }

        """
    }
}

/// The one account of a service that looks for itself in `/etc/passwd`, and would find the host's there.
struct ServiceAccount: Sendable {
    /// Everybody's number in a sandbox; see docs/decisions/0004.
    static let number = 1000

    let name: String
    let home: FilePath
    let shell: String

    /// The account's files.
    struct Written: Sendable {
        let passwd: FilePath
        let group: FilePath

        /// A service that finds this account and no other, in a mount namespace of its own.
        func service(
            _ name: String,
            _ program: HostProgram,
            _ arguments: [String],
            workingFolder: FilePath,
            log: ServiceLog
        ) throws -> Service {
            let script = """
                mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 && exec "$@"
                """
            let own = ["--mount", "sh", "-c", script, "sh", passwd.string, group.string, try program.path().string]
            return Service(
                name: name,
                program: .unshare,
                arguments: own + arguments,
                workingFolder: workingFolder,
                log: log
            )
        }
    }

    /// Writes the files of passwd(5) and group(5).
    func write(in folder: FilePath) throws -> Written {
        let written = Written(passwd: folder.appending("passwd"), group: folder.appending("group"))
        try writeFile(written.passwd, "\(name):x:\(Self.number):\(Self.number)::\(home):\(shell)\n")
        try writeFile(written.group, "\(name):x:\(Self.number):\n")
        return written
    }
}
