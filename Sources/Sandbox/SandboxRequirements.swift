import FoundationEssentials
import Glibc
package import SystemPackage

/// What a run needs of its host, and whether it is there.
package struct SandboxRequirements: Sendable {
    /// A file that a package of the distribution installs.
    package struct InstalledFile: Hashable, Sendable {
        /// The name of a program, looked for in the usual folders, or an absolute path.
        package let name: String
        /// The Debian package that has it.
        package let package: String
        /// What it is needed for, as the end of a sentence: "to run the simulated Tor network".
        package let purpose: String

        /// Creates a requirement.
        package init(_ name: String, package: String, purpose: String) {
            self.name = name
            self.package = package
            self.purpose = purpose
        }
    }

    /// The programs and libraries to look for.
    package var files: [InstalledFile]
    /// The folder that fills up during a run.
    package var outputFolder: FilePath
    /// The free space wanted there, in bytes.
    package var freeSpace: UInt64 = 4 << 30
    /// The free memory wanted, in bytes.
    package var freeMemory: UInt64 = 3 << 30
    /// The CPUs wanted.
    package var processors = 2
    /// The program that makes sandboxes, when it is not the one beside this program.
    package var sandboxExecutable: FilePath?

    /// Creates the requirements of one worker.
    package init(files: [InstalledFile], outputFolder: FilePath) {
        self.files = files
        self.outputFolder = outputFolder
    }

    /// Looks at the host.
    ///
    /// Never throws: what goes wrong is a finding.
    package func check() async -> [Finding] {
        [await namespaces(), tunnelDevice()] + files.map(installed) + [memory(), space(), processorCount()]
    }

    // MARK: - Kernel

    private func namespaces() async -> Finding {
        var options = SandboxOptions()
        options.sandboxExecutable = sandboxExecutable
        do {
            let answer = try await withSandboxedProcess("/bin/echo", arguments: ["ready"], options: options) {
                try await $0.expectLine()
            }
            guard answer == "ready" else { return Finding("sandbox", .missing, "A sandbox answered '\(answer)'.") }
            return Finding("sandbox", .fine, "Sandboxes can be made without root.")
        } catch let error as SandboxError {
            let repair: String? =
                if case .refused(let refusal) = error, !refusal.remedy.isEmpty { refusal.remedy } else { nil }
            return Finding(
                "sandbox",
                .missing,
                ([error.summary] + error.context).joined(separator: " "),
                repair: repair
            )
        } catch {
            return Finding("sandbox", .missing, "Expected to make a sandbox, but: \(error).")
        }
    }

    private func tunnelDevice() -> Finding {
        let path = FilePath("/dev/net/tun")
        do {
            try FileDescriptor.open(path, .readWrite).close()
            return Finding("/dev/net/tun", .fine, "Network cards for guests can be made.")
        } catch Errno.noSuchFileOrDirectory {
            return Finding(
                "/dev/net/tun",
                .missing,
                "The device that guests' network cards are made from does not exist.",
                repair: "modprobe tun"
            )
        } catch {
            return Finding(
                "/dev/net/tun",
                .missing,
                "Expected to read and write the device that guests' network cards are made from, but: \(error).",
                repair: "chmod 0666 /dev/net/tun"
            )
        }
    }

    // MARK: - Packages

    private func installed(_ file: InstalledFile) -> Finding {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        let candidates = file.name.hasPrefix("/") ? [file.name] : folders.map { "\($0)/\(file.name)" }
        guard let found = candidates.first(where: { access($0, R_OK) == 0 }) else {
            return Finding(
                file.name,
                .missing,
                "\(file.name) is needed \(file.purpose), and is not installed.",
                repair: "apt-get install --no-install-recommends \(file.package)"
            )
        }
        return Finding(file.name, .fine, "Found at \(found).")
    }

    // MARK: - Resources

    private func memory() -> Finding {
        guard let available = HostMemory.available() else {
            return Finding("memory", .warning, "/proc/meminfo does not say how much memory is available.")
        }
        return resource("memory", has: available, wants: freeMemory, what: "available memory")
    }

    private func space() -> Finding {
        var status = statvfs()
        // The folder may not exist yet; its nearest ancestor decides.
        var folder = outputFolder
        while statvfs(folder.string, &status) != 0 {
            guard folder.removeLastComponent() else {
                return Finding("disk", .warning, "The free space below \(outputFolder) can't be read.")
            }
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        return resource("disk", has: free, wants: freeSpace, what: "free space at \(folder)")
    }

    private func processorCount() -> Finding {
        // Those that this process may be scheduled on, which in a container may be fewer than the host has.
        let count = ProcessInfo.processInfo.activeProcessorCount
        return Finding(
            "processors",
            count >= processors ? .fine : .warning,
            "\(count) of at least \(processors) wanted processors may be used."
        )
    }

    private func resource(_ subject: String, has: UInt64, wants: UInt64, what: String) -> Finding {
        func gibibytes(_ bytes: UInt64) -> String {
            let tenths = bytes >> 20 * 10 / 1024
            return "\(tenths / 10).\(tenths % 10) GiB"
        }
        return Finding(
            subject,
            has >= wants ? .fine : .warning,
            "\(gibibytes(has)) of at least \(gibibytes(wants)) wanted \(what)."
        )
    }
}

/// The memory of this host.
package enum HostMemory {
    /// The bytes that new processes can have without swapping, or `nil` when the kernel does not say.
    package static func available(meminfo: FilePath = "/proc/meminfo") -> UInt64? {
        guard let text = try? String(contentsOfFile: meminfo.string, encoding: .utf8) else { return nil }
        return parseAvailable(text)
    }

    /// Reads the value from the text of `/proc/meminfo`.
    package static func parseAvailable(_ text: String) -> UInt64? {
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            let words = line.split(separator: " ")
            return words.count == 3 && words[2] == "kB" ? UInt64(words[1]).map { $0 << 10 } : nil
        }
        return nil
    }
}
