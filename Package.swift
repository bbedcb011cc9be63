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
        .target(name: "TagExpressions", dependencies: ["Diagnostics"], swiftSettings: strict),
        .target(name: "CucumberExpressions", dependencies: ["Diagnostics"], swiftSettings: strict),
        .target(name: "Gherkin", dependencies: ["CucumberMessages", "Diagnostics"], swiftSettings: strict),

        // MARK: Authoring: what the author of a step imports.
        .target(
            name: "StepDefinitions",
            dependencies: ["CucumberExpressions", "CucumberMessages", "Diagnostics", "TagExpressions"],
            swiftSettings: strict
        ),

        // MARK: Tests
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
