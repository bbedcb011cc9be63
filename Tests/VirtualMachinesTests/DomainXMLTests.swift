import Accelerators
import Foundation
import Subprocess
import SystemPackage
import Testing
import VirtualMachines

@Suite("Domain XML")
struct DomainXMLTests {
    private var small: MachineDescription {
        MachineDescription(
            name: "guest",
            memory: 1024,
            processors: 2,
            accelerator: .tcg(reason: "for a test"),
            serialLog: "/run/assay/<serial> & \"log\""
        )
    }

    private var full: MachineDescription {
        var machine = small
        machine.firmware = .uefi
        machine.disks = [
            .init("system", path: "/images/a.iso", bus: .cd),
            .init("stick", path: "/images/b.img", bus: .usb(removable: true), isReadOnly: false),
            .init("disk", path: "/images/c.qcow2", bus: .virtio, format: .qcow2, isReadOnly: false),
        ]
        machine.cards = [
            .init("lan", address: "52:54:00:00:00:01", tap: "tap0"),
            .init("other", address: "52:54:00:00:00:02", tap: "tap1", model: .e1000),
        ]
        machine.clock = .shifted(seconds: -3600)
        machine.video.model = .virtio
        return machine
    }

    /// A machine that is to be saved.
    private var source: MachineDescription {
        var machine = full
        machine.disks.append(.init("sata", path: "/images/d.qcow2", bus: .ahci, format: .qcow2, isReadOnly: false))
        machine.backing = .shared("/state/memory, \"all\" <of> it")
        return machine
    }

    /// A machine that is made from what was saved.
    private var clone: MachineDescription {
        var machine = source
        machine.backing = .copyOnWrite("/state/memory, \"all\" <of> it")
        machine.variables = "/state/variables"
        return machine
    }

    private func golden(_ name: String) throws -> String {
        let golden = Bundle.module.bundleURL.appendingPathComponent("Golden/\(name).xml")
        return try String(contentsOf: golden, encoding: .utf8)
    }

    @Test("a small machine is rendered as expected, with hostile names escaped")
    func golden() throws {
        #expect(small.domainXML(variables: "/v") == (try golden("small")))
    }

    @Test("a machine to be saved has its memory in a file, and writable disks that do not wait for the host's")
    func goldenSource() throws {
        #expect(source.domainXML(variables: "/v") == (try golden("source")))
    }

    @Test("a clone differs from what was saved only in how it gets its memory and variables, and that it waits")
    func goldenClone() throws {
        let xml = clone.domainXML(variables: "/v", isRestored: true)
        let expected = try golden("source")
            .replacing(#"share&quot;:true"#, with: #"share&quot;:false"#)
            .replacing("/usr/share/OVMF/OVMF_VARS_4M.fd", with: "/state/variables")
            .replacing(
                "  </qemu:commandline>",
                with: """
                        <qemu:arg value="-incoming"/>
                        <qemu:arg value="defer"/>
                      </qemu:commandline>
                    """
            )
        #expect(xml == expected)
    }

    @Test("a machine without a generation has no device for it")
    func generation() {
        var machine = small
        machine.hasGeneration = false
        #expect(!machine.domainXML(variables: "/v").contains("genid"))
        #expect(small.domainXML(variables: "/v").contains("<genid/>"))
    }

    @Test(
        "every machine is valid by libvirt's own schema",
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/xmllint"), "xmllint is not installed")
    )
    func schema() async throws {
        var direct = small
        direct.accelerator = .kvm
        direct.clock = .starting(secondsSince1970: 0)
        direct.hasAgentChannel = false
        direct.hasRandomness = false
        direct.kernel = .init(image: "/k", initialRamdisk: "/i", commandLine: "quiet \"x\" <y>")
        var watched = small
        watched.viewers = "/tmp/a \"b\" <c>"
        for machine in [small, full, direct, source, clone, watched] {
            let result = try await run(
                .path("/usr/bin/xmllint"),
                arguments: ["--noout", "--relaxng", "/usr/share/libvirt/schemas/domain.rng", "-"],
                input: .string(machine.domainXML(variables: "/v")),
                output: .discarded,
                error: .string(limit: 64 << 10)
            )
            #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        }
    }

    @Test("translation leaves out the feature that slows booting down, hardware takes the host's processor")
    func processor() {
        #expect(small.domainXML(variables: "/v").contains(#"<feature policy="disable" name="erms""#))
        var fast = small
        fast.accelerator = .kvm
        let xml = fast.domainXML(variables: "/v")
        #expect(xml.contains(#"<domain type="kvm">"#))
        #expect(xml.contains("host-passthrough"))
        #expect(!xml.contains("erms"))
    }

    @Test("a machine that is watched differs by a display behind the first one, which stays the one that is opened")
    func viewers() {
        var watched = small
        watched.viewers = "/tmp/screen"
        let (xml, plain) = (watched.domainXML(variables: "/v"), small.domainXML(variables: "/v"))
        #expect(!plain.contains("vnc"))
        let first = xml.firstRange(of: "<graphics type=\"dbus\"")
        let second = xml.firstRange(of: "<graphics type=\"vnc\"")
        #expect(first.flatMap { first in second.map { first.lowerBound < $0.lowerBound } } == true)
        #expect(xml.contains(#"<listen type="socket" socket="/tmp/screen"/>"#))
    }

    @Test("an optical drive is always read-only, a stick only when asked for")
    func readOnly() {
        #expect(MachineDescription.Disk("a", path: "/a", bus: .cd, isReadOnly: false).isReadOnly)
        #expect(!MachineDescription.Disk("a", path: "/a", bus: .usb(removable: true), isReadOnly: false).isReadOnly)
    }

    @Test("disks are tried in their order, and not at all when a kernel is given")
    func bootOrder() {
        let xml = full.domainXML(variables: "/v")
        #expect(xml.firstRange(of: #"order="1""#) != nil)
        #expect(xml.firstRange(of: #"order="3""#) != nil)
        var direct = full
        direct.kernel = .init(image: "/k", initialRamdisk: nil, commandLine: "")
        #expect(direct.domainXML(variables: "/v").firstRange(of: "order=") == nil)
    }
}
