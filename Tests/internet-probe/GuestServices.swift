import FoundationEssentials
import GuestNetwork
import SimulatedInternet
import SystemPackage

/// Real clients at every part that is a program, each started only when it is asked for.
func checkServices(_ internet: SimulatedInternet, _ scratch: FilePath, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    let folder = scratch.appending("guest")
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: "/run/updates", withIntermediateDirectories: true)
    try write("version 2\n", to: "/run/updates/release.txt")
    report.seen["before"] = try await shell("\(enter) curl -sS -m5 http://203.0.113.81:443/ 2>/dev/null || echo nobody")
    try await withThrowingTaskGroup(of: Void.self) { group in
        for part in [InternetPart.updates, .mail, .git, .ssh] { group.addTask { try await internet.start(part) } }
        for try await _ in group {}
    }
    let credentials = try await internet.credentials()
    let authority = folder.appending("authority.pem")
    let key = folder.appending("key")
    try write(credentials.authority, to: authority)
    try write(credentials.sshKey, to: key)
    try write(credentials.knownHost, to: folder.appending("known_hosts"))
    func curl(_ name: String, _ port: Int, _ rest: String) -> String {
        let address = report.addresses[name] ?? "?"
        return "\(enter) curl -sS -m20 --cacert \(authority) --resolve \(name):\(port):\(address) \(rest)"
    }
    for part in InternetPart.allCases {
        if let name = part.hostName { report.addresses[name] = part.endpoints.first?.address }
    }
    report.seen["update"] = try await shell(curl("updates.test", 443, "https://updates.test/release.txt"))
    report.seen["stranger"] = try await shell(
        "\(enter) curl -sS -m5 --resolve updates.test:443:203.0.113.81 https://updates.test/ 2>&1 || true"
    )
    try write(
        "From: a@example.org\r\nSubject: Greetings\r\n\r\nHello from the guest.\r\n",
        to: folder.appending("mail")
    )
    try await shell(
        curl(
            "mail.test",
            465,
            "smtps://mail.test/ --mail-from a@example.org --mail-rcpt b@mail.test -T \(folder)/mail"
        )
    )
    report.seen["mail"] = try internet.mails().joined()
    report.seen["imap"] = try await shell(
        curl("mail.test", 993, "'imaps://mail.test/INBOX;MAILINDEX=1' -u b:assay")
    )
    report.seen["wrong password"] = try await shell(
        curl("mail.test", 993, "imaps://mail.test/ -u b:wrong 2>&1 || true")
    )
    let git = "\(enter) git -c protocol.version=2"
    report.seen["git"] = try await shell(
        """
        \(git) -c advice.detachedHead=false clone -q git://203.0.113.94/example.git \(folder)/clone
        cat \(folder)/clone/README
        """
    )
    let ssh = "ssh -o BatchMode=yes -o UserKnownHostsFile=\(folder)/known_hosts -o HostKeyAlias=ssh.test -i \(key)"
    report.seen["ssh"] = try await shell("chmod 600 \(key); \(enter) \(ssh) git@203.0.113.22 whoami")
    report.seen["git over ssh"] = try await shell(
        """
        cd \(folder)/clone && echo more > more && git add more
        git -c user.name=a -c user.email=a@example.org commit -q -m Second
        GIT_SSH_COMMAND='\(ssh)' \(git) push -q ssh://git@203.0.113.22/example.git main
        \(git) ls-remote git://203.0.113.94/example.git main | cut -f1 > there; git rev-parse main > here
        cmp here there && echo same
        """
    )
    report.seen["other repository"] = try await shell(
        "GIT_SSH_COMMAND='\(ssh)' \(git) ls-remote ssh://git@203.0.113.22/../../etc 2>&1 || true"
    )
    report.seen["no key"] = try await shell(
        "\(enter) \(ssh.replacing("-i \(key)", with: "-F none")) git@203.0.113.22 whoami 2>&1 || true"
    )
}

/// A portal that is closed, and one that was passed.
func checkPortal(_ internet: SimulatedInternet, _ report: inout ProbeReport) async throws {
    try await plugInGuest(internet.guestPort)
    try await internet.start(.sinkhole)
    report.seen["before"] = try await shell(visits)
    try await internet.start(.portal)
    report.seen["closed"] = try await shell(visits)
    let authority = try await internet.credentials().authority
    try write(authority, to: "/run/authority.pem")
    report.seen["closed interface"] = try await shell(interface)
    report.seen["page"] = try await shell(
        "\(enter) curl -sS -m5 -L --resolve portal.test:80:203.0.113.8 http://8.8.8.8/"
    )
    report.seen["form"] = try await shell(
        "\(enter) curl -sS -m5 --resolve portal.test:80:203.0.113.8 -d accept=yes http://portal.test/accept"
    )
    try await internet.waitUntilPortalIsPassed(within: .seconds(10))
    report.seen["open"] = try await shell(visits)
    report.seen["open interface"] = try await shell(interface)
}

private let interface = """
    \(enter) curl -sS -m5 --cacert /run/authority.pem --resolve portal.test:443:203.0.113.8 https://portal.test/api
    """

/// Each line tells what became of an attempt.
private let visits = """
    try() { printf '%s: ' "$1"; shift; \(enter) "$@" 2>/dev/null || echo refused; }
    try page curl -sS -m5 -o /dev/null -w '%{http_code} %{redirect_url}\\n' http://203.0.113.80/
    try stranger curl -sS -m5 -o /dev/null -w '%{http_code} %{redirect_url}\\n' http://8.8.8.8/
    try tls timeout 5 bash -c 'exec 3<>/dev/tcp/9.9.9.9/443 && echo connected'
    try relay timeout 5 bash -c 'exec 3<>/dev/tcp/192.0.2.11/9001 && echo connected'
    try name dig +short +tries=1 +time=2 @10.2.1.1 web.test A
    try resolver dig +short +tries=1 +time=2 @8.8.8.8 web.test A
    """

private func write(_ text: String, to file: FilePath) throws {
    try text.write(toFile: file.string, atomically: false, encoding: .utf8)
}
