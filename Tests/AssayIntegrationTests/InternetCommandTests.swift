import Foundation
import Testing

/// The simulated internet as its user starts it, without a Tor client: that takes longest, and has tests of its own.
@Suite("The simulated internet by hand", .timeLimit(.minutes(5)))
struct InternetCommandTests {
    @Test("a command uses names and servers as a guest would, and its exit status is the program's")
    func command() async throws {
        try await TestSuite.with(image: nil) { suite in
            let outcome = try await suite.shell(
                """
                $ASSAY internet up --with ssh,sinkhole -- sh -c '
                    curl -4 -sS -m10 --retry 20 --retry-connrefused http://web.test/; echo
                    dig +short nobody.example
                    dig +short AAAA ssh.test
                    ssh -o BatchMode=yes -o UserKnownHostsFile=/run/assay/internet/visitor/known_hosts \\
                        -i /run/assay/internet/visitor/ssh-key git@ssh.test
                    printf "%s" "$ASSAY_INTERNET" | grep -o "\\"gateway\\":[^,]*"
                    exit 7'
                """
            )
            #expect(outcome.status == 7, "\(outcome.text)")
            #expect(outcome.output.contains("Your address is 10.2.1.50.</p>"))
            // The unknown name's address, and none by IPv6 of a server that has none.
            #expect(outcome.output.contains("\n198.18.0.1\nYour address"))
            #expect(outcome.output.contains("\nYour address is 10.2.1.50.\n"))
            #expect(outcome.output.contains(#""gateway":"10.2.1.1""#))
        }
    }

    @Test("a shell that is not at a terminal runs what it is given, after what is there was said")
    func shell() async throws {
        try await TestSuite.with(image: nil) { suite in
            let outcome = try await suite.shell("echo 'echo $((6 * 7)) inside' | SHELL=/bin/sh $ASSAY internet up")
            #expect(outcome.status == 0, "\(outcome.text)")
            #expect(outcome.output.contains("web.test"))
            #expect(outcome.output.contains("bridge1     obfs4 203.0.113.11:9443"))
            #expect(outcome.output.contains("Not started: sinkhole, time, updates, mail, git, ssh, portal (--with)."))
            #expect(outcome.output.hasSuffix("42 inside\n"))
        }
    }

    @Test("scripts get one line of JSON, and everything ends with their input")
    func json() async throws {
        try await TestSuite.with(image: nil) { suite in
            let outcome = try await suite.shell("$ASSAY internet up --format json --with git </dev/null")
            #expect(outcome.status == 0, "\(outcome.text)")
            let scene = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            )
            #expect(scene["address"] as? String == "10.2.1.50")
            let servers = try #require(scene["servers"] as? [[String: Any]])
            let running = servers.filter { $0["isRunning"] as? Bool == true }
            #expect(running.map { $0["name"] as? String } == ["git.test"])
        }
    }

    @Test("an interrupt ends it in order, with the status of the signal")
    func interrupted() async throws {
        try await TestSuite.with(image: nil) { suite in
            // The program is interrupted by what it runs, which it has started by then.
            let outcome = try await suite.shell(
                """
                mkfifo ready
                $ASSAY internet up -- sh -c 'echo up; exec sleep 1000' >ready & assay=$!
                read line <ready; kill -INT $assay; wait $assay; status=$?; echo "$line, then $status"
                """
            )
            #expect(outcome.output == "up, then 130\n", "\(outcome.text)")
        }
    }

    @Test(
        "what there is not is refused before anything is made, with what was meant",
        arguments: [
            ("--with sinkhol", "Did you mean “sinkhole”?"), ("--system refernce", "Did you mean reference?"),
            ("--format json -- true", "$ASSAY_INTERNET"),
        ]
    )
    func refused(_ arguments: String, _ text: String) async throws {
        try await TestSuite.with(image: nil) { suite in
            let outcome = try await suite.shell("$ASSAY internet up \(arguments)")
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains(text))
        }
    }
}
