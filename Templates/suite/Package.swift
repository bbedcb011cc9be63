// swift-tools-version: 6.2
import PackageDescription

// A suite with steps of its own. Its program has every command of `assay`; see docs/writing-steps.md of Assay.
let package = Package(
    name: "suite",
    dependencies: [
        .package(name: "assay", path: "ASSAY")
    ],
    targets: [
        .executableTarget(
            name: "suite",
            dependencies: [
                .product(name: "AssayCommandLine", package: "assay"),
                .product(name: "LiveSystem", package: "assay"),
                .product(name: "LiveSystemSteps", package: "assay"),
                .product(name: "StepDefinitions", package: "assay"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
