import Foundation
import LeakPolicy
import SimulatedInternet
import SystemPackage
import TrafficAccounting

/// What the capture of a network card can't tell of the run that it was made in, as `assay leaks --run` reads it: with it
/// and the policy anybody can judge the capture again.
struct RunDescription {
    /// The name of the file beside the capture of the first card.
    static let file = "traffic.run.yaml"

    private let text: String

    /// Describes a run in a simulated internet, as seen from one of its ports.
    ///
    /// - Throws: A `SimulatedInternetError` for a group of the policy that it does not know.
    init(
        _ policy: LeakPolicy,
        _ internet: SimulatedInternet,
        _ port: GuestPort,
        hardwareAddresses: [String]
    ) throws {
        func quoted(_ texts: some Sequence<String>) -> String {
            "[" + texts.sorted().map { "\"\($0)\"" }.joined(separator: ", ") + "]"
        }
        var lines = [
            "version: 1", "subnet: \(port.subnet)", "gateway: \(port.gateway)",
            "real-hardware-addresses: \(quoted(hardwareAddresses))",
        ]
        if let prefix = port.prefix6 { lines.append("prefixes: \(quoted([prefix]))") }
        let groups = try policy.groups.sorted().map { group in
            let services = try internet.destinations(named: group).map { service in
                let host = service.address.contains(":") ? "[\(service.address)]" : service.address
                return "\(host):\(service.port)"
            }
            return "  \(group): \(quoted(services))"
        }
        if !groups.isEmpty { lines += ["groups:"] + groups }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// Adds connections to a description, which the guest took with it from a checkpoint.
    static func add(_ connections: [ConnectionEnds], to file: FilePath) throws {
        guard !connections.isEmpty else { return }
        let lines = connections.map { "  - \"\($0.guest) -> \($0.other)\"" }.sorted()
        var text = try String(contentsOfFile: file.string, encoding: .utf8)
        text += (["earlier-connections:"] + lines).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(filePath: file.string))
    }

    /// Writes the description to a file.
    func write(to file: FilePath) throws {
        try Data(text.utf8).write(to: URL(filePath: file.string))
    }
}
