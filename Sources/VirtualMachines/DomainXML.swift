import Accelerators
import FoundationXML
package import SystemPackage

// libvirt's description of a machine: https://libvirt.org/formatdomain.html

extension MachineDescription {
    /// Where the firmware of the host's distribution is.
    static let uefiFiles = [uefiCode, uefiVariables]
    private static let uefiCode = "/usr/share/OVMF/OVMF_CODE_4M.fd"
    private static let uefiVariables = "/usr/share/OVMF/OVMF_VARS_4M.fd"

    /// Renders the machine as libvirt reads it.
    ///
    /// The machine's own UEFI variables are in a file that libvirt makes as a copy. A machine that is to be restored
    /// waits for its state.
    package func domainXML(variables: FilePath, isRestored: Bool = false) -> String {
        let domain = node(
            "domain",
            ["type": accelerator == .kvm ? "kvm" : "qemu"],
            [
                node("name", text: name)
            ]
                // Without a value, libvirt makes up a new one at every start.
                + (hasGeneration ? [node("genid")] : [])
                + [
                    node("memory", ["unit": "MiB"], text: "\(memory)"),
                    node("vcpu", text: "\(processors)"),
                    operatingSystem(variables),
                    features,
                    processor,
                    clockElement,
                    node("on_poweroff", text: "destroy"),
                    node("on_reboot", text: "restart"),
                    // A guest that panicked stays as it is, for a look at its screen and memory.
                    node("on_crash", text: "preserve"),
                    node("devices", [:], devices),
                ] + commandLine(isRestored: isRestored)
        )
        return XMLDocument(rootElement: domain).xmlString(options: [.nodePrettyPrint, .nodeCompactEmptyElement])
    }

    private var devices: [XMLElement] {
        var devices = [node("emulator", text: "/usr/bin/qemu-system-x86_64")]
        devices += disks.enumerated().map { $1.element(target: $0, bootOrder: kernel == nil ? $0 + 1 : nil) }
        devices += [
            node("controller", ["type": "usb", "model": "qemu-xhci"]),
            // Takes positions on the screen, where a mouse takes only movements.
            node("input", ["type": "tablet", "bus": "usb"]),
            node(
                "serial",
                ["type": "file"],
                [node("source", ["path": serialLog.string, "append": "on"]), node("target", ["port": "0"])]
            ),
        ]
        devices += cards.map(\.element)
        if hasAgentChannel {
            let target = node("target", ["type": "virtio", "name": "org.qemu.guest_agent.0"])
            devices.append(node("channel", ["type": "unix"], [target]))
        }
        devices.append(node("graphics", ["type": "dbus", "p2p": "yes"]))
        if let viewers {
            // After the other, which is opened by its number.
            devices.append(
                node(
                    "graphics",
                    ["type": "vnc", "sharePolicy": "force-shared"],
                    [node("listen", ["type": "socket", "socket": viewers.string])]
                )
            )
        }
        devices.append(video.element)
        // A balloon would give a guest's memory back to the host, and with it change what a checkpoint holds.
        devices.append(node("memballoon", ["model": "none"]))
        if hasRandomness {
            let source = node("backend", ["model": "random"], text: "/dev/urandom")
            devices.append(node("rng", ["model": "virtio"], [source]))
        }
        // By which a kernel that panics tells so.
        devices.append(node("panic", ["model": "isa"]))
        return devices
    }

    // MARK: - Board

    private func operatingSystem(_ copy: FilePath) -> XMLElement {
        var parts = [node("type", ["arch": "x86_64", "machine": "pc"], text: "hvm")]
        if firmware == .uefi {
            let template = variables ?? FilePath(Self.uefiVariables)
            parts += [
                node("loader", ["readonly": "yes", "type": "pflash"], text: Self.uefiCode),
                node("nvram", ["template": template.string], text: copy.string),
            ]
        }
        if let kernel {
            parts.append(node("kernel", text: kernel.image.string))
            if let ramdisk = kernel.initialRamdisk { parts.append(node("initrd", text: ramdisk.string)) }
            parts.append(node("cmdline", text: kernel.commandLine))
        }
        return node("os", [:], parts)
    }

    private var features: XMLElement {
        var elements = [node("acpi"), node("apic")]
        if case .tcg = accelerator {
            // QEMU 7.2's cache of translated code is too small by default for two processors that boot Linux: one of
            // them stands still for a dozen seconds while the same code is translated over and over.
            elements.append(node("tcg", [:], [node("tb-cache", ["unit": "MiB"], text: "256")]))
        }
        return node("features", [:], elements)
    }

    private var processor: XMLElement {
        switch accelerator {
        case .kvm:
            node("cpu", ["mode": "host-passthrough", "check": "none"])
        case .tcg:
            // Enhanced `rep stosb` is slow when it is translated, and Linux clears all its memory with it: without
            // it, a live system boots in half the time.
            node(
                "cpu",
                ["mode": "maximum", "check": "none"],
                [node("feature", ["policy": "disable", "name": "erms"])]
            )
        }
    }

    private var clockElement: XMLElement {
        switch clock {
        case .utc: node("clock", ["offset": "utc"])
        case .shifted(let seconds): node("clock", ["offset": "variable", "adjustment": "\(seconds)", "basis": "utc"])
        case .starting(let seconds): node("clock", ["offset": "absolute", "start": "\(seconds)"])
        }
    }
}

// MARK: - Devices

extension MachineDescription.Disk {
    /// The disk as libvirt reads it, also for plugging it in later.
    ///
    /// The target is its number among the machine's disks.
    func element(target: Int, bootOrder: Int?) -> XMLElement {
        let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(clamping: min(target, 25))))
        let drive: [XMLElement] =
            switch bus {
            case .cd: [node("target", ["dev": "sd\(letter)", "bus": "ide"])]
            case .usb(let removable):
                [
                    node(
                        "target",
                        ["dev": "sd\(letter)", "bus": "usb", "removable": removable ? "on" : "off"]
                    )
                ]
            case .virtio: [node("target", ["dev": "vd\(letter)", "bus": "virtio"])]
            case .ahci: [node("target", ["dev": "sd\(letter)", "bus": "sata"])]
            }
        // What a guest writes lives as long as its scenario or is made durable by who keeps it, so that waiting for
        // the host's disk at every flush would cost time for nothing.
        let driver = [("name", "qemu"), ("type", format.rawValue)] + (isReadOnly ? [] : [("cache", "unsafe")])
        return node(
            "disk",
            ["type": "file", "device": bus == .cd ? "cdrom" : "disk"],
            [
                node("driver", pairs: driver),
                node("source", ["file": path.string]),
            ] + drive + (isReadOnly ? [node("readonly")] : [])
                + (bootOrder.map { [node("boot", ["order": "\($0)"])] } ?? [])
                + [node("alias", ["name": alias])]
        )
    }

    /// The name by which libvirt knows the device; its own names must begin with `ua-`.
    var alias: String { "ua-\(name)" }
}

extension MachineDescription.NetworkCard {
    /// The card as libvirt reads it, also for plugging it in later.
    var element: XMLElement {
        var parts = [
            node("mac", ["address": address]),
            node("target", ["dev": tap, "managed": "no"]),
            node("model", ["type": model.rawValue]),
        ]
        if model == .virtio {
            // The capture must see frames as a wire would carry them: no segments larger than the MTU, no checksums
            // left to be filled in.
            let segmentation = [("tso4", "off"), ("tso6", "off"), ("ecn", "off"), ("ufo", "off")]
            parts.append(
                node(
                    "driver",
                    ["name": "qemu"],
                    [
                        node("host", pairs: [("csum", "off"), ("gso", "off")] + segmentation),
                        node("guest", pairs: [("csum", "off")] + segmentation),
                    ]
                )
            )
        }
        // No boot over the network, and none of its requests in the capture.
        parts += [
            node("rom", ["enabled": "no"]), node("alias", ["name": alias]),
        ]
        return node("interface", ["type": "ethernet"], parts)
    }

    /// The name by which libvirt knows the device.
    var alias: String { "ua-\(name)" }
}

extension MachineDescription.Video {
    fileprivate var element: XMLElement {
        let resolution = node("resolution", ["x": "\(width)", "y": "\(height)"])
        let model =
            switch model {
            case .standard: node("model", ["type": "vga", "vram": "16384"], [resolution])
            case .virtio: node("model", ["type": "virtio"], [resolution])
            }
        return node("video", [:], [model])
    }
}

// MARK: - Elements

/// Creates an element.
///
/// Foundation escapes what has to be escaped.
func node(
    _ name: String,
    _ attributes: KeyValuePairs<String, String> = [:],
    _ children: [XMLElement] = []
) -> XMLElement {
    node(name, pairs: attributes.map { ($0.key, $0.value) }, children)
}

private func node(
    _ name: String,
    _ attributes: KeyValuePairs<String, String> = [:],
    text: String
) -> XMLElement {
    let element = node(name, attributes)
    element.stringValue = text
    return element
}

private func node(_ name: String, pairs: [(String, String)], _ children: [XMLElement] = []) -> XMLElement {
    let element = XMLElement(name: name)
    for (key, value) in pairs {
        let attribute = XMLNode(kind: .attribute)
        attribute.name = key
        attribute.stringValue = value
        element.addAttribute(attribute)
    }
    for child in children { element.addChild(child) }
    return element
}
