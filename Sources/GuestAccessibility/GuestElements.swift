package import Accessibility
package import GuestChannel

/// Reads the elements on a guest's screen through at-spi, by a program that it runs in the guest.
///
/// Nothing has to be installed there but at-spi itself and perl-base: at-spi is on a D-Bus of the user whose session is in
/// front, and the program finds it, gives up root's rights, asks and goes.
package struct GuestElements: Sendable {
    private let guest: any GuestChannel
    private let limits: ElementLimits

    package init(_ guest: any GuestChannel, limits: ElementLimits = ElementLimits()) {
        self.guest = guest
        self.limits = limits
    }

    /// Looks once; a program that hangs is among what lacks.
    ///
    /// - Throws: An `ElementError`, or a `GuestChannelError` when the guest's agent fails in another way than by
    ///   being not there yet.
    package func look(within limit: Duration) async throws -> ElementTree {
        let seconds = max(1, Int(limit.components.seconds))
        let bounds = [seconds, limits.elements, limits.children, limits.depth, limits.bytes]
        let command = "exec perl -w - " + bounds.map(String.init).joined(separator: " ")
        let reader = String(decoding: PackageResources.reader_pl, as: UTF8.self)
        let result: CommandResult
        do {
            result = try await guest.run(command, as: nil, input: reader, within: limit + .seconds(5))
        } catch {
            throw Self.translated(error, seconds: seconds)
        }
        guard !result.isTruncated else {
            throw ElementError.malformed(line: 1, expected: "the first of at most \(limits.bytes) bytes")
        }
        guard result.succeeded else { throw ElementError.unavailable(Self.reason(of: result)) }
        return try ElementTree(answer: result.standardOutput, limits: limits)
    }

    /// A guest that can't tell anything yet may be able to later, which is for whoever waits to decide.
    private static func translated(_ error: GuestChannelError, seconds: Int) -> any Error {
        switch error {
        case .unreachable(_, let reason), .refused(_, let reason): ElementError.unavailable(reason)
        case .timedOut: ElementError.unavailable("its answer took more than \(seconds) s")
        case .cancelled: CancellationError()
        case .malformed, .tooLarge, .machineIsOff: error
        }
    }

    private static func reason(of result: CommandResult) -> String {
        if result.exitStatus == 127 { return "it has no perl, by which they are read" }
        let lines = result.standardError.split(separator: "\n").suffix(2).joined(separator: " / ")
        return "the program that reads them ended with status \(result.exitStatus): \(lines)"
    }
}
