package import Diagnostics

/// The end of a Linux kernel, as it says so on its console.
package struct KernelPanic: ExplainedError, Hashable {
    /// The reason that the kernel gives.
    package let reason: String
    /// The last lines of the console.
    package let lastLines: [String]

    /// Recognizes the line in which a kernel says that it panics.
    package init?(line: String, lastLines: [String] = []) {
        let marker = "Kernel panic - not syncing: "
        guard let start = line.firstRange(of: marker) else { return nil }
        reason = String(line[start.upperBound...].prefix(300))
        self.lastLines = lastLines
    }

    /// Whether the kernel found that the timer of the virtual machine does not tick, which it does on a host that
    /// is too busy to translate a guest's processor in time.
    private var isTimerOfBusyHost: Bool { reason.contains("IO-APIC + timer doesn't work") }

    package var blame: Blame { isTimerOfBusyHost ? .host : .systemUnderTest }

    package var summary: String { "Expected the guest's kernel to run, but it panicked: \(reason)" }

    package var context: [String] { lastLines }

    package var hint: String? {
        isTimerOfBusyHost
            ? "Boot with no_timer_check on the kernel's command line, or run fewer scenarios at once." : nil
    }
}
