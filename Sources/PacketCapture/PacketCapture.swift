import Foundation
package import PacketDecoding
package import SystemPackage

/// A running capture of everything that passes a guest's tap interface.
///
/// It is opened before the guest is plugged in and closed after the guest is gone, and proves both by canaries:
/// frames that the harness sends in the guest's place and that must come through the same ring.
package struct PacketCapture: Sendable {
    private let interface: String
    private let loop: CaptureLoop
    private let counter: LinkCounter
    private let progress = CanaryCount()

    /// A loaded machine may take long to run a thread; a capture that needs longer is not alive.
    private static let longestWaitForCanary = Duration.seconds(5)

    /// Opens a capture; when this returns every frame is seen.
    ///
    /// The interface is a persistent tap that is up and that nothing is plugged into. The file is written as pcapng,
    /// replacing what was there. `deliver` is given each frame but canaries, in order, on the capture's own thread, so
    /// that what it does delays the frames behind; the comment that it may return is written beside the frame.
    /// `alarm` is told, once and on that thread, why the capture can't prove anything any more.
    ///
    /// - Throws: A ``PacketCaptureError`` when the system refuses what is needed, or the first canary is not seen.
    package static func open(
        on interface: String,
        writingTo file: FilePath,
        deliver: @escaping @Sendable (CapturedFrame) -> String?,
        alarm: @escaping @Sendable ([String]) -> Void = { _ in }
    ) async throws(PacketCaptureError) -> PacketCapture {
        let counter = try LinkCounter(interface: interface)
        guard counter.wasUp else { throw .interfaceDown(interface) }
        let ring = try PacketRing(interface: interface)
        let loop = try CaptureLoop(
            interface: interface,
            ring: ring,
            file: try createFile(at: file),
            deliver: deliver,
            alarm: alarm
        )
        let thread = Thread { loop.run() }
        thread.name = "capture"
        thread.start()
        let capture = PacketCapture(interface: interface, loop: loop, counter: counter)
        if let reason = await capture.sendCanary() {
            loop.stop(.finished)
            let end = await loop.end()
            throw .canaryLost(interface: interface, reason: ([reason] + end.reasons).joined(separator: " "))
        }
        return capture
    }

    /// Adds a comment to the next frame, or to the end of the capture if none follows.
    ///
    /// One that `deliver` makes while it has a frame stands beside that frame. Of very many between two frames only those
    /// are kept without which the capture could not be judged again.
    package func comment(_ text: String, isVital: Bool = false) {
        loop.comment(text, isVital: isVital)
    }

    /// Sends a canary while no guest is plugged in, such as before a restored guest is.
    ///
    /// A canary that is not seen makes the capture inconclusive.
    package func proveAlive() async {
        if let reason = await sendCanary() { progress.note(reason) }
    }

    /// Ends the capture on purpose, so that a scenario can show that a dead capture is noticed.
    package func breakOff() async {
        loop.stop(.brokenOff)
        _ = await loop.end()
    }

    /// Sends the last canary, ends the capture, and says what it proves.
    ///
    /// The guest must be gone: its frames after this would be seen by nobody.
    package func close() async -> CaptureEvidence {
        await proveAlive()
        var evidence = CaptureEvidence(interface: interface)
        do throws(Errno) {
            let counted = try counter.received()
            evidence.framesCountedByInterface = counted.frames
            evidence.bytesCountedByInterface = counted.bytes
            evidence.framesRefusedByInterface = counted.refused
        } catch {
            evidence.reasons.append("The interface's own counter could not be read: \(error).")
        }
        loop.stop(.finished)
        let end = await loop.end()
        evidence.framesFromGuest = end.framesFromGuest
        evidence.framesToGuest = end.framesToGuest
        evidence.kernelDrops = end.kernelDrops
        evidence.canariesSeen = end.canariesSeen
        evidence.canariesSent = progress.sent
        evidence.reasons = end.reasons + progress.reasons + evidence.reasons
        evidence.conclude()
        return evidence
    }

    /// Returns why the canary proves nothing, or `nil` when it was seen.
    private func sendCanary() async -> String? {
        let canary = Canary()
        progress.begin()
        do throws(Errno) {
            let seen = try await loop.sees(canary, within: Self.longestWaitForCanary) { () throws(Errno) in
                try canary.send(into: interface)
            }
            return seen ? nil : "A canary frame went into the interface and was not seen."
        } catch {
            return error == .resourceBusy
                ? "A canary frame could not be sent: the guest is still plugged in."
                : "A canary frame could not be sent: \(error)."
        }
    }

    private static func createFile(at path: FilePath) throws(PacketCaptureError) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead]
            )
        } catch {
            throw .fileNotWritable(path: path.string, code: (error as? Errno ?? .ioError).rawValue)
        }
    }
}

/// Runs an action while everything that passes a guest's tap interface is captured.
///
/// The action plugs the guest in and unplugs it. Its error is returned rather than thrown, for the evidence of a
/// failed scenario counts as much as that of any other.
///
/// - Throws: A ``PacketCaptureError`` when the capture could not begin; the action has not run then.
package func withPacketCapture<Value>(
    on interface: String,
    writingTo file: FilePath,
    deliver: @escaping @Sendable (CapturedFrame) -> String?,
    alarm: @escaping @Sendable ([String]) -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation,
    _ action: (PacketCapture) async throws -> Value
) async throws(PacketCaptureError) -> (result: Result<Value, any Error>, evidence: CaptureEvidence) {
    let capture = try await PacketCapture.open(on: interface, writingTo: file, deliver: deliver, alarm: alarm)
    let result: Result<Value, any Error>
    do {
        result = .success(try await action(capture))
    } catch {
        result = .failure(error)
    }
    return (result, await capture.close())
}
