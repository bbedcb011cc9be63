// swift-tools-version: 6.2
import PackageDescription

// Targets stand in layers: one imports only what stands above it. See docs/architecture.md.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// Why each package is here. Versions are exact, so that every machine builds the same program.
let dependencies: [Package.Dependency] = [
    // The command line: options, help, validation.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // SHA-256 of evidence and plans.
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    // File descriptors and paths with types.
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    // Child processes as scopes.
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    // YAML with positions, for descriptions of systems and leak policies.
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    // HTML that escapes what it is given.
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// A program that tests run in a sandbox, or code that several test targets share.
func testProgram(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

// MARK: - Pure: no input or output, no C

let pure: [Target] = [
    module("Diagnostics"),
    module("CucumberMessages"),
    module("Verdicts", ["Diagnostics"]),
    module("TagExpressions", ["Diagnostics"]),
    module("CucumberExpressions", ["Diagnostics"]),
    module("Gherkin", ["CucumberMessages", "Diagnostics"]),
    module("Pictures"),
    module("StrictYAML", ["Diagnostics", yams]),
    // Frames up to the transport's header, what needs memory of earlier ones, and what applications say in them.
    module("PacketDecoding", ["Diagnostics"]),
    module("PacketAssembly", ["PacketDecoding"]),
    // What the guest sent beside what its world received.
    module("TrafficAccounting", ["PacketDecoding"]),
    module("ApplicationDecoding", ["PacketDecoding"]),
    module("CaptureFiles", ["Diagnostics", "PacketDecoding"]),
    module("LeakPolicy", ["ApplicationDecoding", "Diagnostics", "PacketDecoding", "StrictYAML"]),
    // Frames as tests and self-tests need them: whole, or wrong in one place.
    module("FrameBuilding", ["PacketDecoding"]),
    // Every check of the judge, provoked.
    module("LeakSelfTest", ["FrameBuilding", "LeakPolicy", "PacketDecoding"]),
    module("OfflineJudging", ["CaptureFiles", "Diagnostics", "LeakPolicy", "PacketDecoding", "StrictYAML"]),
    // Who in a guest sent something, out of what the guest lists.
    module("TrafficAttribution", ["LeakPolicy", "PacketDecoding"]),
    module("Forecasts", ["Diagnostics"]),
    module("MemoryAdmission"),
    // What programs tell of the things on the screen.
    module("Accessibility", ["Diagnostics", "Pictures"]),
]

// MARK: - C: a program of its own, and libraries with one importer each

let c: [Target] = [
    // Makes namespaces, which a process with threads can't enter; every Swift program has threads.
    .executableTarget(name: "SandboxInit"),
    .systemLibrary(name: "CLibvirt", pkgConfig: "libvirt-qemu", providers: [.apt(["libvirt-dev"])]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CTesseract", pkgConfig: "tesseract", providers: [.apt(["libtesseract-dev"])]),
    .systemLibrary(name: "CXkbcommon", pkgConfig: "xkbcommon", providers: [.apt(["libxkbcommon-dev"])]),
    .target(name: "CPacketSocket"),
    .target(name: "CSinkholeSocket"),
    .target(name: "CLinkSocket"),
    .target(name: "CSocketRecords"),
    .target(name: "CPNG", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("spng")]),
    // Not pkgConfig "opencv4": that links sixty modules and costs a quarter of a second at every start.
    .target(
        name: "CVision",
        cxxSettings: [.unsafeFlags(["-O2", "-isystem/usr/include/opencv4"])],
        linkerSettings: [.linkedLibrary("opencv_imgproc"), .linkedLibrary("opencv_core")]
    ),
]

// MARK: - Drivers: each talks to one thing outside the process

let drivers: [Target] = [
    module("Sandbox", ["Diagnostics", subprocess, system]),
    module("FileLocks", ["Diagnostics", system]),
    module("CheckpointStore", ["Diagnostics", "FileLocks", crypto, system]),
    module("Accelerators", ["Sandbox", subprocess, system]),
    module("GuestChannel", ["Diagnostics"]),
    // Has a program for the guest, which reads at-spi there.
    .target(
        name: "GuestAccessibility",
        dependencies: ["Accessibility", "GuestChannel"],
        resources: [.embedInCode("reader.pl")],
        swiftSettings: strict
    ),
    module(
        "VirtualMachines",
        ["Accelerators", "CLibvirt", "Diagnostics", "GuestChannel", "Sandbox", subprocess, system]
    ),
    module("PictureFiles", ["CPNG", "Diagnostics", "Pictures"]),
    module("GuestDisplay", ["CSystemd", "Diagnostics", "Pictures"]),
    module("VideoRecording", ["Diagnostics", "GuestDisplay", "Pictures", subprocess, system]),
    module("ScreenMatching", ["CTesseract", "CVision", "Diagnostics", "PictureFiles", "Pictures"]),
    module("NeedleKeeping", ["Diagnostics", "PictureFiles", "Pictures", "ScreenMatching"]),
    // Has the page on which a person picks what a needle is found by.
    .target(
        name: "NeedlePicking",
        dependencies: ["Diagnostics", "NeedleKeeping", "PictureFiles", "Pictures", "ScreenMatching"],
        resources: [.embedInCode("page.html")],
        swiftSettings: strict
    ),
    module("Keymaps", ["CXkbcommon", "Diagnostics"]),
    module("PacketCapture", ["CPacketSocket", "CaptureFiles", "Diagnostics", "PacketDecoding", system]),
    module("ConnectionRecording", ["CSocketRecords", "Diagnostics", "PacketDecoding", system]),
    module(
        "SimulatedInternet",
        ["ApplicationDecoding", "CSinkholeSocket", "Diagnostics", "FileLocks", subprocess, system]
    ),
    // What a network may do to a guest: lie to it, cut it off, be slow, lose what it sends, look for open doors.
    module(
        "HostileNetwork",
        [
            "ApplicationDecoding", "CLinkSocket", "Diagnostics", "FrameBuilding", "PacketDecoding", "SimulatedInternet",
            system,
        ]
    ),
]

// MARK: - Authoring: what the author of a step imports

let authoring: [Target] = [
    module("StepDefinitions", ["CucumberExpressions", "CucumberMessages", "Diagnostics", "TagExpressions"]),
    module("ScenarioWorlds", ["Verdicts"]),
    module("Screen", ["Accessibility", "Diagnostics", "GuestDisplay", "Keymaps", "Pictures", "ScreenMatching"]),
    module(
        "LiveSystem",
        [
            "Accelerators", "Accessibility", "ApplicationDecoding", "ConnectionRecording", "Diagnostics",
            "GuestAccessibility", "GuestChannel", "GuestDisplay", "HostileNetwork", "LeakPolicy", "PacketCapture",
            "PacketDecoding",
            "PictureFiles", "Pictures", "ScenarioWorlds", "Screen", "ScreenMatching", "SimulatedInternet",
            "StepDefinitions", "StrictYAML", "TrafficAccounting", "TrafficAttribution", "Verdicts", "VideoRecording",
            "VirtualMachines", subprocess, system,
        ]
    ),
    // Knows the digest of the code that it was built from: checkpoints are kept by it.
    .target(
        name: "LiveSystemSteps",
        dependencies: ["Accessibility", "Diagnostics", "GuestChannel", "LiveSystem", "Screen", "StepDefinitions"],
        swiftSettings: strict,
        plugins: ["StepCodeDigest"]
    ),
    .plugin(name: "StepCodeDigest", capability: .buildTool()),
]

// MARK: - Running: knows no virtual machine, only messages

let running: [Target] = [
    module("Reports", ["CucumberMessages", "Diagnostics", "Forecasts", "Verdicts", mustache]),
    module(
        "ScenarioRunner",
        [
            "CheckpointStore", "CucumberMessages", "Diagnostics", "Forecasts", "Gherkin", "MemoryAdmission",
            "ScenarioWorlds", "StepDefinitions", "StrictYAML", "TagExpressions", "Verdicts", crypto, system,
        ]
    ),
    // Runs that are over or were stopped: going on with one, joining several, learning from them.
    module("PastRuns", ["CucumberMessages", "Diagnostics", "Forecasts", "Reports", "ScenarioRunner", "Verdicts"]),
]

// MARK: - The command line: the one place where the parts are put together

let program: [Target] = [
    // A library, so that a suite outside this package can have a program with steps of its own.
    module(
        "AssayCommandLine",
        [
            "Accelerators", "CheckpointStore", "CucumberMessages", "Diagnostics", "FileLocks", "Forecasts", "Gherkin",
            "LeakPolicy", "LeakSelfTest", "LiveSystem", "MemoryAdmission", "NeedleKeeping", "NeedlePicking",
            "OfflineJudging", "PacketDecoding", "PastRuns", "PictureFiles", "Pictures", "Reports",
            "Sandbox",
            "ScenarioRunner", "ScenarioWorlds", "Screen", "ScreenMatching", "SimulatedInternet", "StepDefinitions",
            "TagExpressions", "Verdicts", "VideoRecording", "VirtualMachines", arguments, subprocess, system,
        ]
    ),
    .executableTarget(name: "assay", dependencies: ["AssayCommandLine", "LiveSystemSteps"], swiftSettings: strict),
]

// MARK: - Tests

let unitTests: [Target] = [
    tests("DiagnosticsTests", ["Diagnostics"]),
    tests("VerdictsTests", ["Diagnostics", "Verdicts"]),
    tests("CucumberExpressionsTests", ["CucumberExpressions", "TagExpressions"]),
    tests("GherkinTests", ["CucumberMessages", "Gherkin"]),
    tests("StepDefinitionsTests", ["CucumberMessages", "Diagnostics", "StepDefinitions"]),
    tests("SandboxTests", ["Diagnostics", "Sandbox", system]),
    tests("GuestChannelTests", ["Diagnostics", "GuestChannel"]),
    tests("AccessibilityTests", ["Accessibility", "Diagnostics", "Pictures"]),
    tests("GuestAccessibilityTests", ["Accessibility", "GuestAccessibility", "GuestChannel"]),
    tests(
        "VirtualMachinesTests",
        ["Accelerators", "Diagnostics", "VirtualMachines", subprocess, system],
        resources: [.copy("Golden")]
    ),
    tests("ReportsTests", ["CucumberMessages", "Diagnostics", "Forecasts", "Reports", "Verdicts"]),
    // Clocks that stand still, folders that vanish.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests(
        "ScenarioRunnerTests",
        [
            "CheckpointStore", "CucumberMessages", "Diagnostics", "Forecasts", "Gherkin", "MemoryAdmission", "PastRuns",
            "Reports",
            "ScenarioRunner", "ScenarioWorlds", "StepDefinitions", "StrictYAML", "TagExpressions", "TestSupport",
            "Verdicts", system,
        ]
    ),
    // Cucumber's compatibility kit, as far as this program can be compared with it: see ci/compatibility.
    .target(
        name: "CompatibilityKit",
        dependencies: [
            "CucumberMessages", "Gherkin", "ScenarioRunner", "ScenarioWorlds", "StepDefinitions", "Verdicts", system,
        ],
        path: "Tests/CompatibilityKit",
        swiftSettings: strict
    ),
    tests("CompatibilityTests", ["CompatibilityKit", "CucumberMessages", "StepDefinitions"]),
    testProgram("compatibility-kit", ["CompatibilityKit"]),
    tests(
        "LiveSystemTests",
        [
            "Accelerators", "CaptureFiles", "Diagnostics", "FrameBuilding", "LeakPolicy", "LiveSystem",
            "OfflineJudging",
            "PacketCapture", "PacketDecoding", "ScenarioWorlds", "SimulatedInternet", "StepDefinitions", "StrictYAML",
            "TestSupport",
            "TrafficAccounting", "TrafficAttribution", "Verdicts",
        ]
    ),
    // Shares the generator of numbers.
    tests("ForecastsTests", ["Diagnostics", "Forecasts", "FrameBuilding"]),
    tests("MemoryAdmissionTests", ["MemoryAdmission"]),
    // The script that the plugin runs.
    tests("StepCodeDigestTests", ["TestSupport", subprocess, system]),
    tests("StrictYAMLTests", ["Diagnostics", "StrictYAML"]),
    tests("PacketDecodingTests", ["Diagnostics", "FrameBuilding", "PacketDecoding"]),
    tests("PacketAssemblyTests", ["FrameBuilding", "PacketAssembly", "PacketDecoding"]),
    tests("ConnectionRecordingTests", ["ConnectionRecording", "PacketDecoding", "TestSupport"]),
    tests("TrafficAccountingTests", ["FrameBuilding", "PacketDecoding", "TrafficAccounting"]),
    tests("ApplicationDecodingTests", ["ApplicationDecoding", "FrameBuilding", "PacketDecoding"]),
    tests("CaptureFilesTests", ["CaptureFiles", "Diagnostics", "FrameBuilding", "PacketDecoding"]),
    // Pictures as tests need them: drawn with text in the host's fonts, boxes and dots; made-up desktops and terminals.
    .target(
        name: "CTestDrawing",
        path: "Tests/CTestDrawing",
        cxxSettings: [.unsafeFlags(["-O2", "-isystem/usr/include/opencv4", "-isystem/usr/include/freetype2"])],
        linkerSettings: [
            .linkedLibrary("opencv_imgproc"), .linkedLibrary("opencv_core"), .linkedLibrary("freetype"),
        ]
    ),
    .target(
        name: "ScreenTestSupport",
        dependencies: ["CTestDrawing", "GuestDisplay", "Pictures", "Screen"],
        path: "Tests/ScreenTestSupport",
        swiftSettings: strict
    ),
    tests("PicturesTests", ["Pictures"]),
    tests("PictureFilesTests", ["PictureFiles", "Pictures", "ScreenTestSupport"]),
    tests("KeymapsTests", ["Keymaps"]),
    tests("GuestDisplayTests", ["CSystemd", "GuestDisplay", "Pictures", "ScreenTestSupport"]),
    tests("VideoRecordingTests", ["Pictures", "VideoRecording"]),
    tests("ScreenMatchingTests", ["PictureFiles", "Pictures", "ScreenMatching", "ScreenTestSupport"]),
    tests(
        "NeedleKeepingTests",
        [
            "Diagnostics", "NeedleKeeping", "PictureFiles", "Pictures", "ScreenMatching", "ScreenTestSupport",
            "TestSupport",
        ]
    ),
    tests(
        "NeedlePickingTests",
        [
            "NeedleKeeping", "NeedlePicking", "PictureFiles", "Pictures", "ScreenMatching", "ScreenTestSupport",
            "TestSupport",
        ]
    ),
    tests(
        "ScreenTests",
        [
            "Accessibility", "Diagnostics", "GuestDisplay", "Pictures", "Screen", "ScreenMatching", "ScreenTestSupport",
            "TestSupport",
        ]
    ),
    tests("FileLocksTests", ["FileLocks", "TestSupport", system]),
    tests("CheckpointStoreTests", ["CheckpointStore", "Diagnostics", "TestSupport", system]),
    tests("SimulatedInternetTests", ["Diagnostics", "SimulatedInternet", system]),
    tests("HostileNetworkTests", ["FrameBuilding", "HostileNetwork", "PacketDecoding", "SimulatedInternet"]),
    tests("LeakSelfTestTests", ["LeakPolicy", "LeakSelfTest"]),
    tests("TrafficAttributionTests", ["LeakPolicy", "PacketDecoding", "TrafficAttribution"]),
    tests(
        "OfflineJudgingTests",
        ["CaptureFiles", "FrameBuilding", "LeakPolicy", "OfflineJudging", "PacketDecoding", "StrictYAML"]
    ),
    tests("LeakPolicyTests", ["Diagnostics", "FrameBuilding", "LeakPolicy", "PacketDecoding", "StrictYAML"]),
]

let integrationTests: [Target] = [
    // Answers what ci/conformance asks, beside the official implementations.
    testProgram("conformance-probe", ["CucumberExpressions", "CucumberMessages", "Gherkin", "TagExpressions"]),
    // What ci/second-opinion compares with tshark.
    testProgram("packet-opinion", ["ApplicationDecoding", "CaptureFiles", "FrameBuilding", "PacketDecoding"]),
    tests("PacketDecodingIntegrationTests", ["Sandbox", "packet-opinion", subprocess, system]),
    testProgram("sandbox-starter", ["Sandbox", system]),
    tests("SandboxIntegrationTests", ["Accelerators", "Sandbox", subprocess, system]),
    testProgram("machine-probe", ["Accelerators", "GuestChannel", "VirtualMachines", subprocess, system]),
    tests("VirtualMachinesIntegrationTests", ["Sandbox", subprocess, system]),
    // What ci/bench measures the time from a leak to its judgement with.
    testProgram(
        "leak-latency",
        [
            "CPacketSocket", "FrameBuilding", "LeakPolicy", "PacketCapture", "PacketDecoding", "TrafficAccounting",
            subprocess, system,
        ]
    ),
    testProgram(
        "capture-probe",
        ["CPacketSocket", "FrameBuilding", "LeakPolicy", "PacketCapture", "PacketDecoding", subprocess, system]
    ),
    tests(
        "PacketCaptureIntegrationTests",
        ["PacketCapture", "PacketDecoding", "Sandbox", "capture-probe", subprocess, system]
    ),
    // What a user of the program sees, which a build of everything puts beside the tests.
    tests("AssayIntegrationTests", ["FrameBuilding", "PacketDecoding", "Sandbox", subprocess, system]),
    tests("GuestDisplayIntegrationTests", ["GuestDisplay", "Pictures", "Screen", "ScreenMatching", subprocess]),
    tests(
        "VideoRecordingIntegrationTests",
        ["GuestDisplay", "Pictures", "ScreenTestSupport", "TestSupport", "VideoRecording", subprocess, system]
    ),
    tests(
        "GuestAccessibilityIntegrationTests",
        ["Accessibility", "GuestAccessibility", "GuestChannel", "TestSupport", subprocess, system],
        resources: [.copy("hostile-bus.pl")]
    ),
    testProgram("store-probe", ["CheckpointStore", system]),
    tests(
        "CheckpointStoreIntegrationTests",
        ["CheckpointStore", "TestSupport", "store-probe", subprocess, system]
    ),
    // A network stack in the guest's place, for programs that have no guest.
    .target(name: "GuestNetwork", dependencies: [subprocess], path: "Tests/GuestNetwork", swiftSettings: strict),
    testProgram("internet-probe", ["Diagnostics", "GuestNetwork", "SimulatedInternet", system]),
    tests("SimulatedInternetIntegrationTests", ["SimulatedInternet", "internet-probe", subprocess, system]),
    testProgram(
        "hostility-probe",
        [
            "CLinkSocket", "CPacketSocket", "GuestNetwork", "HostileNetwork", "PacketDecoding", "SimulatedInternet",
            system,
        ]
    ),
    tests("HostileNetworkIntegrationTests", ["HostileNetwork", "hostility-probe", subprocess, system]),
]

// MARK: - What ci/bench measures with

let benchmarks: [Target] = [
    testProgram(
        "packet-bench",
        [
            "ApplicationDecoding", "CaptureFiles", "FrameBuilding", "LeakPolicy", "OfflineJudging", "PacketAssembly",
            "PacketDecoding", "StrictYAML",
        ]
    ),
    testProgram(
        "assay-bench",
        [
            "Accelerators", "CucumberMessages", "Gherkin", "PictureFiles", "Pictures", "Sandbox", "ScenarioRunner",
            "StepDefinitions", "TagExpressions", arguments, subprocess, system,
        ]
    ),
    testProgram(
        "screen-bench",
        ["GuestDisplay", "PictureFiles", "Pictures", "Screen", "ScreenMatching", "ScreenTestSupport"]
    ),
    testProgram("gherkin-bench", ["Gherkin"]),
]

let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay", targets: ["assay"]),
        .executable(name: "assay-sandbox", targets: ["SandboxInit"]),
        // What a suite outside this package imports; see docs/writing-steps.md.
        .library(name: "Accessibility", targets: ["Accessibility"]),
        .library(name: "AssayCommandLine", targets: ["AssayCommandLine"]),
        .library(name: "Diagnostics", targets: ["Diagnostics"]),
        .library(name: "LiveSystem", targets: ["LiveSystem"]),
        .library(name: "LiveSystemSteps", targets: ["LiveSystemSteps"]),
        .library(name: "Screen", targets: ["Screen"]),
        .library(name: "StepDefinitions", targets: ["StepDefinitions"]),
    ],
    dependencies: dependencies,
    targets: pure + c + drivers + authoring + running + program + unitTests + integrationTests + benchmarks,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
