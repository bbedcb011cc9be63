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
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        // MARK: Pure: no input or output, no C.
        .target(name: "Diagnostics", swiftSettings: strict),
        .target(name: "CucumberMessages", swiftSettings: strict),
        .target(name: "Verdicts", dependencies: ["Diagnostics"], swiftSettings: strict),

        // MARK: Drivers: each talks to one thing outside the process.
        .target(name: "SimulatedInternet", dependencies: ["Diagnostics", subprocess, system], swiftSettings: strict),

        // MARK: Tests
        .testTarget(
            name: "SimulatedInternetTests",
            dependencies: ["Diagnostics", "SimulatedInternet", system],
            swiftSettings: strict
        ),
        // Runs inside a sandbox for the tests below, as a worker would.
        .executableTarget(
            name: "internet-probe",
            dependencies: ["Diagnostics", "SimulatedInternet", subprocess, system],
            path: "Tests/internet-probe",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatedInternetIntegrationTests",
            dependencies: ["SimulatedInternet", "internet-probe", subprocess, system],
            swiftSettings: strict
        ),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"], swiftSettings: strict),
        .testTarget(name: "VerdictsTests", dependencies: ["Verdicts", "Diagnostics"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
