// swift-tools-version: 6.2
import PackageDescription

// A target imports only targets that stand above it in this list.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay-sandbox", targets: ["SandboxInit"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        // MARK: Pure: no input or output, no C.
        .target(name: "Diagnostics", swiftSettings: strict),
        .target(name: "CucumberMessages", swiftSettings: strict),
        .target(name: "Verdicts", dependencies: ["Diagnostics"], swiftSettings: strict),
        .target(name: "TagExpressions", dependencies: ["Diagnostics"], swiftSettings: strict),
        .target(name: "CucumberExpressions", dependencies: ["Diagnostics"], swiftSettings: strict),
        .target(
            name: "StrictYAML",
            dependencies: ["Diagnostics", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict
        ),
        .target(name: "PacketDecoding", dependencies: ["Diagnostics"], swiftSettings: strict),
        .target(
            name: "LeakPolicy",
            dependencies: ["Diagnostics", "PacketDecoding", "StrictYAML"],
            swiftSettings: strict
        ),
        .target(name: "Gherkin", dependencies: ["CucumberMessages", "Diagnostics"], swiftSettings: strict),

        // MARK: Authoring: what the author of a step imports.
        .target(
            name: "StepDefinitions",
            dependencies: ["CucumberExpressions", "CucumberMessages", "Diagnostics", "TagExpressions"],
            swiftSettings: strict
        ),

        // MARK: C: a program of its own, and module maps with one importer each.
        .executableTarget(name: "SandboxInit"),
        .target(name: "CPacketSocket"),
        .systemLibrary(name: "CLibvirt", pkgConfig: "libvirt-qemu", providers: [.apt(["libvirt-dev"])]),

        // MARK: Drivers: each talks to one thing outside the process.
        .target(name: "Sandbox", dependencies: ["Diagnostics", subprocess, system], swiftSettings: strict),
        .target(name: "Accelerators", dependencies: ["Sandbox", subprocess, system], swiftSettings: strict),
        .target(name: "GuestChannel", dependencies: ["Diagnostics"], swiftSettings: strict),
        .target(
            name: "VirtualMachines",
            dependencies: ["Accelerators", "CLibvirt", "Diagnostics", "GuestChannel", "Sandbox", system],
            swiftSettings: strict
        ),
        .target(
            name: "PacketCapture",
            dependencies: ["CPacketSocket", "Diagnostics", "PacketDecoding", system],
            swiftSettings: strict
        ),

        // MARK: Tests
        .target(
            name: "FrameBuilding",
            dependencies: ["PacketDecoding"],
            path: "Tests/FrameBuilding",
            swiftSettings: strict
        ),
        .testTarget(name: "StrictYAMLTests", dependencies: ["Diagnostics", "StrictYAML"], swiftSettings: strict),
        .testTarget(
            name: "PacketDecodingTests",
            dependencies: ["Diagnostics", "FrameBuilding", "PacketDecoding"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LeakPolicyTests",
            dependencies: ["Diagnostics", "FrameBuilding", "LeakPolicy", "PacketDecoding", "StrictYAML"],
            swiftSettings: strict
        ),
        // Runs inside a network namespace for the tests below, with a guest that it plays itself.
        .executableTarget(
            name: "capture-probe",
            dependencies: [
                "CPacketSocket", "FrameBuilding", "PacketCapture", "PacketDecoding", subprocess, system,
            ],
            path: "Tests/capture-probe",
            swiftSettings: strict
        ),
        .testTarget(
            name: "PacketCaptureIntegrationTests",
            dependencies: ["PacketCapture", "Sandbox", subprocess, system],
            swiftSettings: strict
        ),
        .testTarget(name: "SandboxTests", dependencies: ["Diagnostics", "Sandbox", system], swiftSettings: strict),
        .testTarget(
            name: "SandboxIntegrationTests",
            dependencies: ["Accelerators", "Sandbox", subprocess, system],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "sandbox-starter",
            dependencies: ["Sandbox", system],
            path: "Tests/sandbox-starter",
            swiftSettings: strict
        ),
        .testTarget(name: "GuestChannelTests", dependencies: ["Diagnostics", "GuestChannel"], swiftSettings: strict),
        .testTarget(
            name: "VirtualMachinesTests",
            dependencies: ["Accelerators", "Diagnostics", "VirtualMachines", subprocess, system],
            resources: [.copy("Golden")],
            swiftSettings: strict
        ),
        // Runs inside a sandbox for the tests below, as a worker would.
        .executableTarget(
            name: "machine-probe",
            dependencies: ["Accelerators", "GuestChannel", "VirtualMachines", subprocess, system],
            path: "Tests/machine-probe",
            swiftSettings: strict
        ),
        .testTarget(
            name: "VirtualMachinesIntegrationTests",
            dependencies: ["Sandbox", subprocess, system],
            swiftSettings: strict
        ),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"], swiftSettings: strict),
        .testTarget(
            name: "CucumberExpressionsTests",
            dependencies: ["CucumberExpressions", "TagExpressions"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StepDefinitionsTests",
            dependencies: ["StepDefinitions", "CucumberMessages", "Diagnostics"],
            swiftSettings: strict
        ),
        .testTarget(name: "GherkinTests", dependencies: ["Gherkin", "CucumberMessages"], swiftSettings: strict),
        .testTarget(name: "VerdictsTests", dependencies: ["Verdicts", "Diagnostics"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
