package import Diagnostics
package import SystemPackage

/// A reason why a machine can't be had, or did not do what it was told.
package enum MachineError: ExplainedError, Equatable {
    /// What is wrong with a file that a machine was to have as a disk.
    package enum ImageProblem: Equatable, Sendable {
        /// There is no such file.
        case missing
        /// It can't be read, for the reason given.
        case unreadable(String)
        /// It is a folder, or the like.
        case notAFile
        /// It has no bytes.
        case empty
        /// It is shorter than the file system in it says.
        case truncated(declared: Int64, Int64)
        /// Firmware would find nothing to start on it.
        case notBootable(MachineDescription.Disk.Bus)
    }

    /// A disk can't be used.
    case imageUnusable(FilePath, ImageProblem)
    /// The host has less memory available than the machine is to have. Mebibytes.
    case notEnoughMemory(wanted: Int, available: Int)
    /// QEMU or a part of libvirt is not installed.
    case notInstalled(String)
    /// libvirt can't be started.
    case hypervisorUnavailable(LibvirtFailure)
    /// QEMU did not start, or ended at once.
    case startFailed(LibvirtFailure, log: [String])
    /// The machine is off.
    case isOff(action: String)
    /// Something was not done in time.
    case timedOut(action: String, limit: Duration)
    /// Whoever waited was cancelled.
    case cancelled(action: String)
    /// The guest did not let go of a device that was to be plugged out.
    case deviceNotReleased(String, limit: Duration)
    /// The saved state of a machine can't be used.
    case stateUnusable(reason: String, log: [String])
    /// The state of a machine could not be saved.
    case saveFailed(reason: String)
    /// The file for a new machine's memory has something in it, which the guest would see.
    case memoryFileInUse(FilePath)
    /// The machine was saved, and what it did from now on would change what was saved.
    case isSaved(action: String)
    /// A disk's overlay could not be made.
    case overlayFailed(FilePath, reason: String)
    /// A command to QEMU's monitor failed.
    case monitorRefused(command: String, reason: String)
    /// libvirt could not do something else.
    case failed(action: String, LibvirtFailure)

    package var blame: Blame {
        switch self {
        case .imageUnusable(_, .truncated), .imageUnusable(_, .notBootable), .deviceNotReleased, .isOff:
            .systemUnderTest
        case .imageUnusable: .testAuthor
        case .notEnoughMemory, .notInstalled, .hypervisorUnavailable, .startFailed, .timedOut: .host
        // The files were damaged, or are of another QEMU: nothing that the system under test does can cause it.
        case .stateUnusable, .saveFailed, .overlayFailed: .host
        case .monitorRefused, .failed, .cancelled, .memoryFileInUse, .isSaved: .harness
        }
    }

    package var summary: String {
        switch self {
        case .imageUnusable(let path, let problem):
            "Expected a usable image at \(path), but \(problem.text)."
        case .notEnoughMemory(let wanted, let available):
            "Expected \(wanted) MiB of memory for the machine, but the host has only \(available) MiB available."
        case .notInstalled(let what):
            "Expected \(what), but it is not installed."
        case .hypervisorUnavailable(let failure):
            "Expected to start libvirt, but: \(failure.message)"
        case .startFailed(let failure, _):
            "Expected QEMU to start, but: \(failure.firstLine)"
        case .isOff(let action):
            "Expected to \(action), but the machine is off."
        case .timedOut(let action, let limit):
            "Expected to \(action) within \(limit), but it took longer."
        case .cancelled(let action):
            "Expected to \(action), but the scenario ended before."
        case .deviceNotReleased(let device, let limit):
            "Expected the guest to let go of the device '\(device)' within \(limit), but it did not."
        case .stateUnusable(let reason, _):
            "Expected to restore a saved machine, but its state can't be used: \(reason)"
        case .saveFailed(let reason):
            "Expected to save the machine's state, but: \(reason)"
        case .memoryFileInUse(let path):
            "Expected an empty file for the memory of a new machine at \(path), but it has content."
        case .isSaved(let action):
            "Expected to \(action), but it was saved, and may only be switched off."
        case .overlayFailed(let path, let reason):
            "Expected to make the overlay \(path) of a disk, but: \(reason)"
        case .monitorRefused(let command, let reason):
            "QEMU's monitor refused \(command): \(reason)"
        case .failed(let action, let failure):
            "Expected to \(action), but libvirt said: \(failure.message)"
        }
    }

    package var context: [String] {
        switch self {
        case .startFailed(_, let log), .stateUnusable(_, let log): log
        default: []
        }
    }

    package var hint: String? {
        switch self {
        case .imageUnusable(_, .missing): "Check the path given with --image."
        case .imageUnusable(_, .truncated), .imageUnusable(_, .empty): "Copy or build the image again."
        case .imageUnusable(_, .notBootable(.cd)): "Check that the image was made with a boot record for optical discs."
        case .imageUnusable(_, .notBootable): "Make the image a hybrid one: isohybrid, or xorriso -isohybrid-mbr."
        case .stateUnusable: "Delete the checkpoint; it is built again when it is needed."
        case .saveFailed, .overlayFailed: "Check that there is free space."
        case .notEnoughMemory: "Run fewer scenarios at once."
        case .notInstalled, .hypervisorUnavailable: "Run: assay doctor"
        default: nil
        }
    }
}

extension MachineError.ImageProblem {
    var text: String {
        switch self {
        case .missing: "there is no such file"
        case .unreadable(let reason): "it can't be read (\(reason))"
        case .notAFile: "it is not a file"
        case .empty: "it is empty"
        case .truncated(let declared, let size): "it has \(size) bytes where its own header says \(declared)"
        case .notBootable(.cd): "it has no boot record for optical discs"
        case .notBootable: "its first sector is no boot sector"
        }
    }
}

/// An error of libvirt, taken over at once, since the library keeps only the last one of each thread.
package struct LibvirtFailure: Equatable, Sendable {
    /// The number of the error: virErrorNumber.
    package let code: Int32
    /// The text, which may have several lines.
    package let message: String

    var firstLine: String { message.split(separator: "\n").first.map(String.init) ?? message }
}
