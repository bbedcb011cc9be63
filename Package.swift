// swift-tools-version: 6.2
import PackageDescription

// A target imports only targets that stand above it in this list.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "assay",
    targets: [
        // MARK: Pure: no input or output, no C.
        .target(name: "Diagnostics", swiftSettings: strict),
        .target(name: "CucumberMessages", swiftSettings: strict),
        .target(name: "Verdicts", dependencies: ["Diagnostics"], swiftSettings: strict),

        // MARK: Tests
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"], swiftSettings: strict),
        .testTarget(name: "VerdictsTests", dependencies: ["Verdicts", "Diagnostics"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
