import FoundationEssentials
import Glibc
import SystemPackage

extension LinkPlan {
    /// Makes the links in this network namespace, which has to be empty.
    ///
    /// Nothing is taken down again: links end with their namespace, and a namespace serves one scenario.
    func lay() async throws {
        try Isolation.requireEmptyNamespace()
        if configuration.offersIPv6, access("/proc/sys/net/ipv6", F_OK) != 0 {
            throw SimulatedInternetError.settingRefused("net/ipv6", reason: "the kernel has no IPv6")
        }
        try apply(settingsBeforeLinks)
        try await HostProgram.ip.run(["-batch", "-"], input: makeLinks)
        try apply(settingsBeforeUp)
        try await HostProgram.nft.run(["-f", "-"], input: silenceMulticast)
        try await HostProgram.ip.run(["-batch", "-"], input: bringUp)
        try Isolation.requireNoDefaultRoute()
    }

    private func apply(_ settings: [Setting]) throws(SimulatedInternetError) {
        for setting in settings {
            let path = FilePath("/proc/sys/net/\(setting.name)")
            do {
                let file = try FileDescriptor.open(path, .writeOnly)
                try file.closeAfter { _ = try file.writeAll(setting.value.utf8) }
            } catch Errno.noSuchFileOrDirectory where setting.name.hasPrefix("ipv6/") && !configuration.offersIPv6 {
                // A kernel without IPv6 says nothing over IPv6.
            } catch {
                throw .settingRefused(setting.name, reason: "\(error)")
            }
        }
    }
}
